package import Torch

/// What a region shows, as probabilities of the tokens that objects' names are made of.
///
///     p(token) ∝ Σ_class p(class) · isInName(class, token)
///
/// So a hidden region is told in words of the network's vocabulary, and in any language's.
///
/// - Parameters:
///   - classes: A detector's probabilities, `[k, classes]`.
///   - names: 1 where a token is in the name of a class, else 0, `[classes, tokens]`; only of tokens
///     that are in some name. A class whose name has no token adds nothing.
/// - Returns: Probabilities, `[k, tokens]`, without gradient; all 0 for a region none of whose classes
///   has a name.
/// - Source: Zhou et al. 2021 (UC2), §3.2 “MRTM”, arXiv:2104.00332; zmykevin/UC2 at 44a2c45,
///   `data/mlm.py`, `_get_img_mask_mmxlm_softlabel`.
package func softVisualTokens(classes: Tensor, names: Tensor) -> Tensor {
  precondition(
    classes.shape.count == 2 && names.shape.count == 2 && classes.shape[1] == names.shape[0],
    "Probabilities \(classes.shape) and names \(names.shape) are not of the same classes.")
  return withoutGradient {
    let sums = matmul(classes.precise, names.to(classes.precise.dtype))
    return sums / sums.sum(axis: 1, keepingAxis: true).clamped(1e-30...Double.infinity)
  }
}

/// Masked regions by words: the network says in soft visual tokens what a hidden region shows.
///
///     q    = softmax over the tokens of names of (states E[tokens]ᵀ + b[tokens])
///     loss = 1/k Σ p · log(p / q), over the k hidden regions
///
/// - Parameters:
///   - states: The encoder's last states of the hidden regions after the head's own layers,
///     `[k, width]`.
///   - targets: ``softVisualTokens(classes:names:)``, `[k, tokens]`.
///   - tokens: The tokens that are in some name, `[tokens]`, int64, in the order of the targets.
///   - embedding: The output embedding E of the vocabulary, `[vocabulary, width]`.
///   - bias: b, `[vocabulary]`.
/// - Returns: The mean Kullback–Leibler divergence of a region, in nats, `[]`; 0 where no region is
///   hidden.
/// - Source: Zhou et al. 2021 (UC2), §3.2 “MRTM”, arXiv:2104.00332.
/// - Differs: UC2's code takes 1,000 times the mean over regions and tokens: 1,000 / tokens times this.
package func softVisualTokenLoss(
  states: Tensor, targets: Tensor, tokens: Tensor, embedding: Tensor, bias: Tensor? = nil
) -> Tensor {
  maskedRegionClassLoss(
    logits: linear(states, embedding.gathered(0, tokens), bias?.gathered(0, tokens)),
    targets: targets)
}
