internal import CTorch

/// An immutable n-dimensional array of numbers that remembers how it was computed.
///
/// A tensor is a value: no operation changes one, so it may cross tasks freely. Copying a tensor
/// copies a reference. Numbers that learning changes live in a ``Parameter``.
///
/// An operation given tensors that do not fit (shape, type or device) stops the program with
/// libtorch's message, as an out-of-range index does. Data from outside is checked before it
/// becomes a tensor, and those checks throw; see also ``catchingTorchErrors(_:)``.
package struct Tensor: @unchecked Sendable {
  // Unchecked: at::Tensor counts its references atomically, and only a Parameter, which is not
  // sendable, ever writes to the numbers behind one.
  private let handle: Handle

  /// A `ct_tensor`, for functions of the shim: those of this target, and the one with which
  /// `Layers` computes a block in one piece.
  package var pointer: OpaquePointer? { handle.pointer }

  private final class Handle {
    let pointer: ct_tensor?
    init(_ pointer: ct_tensor?) { self.pointer = pointer }
    deinit { ct_release(pointer) }
  }

  /// Takes over what a `ct_` function made; `operation` is the caller's name.
  package init(
    _ made: OpaquePointer?, _ operation: StaticString = #function, on operands: Tensor...
  ) {
    if made == nil {
      let shapes = operands.map { "\($0.shape)" }.joined(separator: " and ")
      let message = "\(operation) on \(shapes): \(String(cString: ct_error()))"
      guard let scope = FailureScope.current else { fatalError(message) }
      scope.record(TorchError(message))
    }
    handle = Handle(made)
  }

  /// The size of each axis.
  package var shape: [Int] {
    // Code that goes on with what a failed operation gave may ask for any axis.
    guard let sizes = ct_sizes(pointer) else { return [Int](repeating: 1, count: 8) }
    return (0..<Int(ct_rank(pointer))).map { Int(sizes[$0]) }
  }

  /// How many numbers it holds.
  package var count: Int { shape.reduce(1, *) }

  package var dtype: DType { DType(rawValue: ct_dtype(pointer)) ?? .float32 }

  package var device: Device {
    let device = ct_device_of(pointer)
    return device.type == 1 ? .cuda(Int(device.index)) : device.type == 13 ? .mps : .cpu
  }

  /// All numbers, last axis fastest, converted to `Scalar`.
  ///
  /// - Throws: ``TorchError`` if they cannot be copied to the CPU.
  package func array<Scalar: TensorScalar>(of type: Scalar.Type = Scalar.self) throws(TorchError)
    -> [Scalar]
  {
    let count = self.count
    var succeeded = false
    let numbers = [Scalar](unsafeUninitializedCapacity: count) { buffer, filled in
      succeeded = ct_copy_out(
        pointer, Scalar.dtype.rawValue, buffer.baseAddress, count * MemoryLayout<Scalar>.stride)
      filled = succeeded ? count : 0
    }
    try check(succeeded)
    return numbers
  }

  /// All numbers as `Float`, last axis fastest.
  package var floats: [Float] {
    do { return try array() } catch { return failed(error, []) }
  }

  /// The one number of a tensor that has one.
  package var item: Double {
    var value = 0.0
    return ct_item(pointer, &value) ? value : failed(TorchError.last, .nan)
  }

  /// Whether no number is infinite or not a number.
  package var isFinite: Bool {
    var finite = false
    return ct_all_finite(pointer, &finite) ? finite : failed(TorchError.last, false)
  }

  private func failed<Result>(_ error: TorchError, _ instead: Result) -> Result {
    guard let scope = FailureScope.current else { fatalError("\(error)") }
    scope.record(error)
    return instead
  }
}

extension Tensor {
  /// A copy of `numbers`, last axis fastest, in `shape` (a plain list if it is not given).
  package init<Scalar: TensorScalar>(_ numbers: [Scalar], shape: [Int]? = nil) {
    let shape = shape ?? [numbers.count]
    guard shape.reduce(1, *) == numbers.count else {
      fatalError("\(numbers.count) numbers do not fill the shape \(shape)")
    }
    self.init(
      shape.withSizes { sizes, rank in
        numbers.withUnsafeBytes {
          ct_from_bytes($0.baseAddress, sizes, rank, Scalar.dtype.rawValue)
        }
      })
  }

  /// Numbers in memory that `owner` keeps alive, not copied.
  ///
  /// - Throws: ``TorchError`` if libtorch refuses the memory.
  package init(
    borrowing memory: UnsafeRawBufferPointer, shape: [Int], dtype: DType, owner: AnyObject
  ) throws(TorchError) {
    guard memory.count == shape.reduce(dtype.size, *) else {
      throw TorchError("\(memory.count) bytes do not fill the shape \(shape) of \(dtype)")
    }
    let context = Unmanaged.passRetained(owner).toOpaque()
    let made = shape.withSizes { sizes, rank in
      ct_wrap(
        UnsafeMutableRawPointer(mutating: memory.baseAddress), sizes, rank, dtype.rawValue,
        { context in
          if let context { Unmanaged<AnyObject>.fromOpaque(context).release() }
        }, context)
    }
    guard made != nil else { throw TorchError.last }
    self.init(made)
  }

  package static func full(
    _ shape: [Int], _ value: Double, _ dtype: DType = .float32, on device: Device = .cpu
  ) -> Tensor {
    Tensor(shape.withSizes { ct_full($0, $1, value, dtype.rawValue, device.c) })
  }

  package static func zeros(_ shape: [Int], _ dtype: DType = .float32, on device: Device = .cpu)
    -> Tensor
  { full(shape, 0, dtype, on: device) }

  package static func ones(_ shape: [Int], _ dtype: DType = .float32, on device: Device = .cpu)
    -> Tensor
  { full(shape, 1, dtype, on: device) }

  /// Draws from the normal distribution with mean 0 and variance 1, float32, on the CPU, so that a
  /// seed gives the same numbers whatever device they go to.
  package static func normal(_ shape: [Int], using generator: Generator) -> Tensor {
    Tensor(shape.withSizes { ct_normal($0, $1, generator.pointer) })
  }

  /// Draws evenly from 0 to 1, float32, on the CPU.
  package static func uniform(_ shape: [Int], using generator: Generator) -> Tensor {
    Tensor(shape.withSizes { ct_uniform($0, $1, generator.pointer) })
  }

  /// The whole numbers of `range`, `[count]`, int64.
  package static func range(_ range: Range<Int>, on device: Device = .cpu) -> Tensor {
    Tensor(ct_range(Int64(range.lowerBound), Int64(range.upperBound), device.c))
  }
}

extension Array where Element == Int {
  /// Lends the sizes as C sees them.
  func withSizes<Result>(_ body: (UnsafePointer<Int64>?, Int32) -> Result) -> Result {
    map { Int64($0) }.withUnsafeBufferPointer { body($0.baseAddress, Int32($0.count)) }
  }
}
