import Losses
package import Torch
import Towers

extension Step {
  /// A recipe's loss, and beside it how far the student's similarities are from a teacher's of the
  /// same pictures and captions, if the step has one:
  ///
  ///     loss = recipe's + weight · similarityDistillationLoss
  ///
  /// The student's pictures are the first crops of the first view as the recipe embedded them, so
  /// that this costs no further pass of a tower. The log has the added part, not yet weighted, as
  /// `distillation`.
  ///
  /// - Parameters:
  ///   - weight: What the teacher counts; with 0, the recipe's loss is left as it is.
  /// - Source: Wu et al. 2023 (TinyCLIP), arXiv:2309.12314; a teacher that is stored: Vasu et al. 2024
  ///   (MobileCLIP), arXiv:2311.17049.
  /// - Differs: the teacher has seen each picture once as it is used, not each view of it.
  package func loss(of recipe: any Recipe, distilling weight: Double) -> Tensor {
    let loss = recipe.loss(self)
    guard weight > 0, let teacherImages = inputs.teacherImages,
      let teacherTexts = inputs.teacherTexts
    else { return loss }
    let encoder = recipe.encoder
    let texts = texts(by: encoder)
    let added = similarityDistillationLoss(
      images: images(by: encoder).narrowed(0, to: 0..<count),
      texts: inputs.taughtTexts.map { texts.gathered(0, $0) } ?? texts, scale: encoder.scale,
      teacherImages: teacherImages, teacherTexts: teacherTexts,
      teacherScale: Tensor([Float(inputs.teacherScale)], shape: []).to(device))
    note("distillation", added)
    return loss + added * weight
  }
}
