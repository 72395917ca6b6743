import Corpora
import Foundation
import Models
import Pictures
import TestSupport
import Testing
import Tokens
import Torch
import Towers
import Training

@Suite("The stored vectors of a teacher")
struct TeacherCacheTests {
  private let fixture: TeacherFixture
  private let folder: String

  init() throws {
    fixture = try TeacherFixture()
    folder = fixture.collection.folder.path + "/vectors"
  }

  /// Opens the cache, and says at which counts it told of progress.
  private func open(
    _ teacher: Model, _ corpus: Corpus? = nil, language: String? = nil, stopping: Bool = false
  ) throws -> (cache: TeacherCache, told: [Int]) {
    let corpus = corpus ?? fixture.corpus
    var told: [Int] = []
    let cache = try TeacherCache(
      in: folder, of: teacher, corpus: corpus, pictures: PictureCache(corpus), language: language
    ) { done, _ in
      told.append(done)
      return !stopping
    }
    return (cache, told)
  }

  private var files: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }
  }

  @Test("Holds the teacher's vector of each picture and caption, and is not computed twice")
  func isReused() throws {
    let teacher = try fixture.teacher()
    #expect(try open(teacher).told == [8, 8 + 24])
    let again = try open(teacher)
    #expect(again.told.isEmpty)
    #expect(isClose(again.cache.scale, teacher.encoder.scale.item, tolerance: 1e-6))
    for (index, sample) in fixture.corpus.samples.enumerated() {
      let pixels = teacher.card.preprocessing(try fixture.corpus.picture(of: sample))
      let picture = try teacher.embed(pixels: pixels, count: 1)
      #expect(isClose(picture, again.cache.picture(of: index), tolerance: 2e-3))
      for language in sample.languages {
        let text = try #require(sample.captions[language]?.first)
        let vector = try #require(again.cache.caption(text, in: language, of: index))
        #expect(isClose(try teacher.embed(texts: [text]), vector, tolerance: 2e-3))
      }
    }
  }

  @Test("Captions in languages that the teacher does not know have another caption's vector")
  func standIn() throws {
    let teacher = try fixture.teacher(languages: ["de-AT", "all of them"])
    var samples = fixture.corpus.samples
    samples[2].captions["en"] = nil
    samples[2] = Sample(
      id: samples[2].id, captions: samples[2].captions, picture: samples[2].picture)
    let corpus = Corpus(path: fixture.corpus.path, samples: samples)
    let (cache, told) = try open(teacher, corpus, language: "en")
    // English, and German of a kind.
    #expect(told == [8, 8 + 7 + 8])
    for (index, sample) in samples.enumerated() {
      let korean = try #require(sample.captions["ko"]?.first)
      let german = try #require(sample.captions["de"]?.first)
      let own = try teacher.embed(texts: [german])
      #expect(isClose(own, cache.caption(german, in: "de", of: index) ?? [], tolerance: 2e-3))
      let found = cache.caption(korean, in: "ko", of: index)
      guard let english = sample.captions["en"]?.first else {
        #expect(index == 2 && found == nil, "there is no English to stand in")
        continue
      }
      #expect(isClose(try teacher.embed(texts: [english]), found ?? [], tolerance: 2e-3))
    }
  }

  @Test("Another teacher, other captions or another stand-in make a cache of their own")
  func isOfOneTeacher() throws {
    let teacher = try fixture.teacher()
    _ = try open(teacher)
    #expect(try open(fixture.teacher(seed: 2)).told == [8, 32])
    #expect(try open(teacher, language: "en").told == [8, 16])
    var samples = fixture.corpus.samples
    samples[0].captions["en"] = ["another text"]
    #expect(try open(teacher, Corpus(path: "", samples: samples)).told == [8, 32])
    #expect(try files.filter { $0.hasSuffix(".teacher") }.count == 4)
    #expect(try open(teacher).told.isEmpty, "the first is still there")
  }

  @Test(
    "Goes on where it was interrupted, whole only when it is done; what is damaged is made anew")
  func goesOn() throws {
    let teacher = try fixture.teacher()
    #expect(throws: TrainingError.interrupted) { try open(teacher, stopping: true) }
    #expect(try files.contains { $0.hasSuffix(".teacher.part") })
    #expect(try !files.contains { $0.hasSuffix(".teacher") })
    #expect(try open(teacher).told == [32])
    let name = try #require(try files.first { $0.hasSuffix(".teacher") })
    #expect(try files.count == 2)
    let path = folder + "/" + name
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(bytes.count == 32 * 8 * 2)
    try bytes.dropLast(5).write(to: URL(fileURLWithPath: path))
    #expect(try open(teacher).told == [8, 32])
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
    let description = path.replacingOccurrences(of: ".teacher", with: ".json")
    try Data("{".utf8).write(to: URL(fileURLWithPath: description))
    _ = try open(teacher)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
  }
}
