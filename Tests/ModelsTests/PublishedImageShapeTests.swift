import Foundation
import Layers
import Models
import TestSupport
import Testing
import Torch
import Towers

@Suite("Models of published size")
struct PublishedImageShapeTests {
  struct Published: CustomTestStringConvertible {
    let name: String
    let family: Family
    /// All parameters, where the authors or others have counted them.
    let count: Int?
    var testDescription: String { name }
  }

  private static let models = [
    Published(name: "clip-vit-base-patch32", family: .clip, count: 151_277_313),
    Published(name: "kelip", family: .kelip, count: 176_575_233),
    Published(name: "siglip-so400m-patch14-384", family: .siglip, count: nil),
    Published(name: "ViT-B-16-SigLIP-384", family: .openCLIP, count: nil),
    Published(name: "ViT-L-14-CLIPA", family: .openCLIP, count: nil),
    Published(name: "ViT-H-14", family: .openCLIP, count: nil),
  ]

  @Test("Each tensor lands on a parameter, and each parameter is filled", arguments: models)
  func complete(model: Published) throws {
    let source = fixture("families_image/shapes/" + model.name)
    // Numbers and tokenizer are not needed to see what would be read.
    let folder = try TemporaryFolder()
    for name in try FileManager.default.contentsOfDirectory(atPath: source) {
      try FileManager.default.copyItem(
        atPath: source + "/" + name, toPath: folder.path + "/" + name)
    }
    for name in ["model.safetensors", "tokenizer.json"] {
      try Data().write(to: URL(fileURLWithPath: folder.path + "/" + name))
    }
    let files = try #require(try model.family.read(PublishedFolder(path: folder.path)))
    let shapes = try Shapes(
      source + "/tensors.txt", keys: try #require(files.weights[0].keys), absent: files.absent)
    _ = try DualEncoder(files.card.encoder, in: Scope(shapes))
    #expect(shapes.unused.filter { key in !files.ignored.contains { KeyMap.fits(key, $0) } } == [])
    if let count = model.count { #expect(shapes.count == count) }
  }
}

/// The shapes of a checkpoint's tensors; it has no numbers.
private final class Shapes: ParameterSource {
  private let shapes: [String: [Int]]
  private let keys: KeyMap
  private let absent: Set<String>
  private var used: Set<String> = []

  /// - Parameters:
  ///   - path: A list with one line a tensor: its name, `*` in it for a number, how many there are
  ///     of them, and the shape.
  init(_ path: String, keys: KeyMap, absent: Set<String>) throws {
    var shapes: [String: [Int]] = [:]
    let text = try String(contentsOfFile: path, encoding: .utf8)
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: " ")
      let shape = fields.dropFirst(2).compactMap { Int($0) }
      for index in 0..<(Int(fields[1]) ?? 0) {
        shapes[String(fields[0]).replacing("*", with: "\(index)")] = shape
      }
    }
    (self.shapes, self.keys, self.absent) = (shapes, keys, absent)
  }

  var unused: [String] { shapes.keys.filter { !used.contains($0) }.sorted() }

  /// How many numbers all tensors that are used have.
  var count: Int { used.reduce(0) { $0 + (shapes[$1] ?? []).reduce(1, *) } }

  func tensor(_ key: String, _ shape: [Int], _ initializer: Initializer)
    throws(CheckpointError) -> Tensor
  {
    guard !absent.contains(key) else { return .zeros([1]) }
    guard let place = keys(key) else { throw .missing(key: key, closest: nil) }
    var joined: [Int] = []
    for name in place.keys {
      guard let found = shapes[name] else { throw .missing(key: name, closest: nil) }
      used.insert(name)
      joined = joined.isEmpty ? found : [joined[0] + found[0]] + found.dropFirst()
    }
    let found = place.isTransposed ? joined.reversed() : joined
    guard found.filter({ $0 != 1 }) == shape.filter({ $0 != 1 }) else {
      throw .misshapen(key: key, expected: shape, found: found)
    }
    return .zeros([1])
  }
}
