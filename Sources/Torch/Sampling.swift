internal import CTorch

/// Features read at given places, bilinearly; outside there is nothing but zeros.
///
/// - Shapes: `[batch, channels, height, width]`, places `[batch, rows, columns, 2]` →
///   `[batch, channels, rows, columns]`
/// - Parameters:
///   - places: x and y of each place; the outer edges of the features are at −1 and 1, so that the
///     middle of the first one is at 1/width − 1 (corners not aligned).
package func gridSample(_ x: Tensor, at places: Tensor) -> Tensor {
  Tensor(ct_grid_sample(x.pointer, places.pointer), on: x, places)
}

/// Bicubic resampling of `[batch, channels, height, width]` to ⌊size · factor⌋, corners not aligned.
///
/// Where the new places lie follows from the factors, not from the two sizes: with a size of 7 and
/// a factor of 3.1/7, the three places are 7/3.1 apart, not 7/3.
package func resizedBicubically(_ x: Tensor, heightFactor: Double, widthFactor: Double) -> Tensor {
  Tensor(ct_resize_bicubic_by(x.pointer, heightFactor, widthFactor), on: x)
}

/// Zeros added around the last two axes.
package func padded(_ x: Tensor, left: Int, right: Int, top: Int, bottom: Int) -> Tensor {
  Tensor(ct_pad2d(x.pointer, Int64(left), Int64(right), Int64(top), Int64(bottom)), on: x)
}
