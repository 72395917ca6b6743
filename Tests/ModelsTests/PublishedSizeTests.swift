import Checkpoints
import Foundation
import Models
import Pictures
import TestSupport
import Testing
import Tokens
import Torch
import Towers

/// Models of published size with random numbers, in their published layouts, with what the reference
/// implementations make of some texts and a picture: up to 6 GB each, so they are made, checked and
/// removed one after the other by `Tools/references/published.py`. Whichever are there are checked.
@Suite("Models of published size, with numbers", .serialized)
struct PublishedSizeTests {
  private static let base = ProcessInfo.processInfo.environment["PICTOGLOT_FAMILIES"]

  private static let folders: [String] = {
    guard let base, let names = try? FileManager.default.contentsOfDirectory(atPath: base) else {
      return []
    }
    return names.sorted().filter {
      FileManager.default.fileExists(atPath: "\(base)/\($0)/expected.safetensors")
    }
  }()

  /// Parameters where the authors, or others, have counted them; only what is used here counts.
  private static let counts = [
    "nllb-clip-base-oc": 501_885_185, "koclip-base-pt": 425_027_841, "koclip-base": 425_027_841,
    "koclip-large": 642_054_145, "KELIP": 176_575_233, "clip-vit-base-patch32": 151_277_313,
    "vit_base_patch32_clip_224.openai": 151_277_313, "ViT-B-32.pt": 151_277_313,
  ]

  @Test(
    "Each has the published parameters, and gives its reference's ids, pixels and vectors",
    .enabled(if: base != nil, "Scripts/test-published makes and checks them"), arguments: folders)
  func publishedSizes(name: String) throws {
    let base = try #require(Self.base)
    let clock = ContinuousClock()
    let begin = clock.now
    let model = try Model(folder: base + "/" + name) { (name: String) throws(ModelError) in
      base + "/hub/" + name
    }
    let count = model.encoder.parameters.filter { $0.name != "bias" }.reduce(0) { $0 + $1.count }
    if let published = Self.counts[name] { #expect(count == published) }

    let file = try SafetensorsFile(path: "\(base)/\(name)/expected.safetensors")
    // The first time weights are used as they lie in the file, the second time they are laid out.
    let texts = max(try difference(of: model, to: file), try difference(of: model, to: file))
    let pixels = try file.tensor("pixels")
    let unlike = try preparing(base + "/" + name, by: model, as: pixels.floats)
    let wanted = try file.tensor("picture").floats
    var pictures: Float = 0
    for _ in 1...2 {
      let vector = withoutGradient { model.encoder.embed(images: pixels).floats }
      pictures = max(pictures, difference(vector, wanted))
    }
    if file.entries["boxes"] != nil {
      let given = try file.tensor("boxes").floats
      let boxes = stride(from: 0, to: given.count, by: 4).map {
        ImageBox(
          left: given[$0], top: given[$0 + 1], right: given[$0 + 2], bottom: given[$0 + 3])
      }
      let vector = withoutGradient { model.encoder.embed(images: pixels, boxes: [boxes]).floats }
      pictures = max(pictures, difference(vector, try file.tensor("boxed").floats))
    }
    // A line of the table that `published.py` makes.
    let seconds = (clock.now - begin) / .seconds(1)
    print(
      "published | \(name) | \(count) | \(texts) | \(pictures) | \(unlike.map { "\($0)" } ?? "–") "
        + "| \((seconds * 10).rounded() / 10)")
    #expect(texts <= 1e-5 && pictures <= 1e-5 && unlike ?? 0 <= 1e-5)
  }

  /// The largest difference between two lists of numbers; infinite if they are no such lists.
  private func difference(_ ours: [Float], _ theirs: [Float]) -> Float {
    guard ours.count == theirs.count, ours.allSatisfy(\.isFinite) else { return .infinity }
    return zip(ours, theirs).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  /// The largest difference of the texts' vectors; their ids must be the reference's.
  private func difference(of model: Model, to file: SafetensorsFile) throws -> Float {
    func strings(_ name: String) throws -> [String] {
      try file.tensor(name).array(of: UInt8.self).split(
        separator: 0, omittingEmptySubsequences: false
      )
      .map { String(decoding: $0, as: UTF8.self) }
    }
    let tokenizer = try #require(model.tokenizer)
    let codes = file.entries["codes"] == nil ? nil : try strings("codes")
    var ids: [[Int32]] = []
    for (index, text) in try strings("strings").enumerated() {
      let code = try codes.map { try #require(tokenizer.id(of: $0[index])) }
      ids.append(model.card.text.ids(text, by: tokenizer, code: code).ids)
    }
    var rest = try file.tensor("ids").array(of: Int64.self)[...]
    for (text, length) in zip(ids, try file.tensor("lengths").array(of: Int64.self)) {
      #expect(text.map(Int64.init) == Array(rest.prefix(Int(length))))
      rest = rest.dropFirst(Int(length))
    }
    let batch = TokenBatch(
      ids, padding: model.card.text.padding, length: model.card.text.paddedLength)
    return difference(
      withoutGradient { model.encoder.embed(texts: batch).floats },
      try file.tensor("texts").floats)
  }

  /// The largest difference of the pixels that a picture becomes, where one lies in the folder.
  private func preparing(_ folder: String, by model: Model, as pixels: [Float]) throws -> Float? {
    guard let data = FileManager.default.contents(atPath: folder + "/picture.png") else {
      return nil
    }
    return difference(model.card.preprocessing(try Picture(decoding: [UInt8](data))), pixels)
  }
}
