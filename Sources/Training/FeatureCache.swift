package import Corpora
import Files
import Foundation
import Pictures
package import Recipes
package import Torch
package import Towers

/// What a locked image tower makes of every picture, computed once and kept in a file
/// (``RowCache``), sample after sample, view after view.
///
/// It is of the tower's own numbers, of how pictures become pixels and are varied, and of the
/// pictures themselves.
///
/// - Source: locked image towers: Zhai et al. 2022 (LiT), arXiv:2111.07991.
package struct FeatureCache: PictureFeatures {
  package let views: Int
  private let rows: RowCache

  /// Opens the cache of these pictures and this tower, computing what is missing of it.
  ///
  /// - Parameters:
  ///   - folder: Where caches lie; it is made if need be.
  ///   - corpus: Of exactly the samples of `pictures`; each picture is read from it in full, and
  ///     `pictures` tells whether it is still the same.
  ///   - view: How a picture is varied; its first view is the picture as it is used.
  ///   - progress: How many pictures are done; return false to stop.
  /// - Throws: ``FileError`` if the folder cannot be written, ``TrainingError`` if the work was
  ///   stopped, ``TorchError`` if the tower fails.
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
    let views = max(1, plan.cachedViews)
    let varied = views > 1 ? "\(try json.encode(view.augmentation).text) \(seed) \(views)" : ""
    rows = try RowCache(
      RowCache.Origin(
        kind: "features",
        digests: [
          "tower": try Self.digest(of: encoder), "pictures": pictures.digest,
          "preprocessing": "\(try json.encode(plan.preprocessing).text) \(view.size) \(varied)",
        ],
        rows: pictures.samples.count * views, width: tower.width),
      in: folder, progress: { progress($0 / views) }
    ) { row in
      let first = row / views
      return try Self.features(
        first..<min(first + 64, pictures.samples.count), of: encoder, corpus, plan, view,
        seed: seed, device: device)
    }
    self.views = views
  }

  package func vector(of sample: Int, view: Int) -> [Float] { rows[sample * views + view] }

  /// `[samples × views × width]`
  private static func features(
    _ samples: Range<Int>, of encoder: DualEncoder, _ corpus: Corpus, _ plan: TrainingPlan,
    _ view: TrainingPlan.View, seed: UInt64, device: Device
  ) throws -> [Float] {
    let parts = concurrentMap(samples.count) { index in
      Result {
        try shown(samples.lowerBound + index, corpus, plan, view, seed: seed)
      }
    }
    let pixels = try parts.flatMap { try $0.get() }
    let size = plan.preprocessing.size
    let shape = [samples.count * max(1, plan.cachedViews), 3, size, size]
    return try withoutGradient {
      try catchingTorchErrors {
        encoder.imageFeatures(of: Tensor(pixels, shape: shape).to(device)).floats
      }
    }
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
    for parameter in encoder.parameters where parameter.role == .imageTower {
      digest.combine(parameter.name)
      try parameter.value.to(.float32).array(of: Float.self).withUnsafeBytes { digest.combine($0) }
    }
    return digest.text
  }
}

extension Data {
  fileprivate var text: String { String(decoding: self, as: UTF8.self) }
}
