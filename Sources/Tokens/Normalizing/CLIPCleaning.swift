/// What OpenAI's `simple_tokenizer` does to a text: mend, undo HTML, join white space, lower case.
struct CLIPCleaning: Sendable {
  func apply(to text: inout AlignedText, _ scratch: inout NormalizerScratch) {
    NormalizationForm.nfc.apply(to: &text, &scratch)
    text.replace(.spaces, by: [0x20], &scratch.text)
    text.strip(left: true, right: true, &scratch.text)
    text.lowercase(&scratch.text)
  }
}
