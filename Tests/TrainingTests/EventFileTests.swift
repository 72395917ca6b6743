import Foundation
import TestSupport
import Testing

@testable import Training

@Suite("The file for TensorBoard")
struct EventFileTests {
  @Test("Checksums are those of the Internet's storage standard, RFC 3720, appendix B.4")
  func checksums() {
    #expect(EventFile.castagnoli([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
    #expect(EventFile.castagnoli([UInt8](repeating: 0xff, count: 32)) == 0x62a8_ab43)
    #expect(EventFile.castagnoli(Array(0..<32)) == 0x46dd_794e)
    #expect(EventFile.castagnoli((0..<32).reversed()) == 0x113f_db5c)
    #expect(EventFile.castagnoli(Array("123456789".utf8)) == 0xe306_9283)
  }

  private func report(step: Int) -> TrainingReport {
    TrainingReport(
      step: step, progress: 0.5, epochs: 2, loss: 1.5, learningRate: 0.25, scale: 10,
      gradientNorm: 0.75, picturesPerSecond: 64, captionsPerSecond: 128, dataWait: 0.125,
      seconds: 3, secondsLeft: 3, validation: ["ko": 0.5], notes: ["contrastive": 1.25],
      languageLoss: ["ko": 3.5, "en": 2.5], falseNegatives: 0.0625, flops: 1.5e9)
  }

  @Test("Begins with the version's record, byte for byte as TensorFlow writes it")
  func begins() throws {
    let folder = try TemporaryFolder()
    _ = try EventFile(folder: folder.path, keeping: [])
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(folder))))
    // Length 24, its checksum; wall_time = 0, file_version = "brain.Event:2"; their checksum.
    let event: [UInt8] = [9, 0, 0, 0, 0, 0, 0, 0, 0, 26, 13] + Array("brain.Event:2".utf8)
    #expect(
      bytes == [24, 0, 0, 0, 0, 0, 0, 0] + [0xa3, 0x7f, 0x4b, 0x22] + event + [
        0xee, 0xdf, 0x28, 0xa3,
      ])
  }

  @Test("Reports come one by one, and a resumed run keeps those up to its checkpoint")
  func appends() throws {
    let (first, second) = (try TemporaryFolder(), try TemporaryFolder())
    let file = try EventFile(folder: first.path, keeping: [])
    try file.append(report(step: 1))
    try file.append(report(step: 300))
    _ = try EventFile(folder: second.path, keeping: [report(step: 1), report(step: 300)])
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path(first)))
    #expect(try Data(contentsOf: URL(fileURLWithPath: path(second))) == bytes)
    #expect(try Data(contentsOf: URL(fileURLWithPath: fixture("learning/events.bin"))) == bytes)
  }

  private func path(_ folder: TemporaryFolder) -> String {
    folder.path + "/events.out.tfevents.0000000000.pictoglot"
  }
}
