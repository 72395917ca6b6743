package import Torch

/// Masked language modelling: what was hidden in a text, told from the rest of it.
///
///     loss = −1/k Σ log softmax(E states[place] + b)[label], over the k hidden tokens
///
/// The rest may be the text alone; a picture too; or the same sentence in another language, which
/// makes it translation language modelling (see ``TranslationPair``). UC2's masked regions that
/// predict a token of the detected object's name are the same loss at the regions' places.
///
/// Only hidden tokens get logits: of 250,002 words each, they are most of the work of a small network.
///
/// - Parameters:
///   - states: The encoder's last states after the head's own layers, `[…, width]`; all axes but the
///     last are counted through as one.
///   - places: Where the hidden tokens stand among all states, `[k]`, int64; see ``HiddenTokens``.
///   - labels: What they were, `[k]`, int64.
///   - embedding: The output embedding E, tied to the input's in all published models,
///     `[vocabulary, width]`.
///   - bias: b, `[vocabulary]`.
/// - Returns: The mean over the hidden tokens, in nats, `[]`; 0 where none is hidden.
/// - Source: Devlin et al. 2018 (BERT), §3.1 “Masked LM”, arXiv:1810.04805; Conneau & Lample 2019
///   (XLM), §3.3 and §3.4, arXiv:1901.07291; Zhou et al. 2021 (UC2), §3.2, arXiv:2104.00332.
package func maskedLanguageLoss(
  states: Tensor, places: Tensor, labels: Tensor, embedding: Tensor, bias: Tensor? = nil
) -> Tensor {
  sequenceLoss(
    states: states.reshaped(-1, embedding.shape[1]).gathered(0, places), labels: labels,
    embedding: embedding, bias: bias)
}
