package import Torch

// How near weakly aligned pairs may come, by what their texts say. RC3's abstract says that this is
// constrained “according to textual relevance” and not how; these are four readings of ours.

/// R1, the ceiling: with its picture a pair may not be nearer than its texts say, by more than a margin.
///
///     loss = 1/n Σ max(0, s − r − δ)
///
/// - Parameters:
///   - pairs: Weakly aligned pairs; s and r are their closeness and relevance.
///   - margin: δ. s is high from the start, since both sides share the picture, and δ makes up for it.
/// - Returns: The mean excess, a cosine, `[]`; below the ceiling no pair has a gradient.
/// - Source: ours, after Zhou et al. 2023 (RC3), abstract, arXiv:2305.07927.
package func relevanceCeiling(_ pairs: PairCloseness, margin: Double) -> Tensor {
  (pairs.closeness - pairs.relevance - margin).relu().sum() / Double(max(1, pairs.count))
}

/// R2, the order: a pair whose texts say less of the same than a strictly aligned pair's stays less near
/// by at least as much.
///
///     loss = 1/(n k) Σ_i Σ_j max(0, (r_j − r_i) − (s_j − s_i))
///
/// What the shared picture adds to both is taken away, so that no margin is needed.
///
/// - Parameters:
///   - pairs: Weakly aligned pairs i.
///   - strict: Strictly aligned pairs j of the same step; all are compared with all.
/// - Returns: The mean lack of distance, a cosine, `[]`; 0 where either has no pair.
/// - Source: ours, after Zhou et al. 2023 (RC3), abstract, arXiv:2305.07927.
package func relevanceOrder(_ pairs: PairCloseness, strict: PairCloseness) -> Tensor {
  // (r_j − r_i) − (s_j − s_i) is the excess s_i − r_i of one pair over that of the other.
  let excess = (pairs.closeness - pairs.relevance).insertingAxis(1)
  let allowed = strict.closeness - strict.relevance
  return (excess - allowed).relu().sum() / Double(max(1, pairs.count * strict.count))
}

/// R3, the weights: what a pair counts in the contrast grows with what its texts say of the same.
///
///     w = min(1, max(0, (r − r₀) / (r₁ − r₀)))
///
/// - Parameters:
///   - none: r₀: the cosine up to which a pair counts nothing.
///   - full: r₁: the cosine from which it counts fully; more than r₀.
/// - Returns: 0…1, `[n]`, without gradient.
/// - Source: ours, after Zhou et al. 2023 (RC3), abstract, arXiv:2305.07927.
package func relevanceWeights(_ pairs: PairCloseness, none: Double, full: Double) -> Tensor {
  precondition(none < full, "Relevance must count fully at more than \(none), not at \(full).")
  return ((pairs.relevance - none) / (full - none)).clamped(0...1)
}

/// R4, the distributions: with the pictures, a text has its neighbours among those of the other language
/// as it has them without.
///
///     p    = softmax(A_t B_tᵀ / τ_t),  q = softmax(scale · A Bᵀ)
///     loss = ½ (1/n Σ p log(p / q), over rows, + the same of the transposed logits)
///
/// Neither language comes first, and so it is taken both ways. Other texts of one picture are left out
/// of both distributions.
///
/// - Parameters:
///   - pairs: Weakly aligned pairs: A, B with their pictures, A_t, B_t without.
///   - groups: The picture of each pair as a number, `[n]`, int64; a negative number is of none.
///   - scale: 1/τ of the texts with their pictures, `[]`.
///   - temperature: τ_t of the texts alone.
/// - Returns: The mean Kullback–Leibler divergence, in nats, `[]`; 0 where both agree.
/// - Source: ours, after Zhou et al. 2023 (RC3), abstract, arXiv:2305.07927.
package func relevanceDistributions(
  _ pairs: PairCloseness, groups: Tensor? = nil, scale: Tensor, temperature: Double
) -> Tensor {
  let logits = matmul(pairs.first, pairs.second.transposed()) * scale
  let texts = matmul(pairs.firstTexts, pairs.secondTexts.transposed()) / temperature
  let others = otherPairs(of: groups, count: pairs.count, on: logits.device)
  return
    (divergence(of: logits, from: texts, leavingOut: others)
    + divergence(of: logits.transposed(), from: texts.transposed(), leavingOut: others)) * 0.5
}

/// The mean over rows of the divergence of the logits' probabilities from those of `right`.
private func divergence(of logits: Tensor, from right: Tensor, leavingOut others: Tensor?) -> Tensor
{
  func logarithms(_ logits: Tensor) -> Tensor {
    guard let others else { return logits.logSoftmax(axis: 1) }
    // What is left out adds 0 and not the difference of two infinities.
    return logits.filled(where: others, with: -.infinity).logSoftmax(axis: 1)
      .filled(where: others, with: 0)
  }
  let aim = logarithms(right)
  let share = others.map { aim.exp().filled(where: $0, with: 0) } ?? aim.exp()
  return (share * (aim - logarithms(logits))).sum() / Double(max(1, logits.shape[0]))
}
