/// What OpenAI's `simple_tokenizer` does to a text before it is split: ``TextCleaning/lower``.
///
/// It mends the text as the Python package `ftfy` does, undoes HTML, joins white space and makes
/// all letters small, by Python's rules.
struct CLIPCleaning: Sendable {
  func apply(to text: inout AlignedText, _ scratch: inout NormalizerScratch) {
    TextCleaning.lower.apply(to: &text, &scratch)
  }
}
