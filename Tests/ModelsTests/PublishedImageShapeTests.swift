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
    // Numbers and tokenizer are not needed to see what would be read: they are on the hub alone.
    let listing =
      try FileManager.default.contentsOfDirectory(atPath: source)
      + ["model.safetensors", "open_clip_model.safetensors", "tokenizer.json"]
    let folder = PublishedFolder(path: source, listings: { _ in listing })
    let files = try #require(try model.family.read(folder))
    let count = try expectComplete(files, source)
    if let known = model.count { #expect(count == known) }
  }

  @Test(
    "Repositories that do not hold their settings are what open_clip builds for them, and it is said",
    arguments: [
      ("laion/CLIP-ViT-B-32-xlm-roberta-base-laion5B-s13B-b90k", Activation.gelu),
      ("laion/CLIP-ViT-H-14-frozen-xlm-roberta-large-laion5B-s13B-b90k", .gelu),
      ("laion/CLIP-ViT-B-32-roberta-base-laion2B-s12B-b32k", .quickGELU),
      ("apple/DFN2B-CLIP-ViT-B-16", .quickGELU),
    ])
  func unsettled(name: String, activation: Activation) throws {
    let root = try TemporaryFolder()
    let path = root.path + "/models--" + name.replacing("/", with: "--")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    var listing = ["README.md", "open_clip_pytorch_model.bin", "tokenizer.json"]
    if name.hasPrefix("apple") {
      // Flat, and silent on the activation.
      listing.append("open_clip_config.json")
      let flat = #"{"embed_dim": 512, "vision_cfg": {"patch_size": 16}, "text_cfg": {}}"#
      try Data(flat.utf8).write(to: URL(fileURLWithPath: path + "/open_clip_config.json"))
    } else {
      listing.append("preprocessor_config.json")
    }
    let files = try ModelFiles(
      folder: PublishedFolder(path: path, listings: { [listing] _ in listing }))
    _ = try expectComplete(
      files, fixture("families_image/shapes/" + (name.split(separator: "/").last ?? "")))
    guard let image = files.card.encoder.image?.settings as? ViT.Settings else {
      Issue.record("\(name) has no vision transformer")
      return
    }
    #expect(image.activation == activation)
    #expect(files.card.note?.contains("own knowledge") ?? false)
    #expect(files.card.license == (name.hasPrefix("laion") ? "MIT" : nil))
  }

  @Test("A flat file of open_clip's settings is read as one with the object around it")
  func flat() throws {
    let source = fixture("families_image/open_clip")
    let folder = try TemporaryFolder()
    let whole = try JSONSerialization.jsonObject(
      with: try Data(contentsOf: URL(fileURLWithPath: source + "/open_clip_config.json")))
    let towers = try #require((whole as? [String: Any])?["model_cfg"])
    try JSONSerialization.data(withJSONObject: towers).write(
      to: URL(fileURLWithPath: folder.path + "/open_clip_config.json"))
    for name in ["open_clip_model.safetensors", "tokenizer.json"] {
      try FileManager.default.copyItem(
        atPath: source + "/" + name, toPath: folder.path + "/" + name)
    }
    let read = try ModelFiles(folder: PublishedFolder(path: source)).card
    let flat = try ModelFiles(folder: PublishedFolder(path: folder.path)).card
    #expect(flat.encoder == read.encoder && flat.preprocessing == read.preprocessing)
    #expect(read.note == nil && flat.note?.contains("preprocessing") ?? false)
  }

  /// Expects that a model's parameters are the tensors of a list, and returns how many numbers.
  private func expectComplete(_ files: ModelFiles, _ source: String) throws -> Int {
    let shapes = try Shapes(
      source + "/tensors.txt", keys: try #require(files.weights[0].keys), absent: files.absent)
    _ = try DualEncoder(files.card.encoder, in: Scope(shapes))
    #expect(shapes.unused.filter { key in !files.ignored.contains { KeyMap.fits(key, $0) } } == [])
    return shapes.count
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
