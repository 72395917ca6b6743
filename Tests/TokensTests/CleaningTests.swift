import Foundation
import TestSupport
import Testing

@testable import Tokens

@Suite("Text cleaning")
struct CleaningTests {
  /// A text and what the references make of it, by the name of the cleaning.
  private static let rows: [[String: String]] = {
    let path = fixture("cleaning/cleaned.jsonl")
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    return data.split(separator: 0x0A).compactMap {
      try? JSONDecoder().decode([String: String].self, from: Data($0))
    }
  }()

  private func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

  private func expect(_ found: String, is wanted: String, for text: String) {
    #expect(
      scalars(found) == scalars(wanted),
      "\(text.debugDescription): \(found.debugDescription), not \(wanted.debugDescription)")
  }

  @Test("Repairs texts as ftfy does")
  func repair() {
    #expect(Self.rows.count > 400)
    for row in Self.rows {
      guard let text = row["text"], let wanted = row["repaired"] else { continue }
      expect(TextRepair.repaired(text), is: wanted, for: text)
    }
  }

  @Test("Is open_clip's and transformers'", arguments: TextCleaning.allCases)
  func cleanings(cleaning: TextCleaning) {
    for row in Self.rows {
      guard let text = row["text"], let wanted = row[cleaning.rawValue] else { continue }
      expect(cleaning(text), is: wanted, for: text)
    }
  }

  @Test("Leaves a text alone where a family does")
  func none() {
    for text in ["", " A&amp;b  ", "Ã©", "e\u{301}"] {
      expect(TextCleaning.none(text), is: text, for: text)
    }
  }

  @Test("Is written down by open_clip's names")
  func names() throws {
    let names = try JSONDecoder().decode(
      [TextCleaning].self, from: Data(#"["whitespace", "lower", "canonicalize", "none"]"#.utf8))
    #expect(names == [.whitespace, .lower, .canonicalize, .none])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([TextCleaning].self, from: Data(#"["bleach"]"#.utf8))
    }
  }

  @Test("Keeps track of the places in a damaged text")
  func places() {
    var text = AlignedText()
    let original = Array("sÃ³ &amp; l’Ã©té".utf8)
    original.withUnsafeBufferPointer { bytes in
      text.reset(tracked: true)
      text.appendOriginal(bytes, at: 0)
    }
    var scratch = NormalizerScratch()
    TextCleaning.lower.apply(to: &text, &scratch)
    #expect(String(decoding: text.bytes, as: UTF8.self) == "só & l'été")
    #expect(text.starts.count == text.bytes.count && text.ends.count == text.bytes.count)
    #expect(zip(text.starts, text.starts.dropFirst()).allSatisfy { $0 <= $1 })
    // The mended letter begins where its first wrong letter stood.
    #expect(text.starts[1] == 1)
  }

  @Test("Survives any text, in time that grows with it")
  func survives() {
    var state: UInt64 = 7
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let pieces: [UInt32] = [
      0x20, 0x26, 0x23, 0x3B, 0x3C, 0x0A, 0x0D, 0x1A, 0x1B, 0x5B, 0x6D, 0x3F, 0xC2, 0xC3, 0xE2,
      0xF0,
      0xED, 0xC0, 0x80, 0x9F, 0xA0, 0xBF, 0x20AC, 0x2122, 0x17E, 0x412, 0x402, 0x3B2, 0xFFFD, 0x301,
      0x3A3, 0x1F600, 0x61, 0x41,
    ]
    for _ in 0..<3000 {
      var text = String.UnicodeScalarView()
      for _ in 0..<next(24) {
        if let scalar = Unicode.Scalar(pieces[next(pieces.count)]) { text.append(scalar) }
      }
      for cleaning in TextCleaning.allCases { _ = cleaning(String(text)) }
    }
    for piece in ["&amp;", "Ã©", "Ãƒ", "\u{1B}[", "&#", "e\u{301}", "â€œ\u{FFFD}", "é\n"] {
      _ = TextCleaning.canonicalize(String(repeating: piece, count: 4000))
    }
  }
}
