import Foundation
import Languages
package import Models
import Pictures
import Tokens
import Torch
import Towers
import Vectors

/// A model looked at from all sides: whether it is whole, what it makes of texts and pictures, and
/// how fast it is here.
package struct Checkup {
  /// What one look has shown.
  package struct Finding: Encodable, Sendable {
    package enum Verdict: String, Encodable, Sendable {
      case fine, wrong
      /// Nothing to compare with.
      case unknown
    }
    package let what: String
    package let verdict: Verdict
    package let detail: String

    package init(what: String, verdict: Verdict, detail: String) {
      self.what = what
      self.verdict = verdict
      self.detail = detail
    }
  }

  package let model: Model
  private let picture: Picture

  /// Loads the model; that its files fit is the first finding.
  ///
  /// - Parameters:
  ///   - sides: The towers that are loaded and looked at; of the others nothing is read.
  /// - Throws: An error that names the file and what is wrong with it.
  package init(_ name: String, sides: ImageTextModel.Sides = .both, device: String) throws {
    model = try Model(
      folder: try modelFolder(named: name), towers: sides.towers, device: Device(named: device),
      companions: companionFolder)
    picture = Self.probePicture()
  }

  /// Texts in many scripts that say the same, and their languages.
  package static let probeTexts: [(language: String, text: String)] = [
    ("en", "a red apple on a table"), ("ko", "탁자 위의 빨간 사과"), ("zh", "桌子上的红苹果"),
    ("ja", "テーブルの上の赤いりんご"), ("ar", "تفاحة حمراء على طاولة"), ("he", "תפוח אדום על שולחן"),
    ("hi", "मेज़ पर एक लाल सेब"), ("th", "แอปเปิลสีแดงบนโต๊ะ"), ("ru", "красное яблоко на столе"),
    ("el", "ένα κόκκινο μήλο σε ένα τραπέζι"), ("de", "ein roter Apfel auf einem Tisch"),
    ("tr", "masanın üzerinde kırmızı bir elma"), ("sw", "tufaha jekundu juu ya meza"),
    ("am", "በጠረጴዛ ላይ ቀይ ፖም"), ("ka", "წითელი ვაშლი მაგიდაზე"),
  ]

  /// A picture that needs no file: 320 × 240, red grows to the right, green downwards, blue is the
  /// exclusive or of both places.
  static func probePicture() -> Picture {
    let (width, height) = (320, 240)
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        pixels += [
          UInt8(x * 255 / (width - 1)), UInt8(y * 255 / (height - 1)), UInt8((x ^ y) & 255),
        ]
      }
    }
    return Picture(width: width, height: height, pixels: pixels)
  }

  /// Checks that every weight of the model is finite.
  package func numbers() throws -> Finding {
    let bad = try model.damagedParameters()
    let count = model.encoder.parameters.reduce(0) { $0 + $1.count }
    return Finding(
      what: "weights", verdict: bad.isEmpty ? .fine : .wrong,
      detail: bad.isEmpty
        ? "\(count) in \(model.encoder.parameters.count) tensors, all finite"
        : "not finite: \(bad.prefix(5).joined(separator: ", "))")
  }

  /// The texts of the probe that the model's languages cover; all where those are not known.
  private var texts: [(language: String, text: String)] {
    let known = Set(model.card.languages.map { $0.split(separator: "-").first.map(String.init) })
    let covered = Self.probeTexts.filter { known.contains($0.language) }
    return covered.isEmpty ? Self.probeTexts : covered
  }

  /// What the tokenizer makes of the probe.
  package func tokens() throws -> [Finding] {
    guard let tokenizer = model.tokenizer else { return [] }
    let unknown = Set(["<unk>", "[UNK]"].compactMap { tokenizer.id(of: $0) })
    return try texts.map { language, text in
      let tokens = try model.tokens(of: text, in: try LanguageTag(language))
      let missed = tokens.ids.count { unknown.contains($0) }
      return Finding(
        what: "tokens \(language)", verdict: missed * 2 > tokens.ids.count ? .wrong : .fine,
        detail: "\(tokens.ids.count) tokens"
          + (missed > 0 ? ", \(missed) of them unknown" : "")
          + (tokens.isTruncated ? ", cut" : ""))
    }
  }

  /// Whether the vectors of different probe inputs differ.
  package func vectors() throws -> [Finding] {
    var findings: [Finding] = []
    if model.encoder.texts != nil {
      let vectors = try model.embed(
        texts: texts.map(\.text), languages: try texts.map { try LanguageTag($0.language) })
      findings.append(finding("text vectors", vectors))
    }
    if model.encoder.images != nil {
      let upsideDown = Picture(
        width: picture.width, height: picture.height, pixels: Array(picture.pixels.reversed()))
      let pixels = [picture, upsideDown].flatMap { model.card.preprocessing($0) }
      findings.append(finding("picture vectors", try model.embed(pixels: pixels, count: 2)))
    }
    return findings
  }

  private func finding(_ what: String, _ vectors: VectorRows) -> Finding {
    let areDistinct = Set(vectors).count == vectors.count
    return Finding(
      what: what, verdict: areDistinct ? .fine : .wrong,
      detail: areDistinct
        ? "\(vectors.count) of \(vectors.width) dimensions"
        : "different inputs give the same vector")
  }

  /// How many texts and pictures a second this machine embeds.
  package func speed() throws -> [Finding] {
    var findings: [Finding] = []
    func measure(_ what: String, _ count: Int, _ body: () throws -> Void) rethrows {
      try body()
      let time = try ContinuousClock().measure(body) / .seconds(1)
      findings.append(
        Finding(
          what: what, verdict: .unknown,
          detail:
            "\((Double(count) / time * 10).rounded() / 10) a second, \(Engine.threads) threads"))
    }
    if model.encoder.texts != nil {
      let many = Array(repeating: texts, count: 4).flatMap { $0 }
      let languages = try many.map { try LanguageTag($0.language) }
      try measure("texts", many.count) {
        _ = try model.embed(texts: many.map(\.text), languages: languages)
      }
    }
    if model.encoder.images != nil {
      try measure("pictures", 8) {
        let pixels = (0..<8).flatMap { _ in model.card.preprocessing(picture) }
        _ = try model.embed(pixels: pixels, count: 8)
      }
    }
    return findings
  }
}
