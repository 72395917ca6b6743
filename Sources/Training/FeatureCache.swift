import Checkpoints
package import Corpora
import Foundation
import Pictures
package import Recipes
package import Torch
package import Towers

/// What a locked image tower makes of every picture, computed once and kept in a file.
///
/// Beside the numbers lies what they were made of: the tower's own numbers, how pictures become
/// pixels and are varied, and the pictures themselves, as digests. Anything else is another cache. An
/// interrupted computation goes on where it stopped.
///
/// | file | what |
/// |---|---|
/// | `KEY.features` | float16, sample after sample, view after view, `[samples, views, width]` |
/// | `KEY.json` | the digests, the shape, and how many samples are done |
///
/// - Source: locked image towers: Zhai et al. 2022 (LiT), arXiv:2111.07991.
package struct FeatureCache: PictureFeatures {
  package let views: Int
  private let width: Int
  private let file: MappedFile

  /// What a cache was made of.
  private struct Note: Codable, Equatable {
    var tower: String
    var pictures: String
    var preprocessing: String
    var samples: Int
    var views: Int
    var width: Int
    var done: Int
    /// A digest of the numbers, once they are complete.
    var numbers: String?

    var key: String {
      var digest = ContentDigest()
      for part in [tower, pictures, preprocessing, "\(views)"] { digest.combine(part) }
      return digest.text
    }
  }

  /// Opens the cache of these pictures and this tower, computing what is missing of it.
  ///
  /// - Parameters:
  ///   - folder: Where caches lie; it is made if need be.
  ///   - corpus: Of exactly the samples of `pictures`; each picture is read from it in full, and
  ///     `pictures` tells whether it is still the same.
  ///   - view: How a picture is varied; its first view is the picture as it is used.
  ///   - progress: How many pictures are done; return false to stop.
  /// - Throws: ``TrainingError`` if the folder cannot be written or the work was stopped,
  ///   ``TorchError`` if the tower fails.
  package init(
    in folder: String, of encoder: DualEncoder, corpus: Corpus, pictures: PictureCache,
    plan: TrainingPlan, view: TrainingPlan.View, seed: UInt64, device: Device,
    progress: (Int) -> Bool
  ) throws {
    guard let tower = encoder.images else {
      preconditionFailure("An encoder without an image tower has no features to keep.")
    }
    let json = JSONEncoder()
    json.outputFormatting = .sortedKeys
    let varied = plan.cachedViews > 1 ? "\(try json.encode(view.augmentation).text) \(seed)" : ""
    var note = Note(
      tower: try Self.digest(of: encoder), pictures: pictures.digest,
      preprocessing: "\(try json.encode(plan.preprocessing).text) \(view.size) \(varied)",
      samples: pictures.samples.count, views: plan.cachedViews, width: tower.width, done: 0)
    let (numbers, description) = (folder + "/\(note.key).features", folder + "/\(note.key).json")
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch { throw TrainingError.unwritable(path: folder, reason: systemReason(of: error)) }
    let rowBytes = note.views * note.width * 2
    if let data = FileManager.default.contents(atPath: description),
      let earlier = try? JSONDecoder().decode(Note.self, from: data),
      let size = try? FileManager.default.attributesOfItem(atPath: numbers)[.size] as? Int,
      size >= earlier.done * rowBytes, earlier.done <= note.samples
    {
      (note.done, note.numbers) = (earlier.done, earlier.numbers)
      guard earlier == note else { throw TrainingError.otherCache(path: description) }
    }
    if note.done == note.samples, let known = note.numbers,
      try MappedFile(path: numbers).digest != known
    {
      // Not what was written: it is made anew.
      (note.done, note.numbers) = (0, nil)
    }
    if note.done < note.samples {
      let writer = try GrowingFile(path: numbers, keeping: note.done * rowBytes)
      while note.done < note.samples {
        let end = min(note.done + 64, note.samples)
        try writer.append(
          try Self.features(
            note.done..<end, of: encoder, corpus, plan, view, seed: seed, device: device))
        note.done = end
        if end == note.samples { note.numbers = try MappedFile(path: numbers).digest }
        do {
          try json.encode(note).write(to: URL(fileURLWithPath: description), options: .atomic)
        } catch {
          throw TrainingError.unwritable(path: description, reason: systemReason(of: error))
        }
        guard progress(end) else { throw TrainingError.interrupted }
      }
    }
    file = try MappedFile(path: numbers)
    (views, width) = (note.views, note.width)
  }

  package func vector(of sample: Int, view: Int) -> [Float] {
    file.halves(ofRow: sample * views + view, width: width)
  }

  /// `[samples × views × width]`, float16.
  private static func features(
    _ samples: Range<Int>, of encoder: DualEncoder, _ corpus: Corpus, _ plan: TrainingPlan,
    _ view: TrainingPlan.View, seed: UInt64, device: Device
  ) throws -> [UInt16] {
    let parts = concurrentMap(samples.count) { index in
      Result {
        try shown(samples.lowerBound + index, corpus, plan, view, seed: seed)
      }
    }
    let pixels = try parts.flatMap { try $0.get() }
    let size = plan.preprocessing.size
    let shape = [samples.count * max(1, plan.cachedViews), 3, size, size]
    let made = try withoutGradient {
      try catchingTorchErrors {
        encoder.imageFeatures(of: Tensor(pixels, shape: shape).to(device)).floats
      }
    }
    return made.map { Float16($0).bitPattern }
  }

  /// The views of one picture, `[views, 3, size, size]`.
  private static func shown(
    _ sample: Int, _ corpus: Corpus, _ plan: TrainingPlan, _ view: TrainingPlan.View, seed: UInt64
  ) throws -> [Float] {
    let picture = try corpus.picture(of: corpus.samples[sample])
    var pixels = plan.preprocessing(picture)
    for number in 1..<max(1, plan.cachedViews) {
      var random = RandomStream(seed: seed, 3, UInt64(sample), UInt64(number))
      pixels += plan.preprocessing.normalized(
        view.augmentation(picture, size: plan.preprocessing.size, using: &random))
    }
    return pixels
  }

  /// A digest of the image tower's numbers.
  private static func digest(of encoder: DualEncoder) throws -> String {
    var digest = ContentDigest()
    for parameter in encoder.parameters where parameter.name.hasPrefix("image.") {
      digest.combine(parameter.name)
      try parameter.value.to(.float32).array(of: Float.self).withUnsafeBytes { digest.combine($0) }
    }
    return digest.text
  }
}

extension Data {
  fileprivate var text: String { String(decoding: self, as: UTF8.self) }
}
