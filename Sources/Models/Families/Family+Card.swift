import Pictures
import Towers

extension Family {
  /// The card of a folder of this family; what is known of the model is in `published`.
  static func card(
    _ folder: PublishedFolder, _ published: [Published], encoder: DualEncoder.Settings,
    preprocessing: Preprocessing, text: TextTreatment, source: String,
    scoring: PairScoring = .softmax, note: String? = nil
  ) throws(ModelError) -> ModelCard {
    if let size = encoder.image?.size, size != preprocessing.size {
      throw .contradiction(
        path: folder.path,
        reason: "its tower takes pictures of \(size) pixels, its preprocessing gives "
          + "\(preprocessing.size)")
    }
    let known = published.first { $0.name.utf8.elementsEqual(folder.name.utf8) }
    return ModelCard(
      name: folder.name, encoder: encoder, preprocessing: preprocessing, text: text,
      languages: known?.languages ?? [], sources: [source], license: known?.license,
      scoring: scoring, note: note)
  }
}
