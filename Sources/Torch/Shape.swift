internal import CTorch

// Other views of the same numbers, and numbers put together.

extension Tensor {
  /// The same numbers in another shape; one size may be −1, to be worked out.
  package func reshaped(_ shape: Int...) -> Tensor { reshaped(shape) }
  package func reshaped(_ shape: [Int]) -> Tensor {
    Tensor(shape.withSizes { ct_reshape(pointer, $0, $1) }, on: self)
  }
  /// Axes of size one repeated to `shape`; −1 keeps an axis.
  package func expanded(_ shape: Int...) -> Tensor {
    Tensor(shape.withSizes { ct_expand(pointer, $0, $1) }, on: self)
  }
  package func permuted(_ order: Int...) -> Tensor {
    Tensor(order.withSizes { ct_permute(pointer, $0, $1) }, on: self)
  }
  package func transposed(_ first: Int = -2, _ second: Int = -1) -> Tensor {
    Tensor(ct_transpose(pointer, Int64(first), Int64(second)), on: self)
  }
  package func insertingAxis(_ axis: Int) -> Tensor {
    Tensor(ct_unsqueeze(pointer, Int64(axis)), on: self)
  }
  package func flattened(from first: Int = 0, through last: Int = -1) -> Tensor {
    Tensor(ct_flatten(pointer, Int64(first), Int64(last)), on: self)
  }
  /// The slice at `index` of `axis`, which falls away.
  package func selected(_ axis: Int, _ index: Int) -> Tensor {
    Tensor(ct_select(pointer, Int64(axis), Int64(index)), on: self)
  }
  package func narrowed(_ axis: Int, to range: Range<Int>) -> Tensor {
    Tensor(ct_narrow(pointer, Int64(axis), Int64(range.lowerBound), Int64(range.count)), on: self)
  }
  package static func concatenated(_ all: [Tensor], axis: Int) -> Tensor {
    Tensor(ct_cat(all.map(\.pointer), Int32(all.count), Int64(axis)))
  }
  /// The slices of `axis` that `index` (int64) names, in its order.
  package func gathered(_ axis: Int, _ index: Tensor) -> Tensor {
    Tensor(ct_index_select(pointer, Int64(axis), index.pointer), on: self, index)
  }
  /// `out[i] = self[i, rows[i]]`.
  package func gatheredRows(_ rows: Tensor) -> Tensor {
    Tensor(ct_gather_rows(pointer, rows.pointer), on: self, rows)
  }

  package func to(_ dtype: DType) -> Tensor {
    Tensor(ct_to(pointer, device.c, dtype.rawValue), on: self)
  }
  package func to(_ device: Device) -> Tensor {
    Tensor(ct_to(pointer, device.c, dtype.rawValue), on: self)
  }
  package func contiguous() -> Tensor { Tensor(ct_contiguous(pointer), on: self) }
  /// The same numbers in memory of their own.
  package func copied() -> Tensor { Tensor(ct_clone(pointer), on: self) }
}
