import Foundation

/// A run's numbers as TensorBoard reads them: `events.out.tfevents.…` in the run's folder.
///
/// - Source: TensorFlow's `tsl/lib/io/record_writer.cc` (a record is its length, a checksum of that,
///   its bytes, a checksum of those) and `tensorboard/compat/proto/{event,summary}.proto`.
struct EventFile {
  private let file: AppendedFile

  /// Begins the file anew with the reports that a run keeps.
  ///
  /// - Throws: ``TrainingError/file(_:)``
  init(folder: String, keeping reports: [TrainingReport]) throws(TrainingError) {
    var bytes = Self.record(Message().double(1, 0).text(3, "brain.Event:2").bytes)
    for report in reports { bytes += Self.record(Self.event(report)) }
    file = try AppendedFile(
      folder + "/events.out.tfevents.0000000000.pictoglot", beginning: Data(bytes))
  }

  /// - Throws: ``TrainingError/file(_:)``; the report is written with the next one.
  func append(_ report: TrainingReport) throws(TrainingError) {
    try file.append(Data(Self.record(Self.event(report))))
  }

  /// An `Event`: wall time, which is the run's own clock so that a run by steps gives the same file
  /// again, the step, and a `Summary` of scalars.
  private static func event(_ report: TrainingReport) -> [UInt8] {
    var scalars = [
      ("train/loss", report.loss), ("train/learning_rate", report.learningRate),
      ("train/scale", report.scale), ("train/gradient_norm", report.gradientNorm),
      ("speed/pictures_per_second", report.picturesPerSecond),
      ("speed/captions_per_second", report.captionsPerSecond),
      ("speed/data_wait", report.dataWait),
    ]
    if let share = report.falseNegatives { scalars.append(("train/false_negatives", share)) }
    if let flops = report.flops { scalars.append(("speed/flops", flops)) }
    for (name, value) in (report.notes ?? [:]).sorted(by: { $0.key < $1.key }) {
      scalars.append(("train/\(name)", value))
    }
    for (language, value) in (report.languageLoss ?? [:]).sorted(by: { $0.key < $1.key }) {
      scalars.append(("loss/\(language)", value))
    }
    for (language, value) in (report.validation ?? [:]).sorted(by: { $0.key < $1.key }) {
      scalars.append(("recall_at_10/\(language)", value))
    }
    var summary = Message()
    for (tag, value) in scalars {
      summary = summary.message(1, Message().text(1, tag).float(2, Float(value)))
    }
    return Message().double(1, report.seconds).integer(2, report.step).message(5, summary).bytes
  }

  private static func record(_ bytes: [UInt8]) -> [UInt8] {
    let length = littleEndian(UInt64(bytes.count))
    return length + littleEndian(maskedChecksum(length)) + bytes
      + littleEndian(maskedChecksum(bytes))
  }

  private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private static func maskedChecksum(_ bytes: [UInt8]) -> UInt32 {
    let sum = castagnoli(bytes)
    return (sum >> 15 | sum << 17) &+ 0xa282_ead8
  }

  /// CRC-32C.
  ///
  /// - Source: RFC 3720, appendix B.4.
  static func castagnoli(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { sum, byte in table[Int((sum ^ UInt32(byte)) & 255)] ^ (sum >> 8) }
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0x82f6_3b78 : sum >> 1 }
  }
}

/// A protocol buffer being written, field after field.
///
/// - Source: protobuf.dev, “Encoding”.
private struct Message {
  private(set) var bytes: [UInt8] = []

  private func adding(_ field: Int, _ kind: Int, _ value: [UInt8]) -> Message {
    var next = self
    next.bytes += Self.varint(UInt64(field << 3 | kind)) + value
    return next
  }

  private static func varint(_ value: UInt64) -> [UInt8] {
    var (value, bytes): (UInt64, [UInt8]) = (value, [])
    repeat {
      bytes.append(UInt8(value & 127) | (value > 127 ? 128 : 0))
      value >>= 7
    } while value > 0
    return bytes
  }

  func integer(_ field: Int, _ value: Int) -> Message {
    adding(field, 0, Self.varint(UInt64(bitPattern: Int64(value))))
  }
  func double(_ field: Int, _ value: Double) -> Message {
    adding(field, 1, withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) })
  }
  func float(_ field: Int, _ value: Float) -> Message {
    adding(field, 5, withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) })
  }
  func text(_ field: Int, _ value: String) -> Message { delimited(field, Array(value.utf8)) }
  func message(_ field: Int, _ value: Message) -> Message { delimited(field, value.bytes) }
  private func delimited(_ field: Int, _ value: [UInt8]) -> Message {
    adding(field, 2, Self.varint(UInt64(value.count)) + value)
  }
}
