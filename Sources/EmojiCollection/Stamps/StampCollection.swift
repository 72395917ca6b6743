internal import Corpora
internal import Files
internal import Foundation
internal import Pictures

/// Adds the stamps of Tux Paint: photographs and drawings with a sentence in up to 77 languages.
///
/// Pictures are put on white, made at most 256 pixels large and written as JPEG. Mirror images,
/// which have no text, are left out.
func addStamps(
  _ stamps: DebianPackage, to writer: CollectionWriter,
  _ progress: ((CollectionProgress) -> Void)?
) throws(CorpusError) -> [CorpusProblem] {
  let folder = stamps.root + "/usr/share/tuxpaint/stamps"
  let files: Set<String>
  do throws(FileError) { files = Set(try FolderScan(folder).files) } catch {
    throw .unreadable(path: folder, reason: error.reason)
  }
  let names = files.filter { $0.hasSuffix(".png") || $0.hasSuffix(".svg") }
    .map { String($0.dropLast(4)) }
  var problems: [CorpusProblem] = []
  let withText = Set(names).sorted().filter { name in
    let hasText = files.contains(name + ".txt")
    if !hasText { problems.append(CorpusProblem(.missingText, "tux/" + name, "it has no text")) }
    return hasText
  }
  guard !withText.isEmpty else {
    throw .badFile(path: folder, what: "a folder of stamps", reason: "no stamp has a text")
  }
  let piece = 64
  for start in stride(from: 0, to: withText.count, by: piece) {
    let names = Array(withText[start..<min(start + piece, withText.count)])
    let prepared = concurrentMap(names.count) { index in
      Stamp(names[index], in: folder, hasDrawing: files.contains(names[index] + ".svg"), files)
    }
    for stamp in prepared {
      problems += stamp.problems
      guard let sample = stamp.sample(source: stamps.title) else { continue }
      try writer.add(sample, stamp.jpeg)
    }
    progress?(
      CollectionProgress(
        stage: "Writing stamps", done: start + names.count, total: withText.count))
  }
  return problems
}

/// One stamp, its picture decoded and its texts read.
private struct Stamp: Sendable {
  let name: String
  private(set) var jpeg: [UInt8] = []
  private(set) var captions: [String: [String]] = [:]
  private(set) var problems: [CorpusProblem] = []
  private var kind = "drawing"

  private static let longSide = 256

  init(_ name: String, in folder: String, hasDrawing: Bool, _ files: Set<String>) {
    self.name = name
    let id = "tux/" + name
    do {
      let text = try wholeFile("\(folder)/\(name).txt")
      captions = StampTexts.read(text, of: id, reporting: &problems)
      let suffix = files.contains(name + ".png") ? ".png" : ".svg"
      let picture = try Picture(contentsOf: folder + "/" + name + suffix)
      if !hasDrawing, !name.contains("cartoon"), picture.colourDensity >= 0.27 { kind = "photo" }
      guard picture.pixels.contains(where: { $0 < 235 }) else {
        problems.append(
          CorpusProblem(.brokenPicture, id, "nothing of it can be seen on a white ground"))
        return
      }
      jpeg = try picture.shrunk(toLongSide: Self.longSide).jpeg(quality: 90)
    } catch {
      problems.append(CorpusProblem(.brokenPicture, id, "\(error)"))
    }
  }

  func sample(source: String) -> Sample? {
    guard !jpeg.isEmpty, let english = captions["en"]?.first else { return nil }
    let concept = ConceptRule.concept(ofEnglish: english)
    return Sample(
      id: "tux/" + name, captions: captions, concept: concept,
      split: ConceptRule.split(ofConcept: concept), source: source, license: "GPL-2.0-only",
      kind: kind, picture: .file(path: name + ".jpg"))
  }
}

extension Picture {
  /// How many different colours there are for each pixel that is not white, 0 to 1.
  ///
  /// A photograph has many, a drawing few. Measured on the 950 stamps against a list made by
  /// another program: 0.27 parts 94 % of them in the same way.
  fileprivate var colourDensity: Double {
    var isSeen = [UInt64](repeating: 0, count: 1 << 18)
    var colours = 0
    var inked = 0
    for place in stride(from: 0, to: pixels.count, by: 3) {
      let (red, green, blue) = (pixels[place], pixels[place + 1], pixels[place + 2])
      guard min(red, green, blue) < 250 else { continue }
      inked += 1
      let colour = Int(red) << 16 | Int(green) << 8 | Int(blue)
      if isSeen[colour >> 6] >> UInt64(colour & 63) & 1 == 0 {
        isSeen[colour >> 6] |= 1 << UInt64(colour & 63)
        colours += 1
      }
    }
    return inked > 0 ? Double(colours) / Double(inked) : 0
  }
}
