internal import CTorch

/// A frozen matrix laid out for the processor's vector units, in one of the precisions.
package final class PackedWeight {
  /// A `ct_packed`, for functions of the shim.
  package let pointer: OpaquePointer
  let precision: InferencePrecision

  /// Whether the processor has a matrix unit (AMX) for bfloat16 and int8.
  package static var hasMatrixUnit: Bool { ct_has_tiles() }
  /// Whether weights are laid out for the matrix unit; for comparisons with the vector units.
  @TaskLocal package static var prefersMatrixUnit = true

  static func isAvailable(_ precision: InferencePrecision) -> Bool { ct_can_pack(precision.code) }

  /// - Parameters:
  ///   - chunk: The most inputs that are summed at once.
  init?(_ weight: Tensor, _ precision: InferencePrecision, chunk: Int) {
    guard
      let pointer = ct_pack(
        weight.pointer, precision.code, Int64(chunk), Self.prefersMatrixUnit)
    else { return nil }
    self.pointer = pointer
    self.precision = precision
  }

  deinit { ct_packed_release(pointer) }
}

extension InferencePrecision {
  var code: Int32 {
    switch self {
    case .float32: 0
    case .bfloat16: 1
    case .int8: 2
    }
  }

  /// What the layers in this scope compute with: float32 where the processor has no better.
  package static var usable: InferencePrecision? {
    let wanted = current
    if wanted.isAvailable { return wanted }
    return InferencePrecision.float32.isAvailable ? .float32 : nil
  }
}

/// Linear maps, for the layers that are computed in one piece.
package struct FrozenMap {
  package let weight: Parameter
  package let bias: Parameter?

  package init(_ weight: Parameter, _ bias: Parameter?) {
    (self.weight, self.bias) = (weight, bias)
  }
}
