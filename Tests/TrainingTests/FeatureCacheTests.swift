import Corpora
import Foundation
import Layers
import Pictures
import Recipes
import TestSupport
import Testing
import Torch
import Towers
import Training

@Suite("The cache of a locked image tower")
struct FeatureCacheTests {
  private let collection: TinyCollection
  private let corpus: Corpus
  private let folder: String

  /// Eighty pictures, so that they are computed in two parts.
  init() throws {
    collection = try TinyCollection()
    folder = collection.folder.path + "/features"
    let lines = try String(contentsOfFile: collection.path, encoding: .utf8).split(separator: "\n")
    let records = (0..<80).map { index in
      lines[index % 8].replacingOccurrences(of: #""id":""#, with: #""id":"\#(index)-"#)
    }
    let path = collection.folder.path + "/eighty.jsonl"
    try Data(records.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: path))
    corpus = try Corpus(opening: path)
  }

  /// Opens the cache, and says at which counts of pictures it told of progress.
  private func open(
    _ corpus: Corpus? = nil, seed: UInt64 = 1, views: Int = 1, stopping: Bool = false
  ) throws -> (cache: FeatureCache, told: [Int], encoder: DualEncoder, plan: TrainingPlan) {
    let corpus = corpus ?? self.corpus
    let encoder = try DualEncoder(
      .init(
        image: .vit(.init(size: 16, patch: 4, width: 16, depth: 1, heads: 2)), text: nil, width: 8),
      in: Scope(RandomSource(seed: seed)))
    var plan = TrainingPlan(preprocessing: .plain(size: 16), augmentation: .openCLIP)
    plan.cachedViews = views
    var told: [Int] = []
    let cache = try FeatureCache(
      in: folder, of: encoder, corpus: corpus, pictures: PictureCache(corpus), plan: plan,
      view: plan.views[0], seed: 3, device: .cpu
    ) {
      told.append($0)
      return !stopping
    }
    return (cache, told, encoder, plan)
  }

  private var files: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { $0.hasSuffix(".features") }
    }
  }

  @Test("Holds what the tower makes of each picture as it is used, and is not computed twice")
  func isReused() throws {
    let first = try open()
    #expect(first.told == [64, 80])
    let again = try open()
    #expect(again.told.isEmpty)
    for index in [0, 63, 64, 79] {
      let pixels = first.plan.preprocessing(try corpus.picture(of: corpus.samples[index]))
      let features = first.encoder.imageFeatures(of: Tensor(pixels, shape: [1, 3, 16, 16])).floats
      #expect(isClose(again.cache.vector(of: index, view: 0), features, tolerance: 2e-3))
    }
  }

  @Test("Another tower, other pictures or more views make a cache of their own")
  func isOfOneTower() throws {
    let first = try open()
    #expect(try open(seed: 2).told == [64, 80])
    #expect(
      try open(Corpus(path: corpus.path, samples: corpus.samples.dropLast())).told == [64, 79])
    let varied = try open(views: 3)
    #expect(varied.told == [64, 80])
    #expect(try files.count == 4)
    #expect(varied.cache.vector(of: 70, view: 0) == first.cache.vector(of: 70, view: 0))
    #expect(varied.cache.vector(of: 70, view: 1) != varied.cache.vector(of: 70, view: 2))
    #expect(try open().told.isEmpty, "the first is still there")
  }

  @Test("Goes on where it was interrupted, and ends as if it had not been")
  func goesOn() throws {
    #expect(throws: TrainingError.interrupted) { try open(stopping: true) }
    #expect(try files.isEmpty, "it has its name when it is whole")
    #expect(try open().told == [80])
    let name = try #require(try files.first)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
    try FileManager.default.removeItem(atPath: folder)
    #expect(try open().told == [64, 80])
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)) == bytes)
  }

  @Test("A file that was cut short, or whose description is damaged, is computed anew")
  func isMended() throws {
    _ = try open()
    let path = folder + "/" + (try #require(try files.first))
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    try bytes.dropLast(5).write(to: URL(fileURLWithPath: path))
    #expect(try open().told == [64, 80])
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
    let description = path.replacingOccurrences(of: ".features", with: ".json")
    try Data("{".utf8).write(to: URL(fileURLWithPath: description))
    #expect(try open().told == [64, 80])
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
  }

  @Test("A file of which a byte has changed is made anew")
  func isVerified() throws {
    let first = try open()
    let expected = first.cache.vector(of: 70, view: 0)
    let path = folder + "/" + (try #require(try files.first))
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes[bytes.count - 200] ^= 0x40
    try bytes.write(to: URL(fileURLWithPath: path))
    let again = try open()
    #expect(again.told == [64, 80])
    #expect(again.cache.vector(of: 70, view: 0) == expected)
  }

  @Test("A cache of another tower under this one's name is refused before anything is computed")
  func otherCache() throws {
    _ = try open()
    let name = try #require(try files.first).replacingOccurrences(of: ".features", with: ".json")
    let path = folder + "/" + name
    _ = try open(seed: 2)
    let other = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder)
        .first { $0.hasSuffix(".json") && $0 != name })
    try Data(contentsOf: URL(fileURLWithPath: folder + "/" + other))
      .write(to: URL(fileURLWithPath: path))
    #expect(throws: TrainingError.otherCache(path: path)) { try open() }
  }
}
