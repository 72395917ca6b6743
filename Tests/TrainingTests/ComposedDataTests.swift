import Corpora
import Pictures
import Recipes
import TestSupport
import Testing
import Tokens
import Training

@Suite("Batches with hard negatives and a teacher")
struct ComposedDataTests {
  private let fixture: TeacherFixture

  init() throws { fixture = try TeacherFixture() }

  /// Vectors that tell of what they are.
  private struct Numbers: PairTeacher, PictureFeatures {
    let scale = 3.0
    let views = 1
    func picture(of sample: Int) -> [Float] { [Float(sample), 0] }
    func caption(_ text: String, in language: String, of sample: Int) -> [Float]? {
      language == "ko" ? nil : [Float(sample), Float(text.utf8.count)]
    }
    func vector(of sample: Int, view: Int) -> [Float] { [Float(sample)] }
  }

  private var plan: TrainingPlan {
    var plan = TrainingPlan(preprocessing: .plain(size: 16), augmentation: .openCLIP)
    (plan.batch, plan.hardNegatives, plan.captionsPerPicture) = (6, 0.5, 3)
    return plan
  }

  private func data(fromFeatures: Bool) throws -> (data: TrainingData, near: CaptionNeighbours) {
    let corpus = fixture.corpus
    let reader = try fixture.reader
    let near = CaptionNeighbours(of: corpus, read: reader, count: 16)
    var sources = TrainingData.Sources(reader: reader)
    sources.neighbours = near
    sources.pairTeacher = Numbers()
    if fromFeatures {
      sources.features = Numbers()
    } else {
      sources.pictures = PictureCache(corpus)
    }
    return (TrainingData(corpus, from: sources, plan: plan, views: plan.views, seed: 7), near)
  }

  @Test("Half of each batch is near to the other half, from pictures as from features")
  func isNear() throws {
    for fromFeatures in [false, true] {
      let (data, near) = try data(fromFeatures: fromFeatures)
      #expect(near.neighboured >= 6)
      let ids = fixture.corpus.samples.map(\.id)
      var brought = 0
      for step in 0..<20 {
        let batch = data.batch(ofStep: step)
        let places = batch.sampleIDs.compactMap { ids.firstIndex(of: $0) }
        #expect(places.count == 6 && Set(places[3...]).subtracting(places[..<3]).count == 3)
        for place in places[3...] {
          let anchors = places[..<3].filter { near[$0].contains(Int32(place)) }
          brought += anchors.isEmpty ? 0 : 1
          #expect(anchors.allSatisfy { fixture.corpus.samples[$0].concept != ids[place] })
        }
        #expect((batch.features == nil) != fromFeatures)
        #expect(fromFeatures ? batch.features == places.map(Float.init) : batch.views.count == 1)
      }
      #expect(brought >= 55, "\(brought) of 60 were brought by another")
    }
  }

  @Test("A batch has the teacher's vectors of its pictures, and of the captions that it reads")
  func isTaught() throws {
    let (data, _) = try data(fromFeatures: true)
    let batch = data.batch(ofStep: 3)
    let taught = try #require(batch.taught)
    let features = try #require(batch.features)
    #expect(taught.scale == 3)
    #expect(taught.images == features.flatMap { [$0, 0] })
    #expect(taught.places == batch.languages.indices.filter { batch.languages[$0] != "ko" })
    #expect(taught.places.count == 12 && batch.texts.count == 18)
    for (row, place) in taught.places.enumerated() {
      #expect(taught.texts[2 * row] == features[batch.textOwners[place]])
    }
  }

  @Test("The same batches whoever makes them, whichever step comes first")
  func isStateless() throws {
    let (first, second) = (try data(fromFeatures: false).data, try data(fromFeatures: false).data)
    let all = (0..<6).map(first.batch(ofStep:))
    for step in (0..<6).reversed() {
      let again = second.batch(ofStep: step)
      #expect(again.sampleIDs == all[step].sampleIDs && again.texts == all[step].texts)
      #expect(again.views.first?.pixels == all[step].views.first?.pixels)
    }
  }
}
