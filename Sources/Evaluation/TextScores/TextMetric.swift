/// What texts are measured by.
package enum TextMetric: String, Sendable, CaseIterable {
  /// COCO's BLEU-1 to BLEU-4.
  case bleu

  /// sacreBLEU's BLEU.
  case sacreBLEU = "sacrebleu"

  /// BLEU without smoothing, as multi-bleu.perl's and fairseq's.
  case multiBLEU = "multi-bleu"
  case chrF = "chrf"
  case chrFPlusPlus = "chrf++"
  case rougeL = "rouge-l"
  case ciderD = "cider-d"

  /// CIDEr before clipping.
  case cider

  /// How the texts are cut where nobody says how.
  ///
  /// - Parameter language: The subtag of the texts' language, such as `ko`; `nil` if it is unknown.
  package func usualSegmentation(of language: String?) -> Segmentation {
    let isUnspaced = ["ja", "zh", "yue", "th", "lo", "km", "my", "bo", "ko"].contains(language)
    switch self {
    case .chrF, .chrFPlusPlus, .multiBLEU: return .asGiven
    case .sacreBLEU:
      return language == "zh" ? .chinese : isUnspaced ? .characters : .v13a
    case .bleu, .rougeL, .ciderD, .cider:
      return language == "zh" ? .aicCharacters : isUnspaced ? .characters : .ptb
    }
  }

  /// Whether the metric reads texts as they are and cuts them itself.
  package var cutsItself: Bool { self == .chrF || self == .chrFPlusPlus }

  /// The scores of texts; several for BLEU-1 to BLEU-4.
  package func scores(of texts: SegmentedTexts, length: BLEULength = .closest) -> [TextScore] {
    switch self {
    case .bleu: cocoBLEU(texts, length: length)
    case .sacreBLEU: [Evaluation.sacreBLEU(texts)]
    case .multiBLEU: [Evaluation.sacreBLEU(texts, smoothing: .none)]
    case .chrF: [Evaluation.chrF(texts)]
    case .chrFPlusPlus: [Evaluation.chrF(texts, wordOrder: 2)]
    case .rougeL: [Evaluation.rougeL(texts)]
    case .ciderD: [Evaluation.cider(texts)]
    case .cider: [Evaluation.cider(texts, .plain)]
    }
  }
}
