import Settings
package import Torch

/// What other texts of one picture are to a contrast, where they are not the partner that is looked
/// for. They are never negatives: they say something of the same picture.
package enum OtherCaptions: String, Choice {
  /// They are not compared: right for texts that were written independently.
  case leftOut
  /// They are right answers too, each as right as the partner: right for translations of one caption.
  /// CCLM's way.
  case positives
}

/// The cross-lingual contrast: what is said in one language finds its partner in another among all of
/// the batch, and the other way round.
///
///     logits = scale · A Bᵀ
///     loss   = ½ (crossEntropy(logits, diagonal) + crossEntropy(logitsᵀ, diagonal))
///
/// What A and B are of makes the objective:
/// - texts alone, of parallel sentences: *cross-lingual textual contrast* (XTCL);
/// - texts read together with their picture, of strictly aligned captions: *cross-lingual
///   visio-textual contrast* (XVtCL). See ``weakPairTerms(_:groups:scale:settings:strict:)`` for
///   weakly aligned ones.
///
/// - Parameters:
///   - first: Vectors of length one, of all processes, `[n, width]`.
///   - second: Their partners' in another language, in the same order, `[n, width]`.
///   - groups: The picture (or sentence) of each pair as a number, `[n]`, int64; a negative number is
///     of none. Not given: no two pairs are of one picture.
///   - scale: The inverse temperature 1/τ, `[]`. SimCSE's: 1/0.05; CCLM's: 1/0.07. RC3's is not known.
///   - others: What other pairs of one picture are. Our reading: left out.
/// - Returns: The mean loss of a text, in nats, `[]`.
/// - Source: Zhou et al. 2023 (RC3), abstract, arXiv:2305.07927, of which no more could be had: the
///   equation is our reading, by van den Oord et al. 2018 (InfoNCE), eq. 4, arXiv:1807.03748;
///   zengyan-97/CCLM at af3908f, `models/xvlm.py`, `get_contrastive_loss`.
package func crossLingualLoss(
  first: Tensor, second: Tensor, groups: Tensor? = nil, scale: Tensor,
  others: OtherCaptions = .leftOut
) -> Tensor {
  crossLingualTerms(first: first, second: second, groups: groups, scale: scale, others: others).loss
}

/// The same, separately for each text: `images` are those of `first`, `texts` those of `second`.
package func crossLingualTerms(
  first: Tensor, second: Tensor, groups: Tensor? = nil, scale: Tensor,
  others: OtherCaptions = .leftOut
) -> ContrastiveTerms {
  precondition(
    first.shape == second.shape,
    "Vectors \(first.shape) and their partners' \(second.shape) do not go together.")
  let same = otherPairs(of: groups, count: first.shape[0], on: first.device)?.to(first.dtype)
  let own = diagonal(first.shape[0], on: first.device).to(first.dtype)
  switch others {
  case .leftOut:
    return contrastiveTerms(
      images: first, texts: second, positives: own, scale: scale, leavingOut: same)
  case .positives:
    return contrastiveTerms(
      images: first, texts: second, positives: same.map { own + $0 } ?? own, scale: scale)
  }
}

/// Whether two different pairs are of one picture; nil without groups.
///
/// - Returns: Bool, `[n, n]`.
func otherPairs(of groups: Tensor?, count: Int, on device: Device) -> Tensor? {
  guard let groups else { return nil }
  precondition(groups.shape == [count], "\(count) pairs have groups of shape \(groups.shape).")
  // −½ is between the numbers of groups and those of none.
  let isKnown = groups.isGreater(than: -0.5).to(.float32)
  return
    (isSameConcept(groups, groups).to(.float32) * isKnown
    - diagonal(count, on: device).to(.float32)).isGreater(than: 0.5)
}

/// Bool, `[n, n]`: true on the diagonal.
func diagonal(_ count: Int, on device: Device) -> Tensor {
  let places = Tensor.range(0..<count, on: device)
  return places.insertingAxis(1).isEqual(to: places)
}
