/// What a teacher has made of the pictures and captions of a run.
package protocol PairTeacher: Sendable {
  /// Its 1/τ.
  var scale: Double { get }
  /// Its vector of a sample's picture, of length one, `[width]`.
  func picture(of sample: Int) -> [Float]
  /// Its vector of one of a sample's captions, of length one, `[width]`; nil for what it cannot read.
  func caption(_ text: String, in language: String, of sample: Int) -> [Float]?
}

extension TrainingData.Batch {
  /// What a teacher made of a step's pictures and texts.
  package struct Taught: Sendable {
    /// `[pictures, width]`
    package let images: [Float]
    /// Of the texts that it reads, `[places, width]`.
    package let texts: [Float]
    /// Where those texts stand among the step's.
    package let places: [Int]
    /// Its 1/τ.
    package let scale: Double

    package init(images: [Float], texts: [Float], places: [Int], scale: Double) {
      self.images = images
      self.texts = texts
      self.places = places
      self.scale = scale
    }

    /// Nil if the teacher reads none of the captions.
    init?(_ teacher: any PairTeacher, pictures: [Int], captions: [[Float]?]) {
      let places = captions.indices.filter { captions[$0] != nil }
      guard !places.isEmpty else { return nil }
      self.init(
        images: pictures.flatMap { teacher.picture(of: $0) },
        texts: captions.flatMap { $0 ?? [] }, places: places, scale: teacher.scale)
    }
  }
}
