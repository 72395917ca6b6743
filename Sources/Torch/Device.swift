internal import CTorch

/// Where a tensor's numbers lie and its arithmetic is done.
package struct Device: Hashable, Sendable, CustomStringConvertible {
  let type: Int8
  let index: Int8

  package static let cpu = Device(type: 0, index: 0)
  package static let mps = Device(type: 13, index: 0)
  package static func cuda(_ index: Int = 0) -> Device {
    Device(type: 1, index: Int8(clamping: index))
  }

  var c: ct_device { ct_device(type: type, index: index) }

  /// Whether this process can compute here.
  package var isAvailable: Bool {
    switch type {
    case 0: true
    case 1: Int(index) < Int(ct_cuda_count())
    case 13: ct_has_mps()
    default: false
    }
  }

  package var description: String {
    switch type {
    case 0: "cpu"
    case 1: "cuda:\(index)"
    case 13: "mps"
    default: "device \(type):\(index)"
    }
  }

  /// The device that `text` names: `cpu`, `cuda`, `cuda:1`, `mps`, or `auto` for the fastest here.
  ///
  /// - Throws: ``TorchError`` if there is no such device on this machine.
  package init(named text: String) throws(TorchError) {
    switch text {
    case "auto": self = Device.cuda().isAvailable ? .cuda() : Device.mps.isAvailable ? .mps : .cpu
    case "cpu": self = .cpu
    case "mps": self = .mps
    case "cuda": self = .cuda()
    default:
      guard text.hasPrefix("cuda:"), let index = Int(text.dropFirst(5)), index >= 0 else {
        throw TorchError("there is no device “\(text)”; use auto, cpu, cuda, cuda:N or mps")
      }
      self = .cuda(index)
    }
    guard isAvailable else {
      throw TorchError(
        "the device “\(text)” is not available here; use --device cpu, or a libtorch built for it")
    }
  }

  private init(type: Int8, index: Int8) {
    self.type = type
    self.index = index
  }
}

/// The type of a tensor's numbers.
package enum DType: Int32, Sendable, CaseIterable {
  case uint8 = 0
  case int8 = 1
  case int16 = 2
  case int32 = 3
  case int64 = 4
  case float16 = 5
  case float32 = 6
  case float64 = 7
  case bool = 11
  case bfloat16 = 15

  /// Bytes of one number.
  package var size: Int {
    switch self {
    case .uint8, .int8, .bool: 1
    case .int16, .float16, .bfloat16: 2
    case .int32, .float32: 4
    case .int64, .float64: 8
    }
  }
}

/// A Swift type that a tensor's numbers can be made from or read into.
package protocol TensorScalar: BitwiseCopyable {
  static var dtype: DType { get }
}
extension Float: TensorScalar { package static var dtype: DType { .float32 } }
extension Double: TensorScalar { package static var dtype: DType { .float64 } }
extension Int64: TensorScalar { package static var dtype: DType { .int64 } }
extension Int32: TensorScalar { package static var dtype: DType { .int32 } }
extension UInt8: TensorScalar { package static var dtype: DType { .uint8 } }
