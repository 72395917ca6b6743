import Languages

extension NormalizationForm {
  /// Brings a text into this form.
  func apply(to text: inout AlignedText, _ scratch: inout NormalizerScratch) {
    if text.bytes.withUnsafeBufferPointer({ isDone($0) }) { return }
    scratch.scalars.removeAll(keepingCapacity: true)
    text.bytes.withUnsafeBufferPointer { normalize($0, into: &scratch.scalars) }
    text.replaceScalars(by: scratch.scalars, &scratch.text)
  }
}

/// The working memory of the normalizers.
struct NormalizerScratch {
  var scalars: [ChangedScalar] = []
  var text = AlignedText()
}

extension AlignedText {
  /// Puts other scalars in place of all of its own, and keeps what they stand for.
  ///
  /// The first `removed` scalars fall away.
  mutating func replaceScalars(
    by scalars: [ChangedScalar], removing removed: Int = 0, _ scratch: inout AlignedText
  ) {
    scratch.reset(tracked: isTracked)
    if !isTracked {
      for scalar in scalars { scratch.bytes.append(utf8: scalar.value) }
    } else {
      var at = 0
      func skip() { if at < bytes.count { at += UTF8Reading.length(bytes[at]) } }
      for _ in 0..<removed { skip() }
      for scalar in scalars {
        let place = scalar.change > 0 ? at - 1 : min(at, bytes.count - 1)
        scratch.append(scalar: scalar.value, like: self, at: place)
        if scalar.change <= 0 { for _ in 0...(-scalar.change) { skip() } }
      }
    }
    swap(&self, &scratch)
  }
}
