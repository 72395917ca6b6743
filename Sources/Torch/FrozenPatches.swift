internal import CTorch

/// A convolution whose stride is its size, so that it is one linear map of each patch, computed
/// with its weight laid out beforehand.
///
/// - Shapes: `[batch, inputs, height, width] → [batch, outputs, height / size, width / size]`
/// - Returns: Nil where this does not apply: something is learned, the tensors are not float32 on a
///   CPU, the processor lacks the instructions, or laying out the weight would not pay yet.
package func frozenPatches(_ x: Tensor, _ map: FrozenMap, size: Int) -> Tensor? {
  guard let precision = InferencePrecision.usable, ct_suits_packed(x.pointer),
    map.weight.isFrozen, size > 1, x.shape.count == 4
  else { return nil }
  let (batch, inputs) = (x.shape[0], x.shape[1])
  let (rows, columns) = (x.shape[2] / size, x.shape[3] / size)
  let pays = precision != .float32 || batch * rows * columns >= 256
  guard rows > 0, columns > 0,
    let weight = map.weight.packed(precision, chunk: .max, now: pays)
  else { return nil }
  let whole = x.narrowed(2, to: 0..<rows * size).narrowed(3, to: 0..<columns * size)
  let patches = whole.reshaped(batch, inputs, rows, size, columns, size)
    .permuted(0, 2, 4, 1, 3, 5).reshaped(batch, rows, columns, inputs * size * size)
  let y = Tensor(
    ct_packed_linear(weight.pointer, map.bias?.value.pointer, patches.pointer, -1), on: patches)
  return y.permuted(0, 3, 1, 2)
}
