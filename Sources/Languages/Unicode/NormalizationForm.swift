/// Unicode's four normalization forms.
package enum NormalizationForm: String, Sendable {
  case nfc = "NFC"
  case nfd = "NFD"
  case nfkc = "NFKC"
  case nfkd = "NFKD"

  private var isCompatible: Bool { self == .nfkc || self == .nfkd }
  private var composes: Bool { self == .nfc || self == .nfkc }
}

/// A scalar on its way into new text, and how it changed the number of scalars.
///
/// `change` is 0 for a scalar that takes the place of one, 1 for one that is added after it, −n for
/// one that also swallows the n that follow. It is how Hugging Face keeps track of offsets.
@usableFromInline
package struct ChangedScalar {
  @usableFromInline package var value: UInt32
  @usableFromInline package var change: Int32

  @inlinable
  package init(value: UInt32, change: Int32) {
    self.value = value
    self.change = change
  }
}

extension NormalizationForm {
  /// Whether text of these bytes is surely in this form already.
  package func isDone(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    if UTF8Reading.isASCII(bytes) { return true }
    typealias Flag = UnicodeTables.Flag
    var refused = Flag.combining
    if isCompatible { refused |= Flag.compatible } else if !composes { refused |= Flag.canonical }
    if composes { refused |= Flag.composesBackward }
    return UnicodeTables.shared.flags.withUnsafeBufferPointer { flags in
      var at = 0
      while at < bytes.count {
        if bytes[at] < 0x80 {
          at += 1
          continue
        }
        let (scalar, length) = UTF8Reading.scalar(bytes, at)
        at += length
        let found = flags[Int(scalar)]
        guard found & refused != 0 || composes && found & Flag.canonical != 0 else { continue }
        if composes, found & (Flag.combining | Flag.composesBackward) == 0 {
          // Composed forms stay if they are what their own decomposition composes to.
          if scalar &- 0xAC00 < 11172 { continue }
          if scalar < 0x300, !isCompatible || found & Flag.compatible == 0 { continue }
          if scalar < 0x250, found & Flag.canonical != 0 { continue }
          if isStable(scalar) { continue }
        }
        return false
      }
      return true
    }
  }

  /// Whether the scalar's decomposition composes back to itself.
  private func isStable(_ scalar: UInt32) -> Bool {
    guard let parts = UnicodeTables.shared.decomposition(scalar, compatible: isCompatible) else {
      return true
    }
    var whole: UInt32?
    for part in parts {
      guard let sofar = whole else {
        whole = part
        continue
      }
      guard let joined = UnicodeTables.shared.composition(sofar, part) else { return false }
      whole = joined
    }
    return whole == scalar
  }

  /// Valid UTF-8 in this form.
  package func normalized(_ bytes: [UInt8]) -> [UInt8] {
    bytes.withUnsafeBufferPointer { given in
      if isDone(given) { return bytes }
      var scalars: [ChangedScalar] = []
      normalize(given, into: &scalars)
      var normalized: [UInt8] = []
      normalized.reserveCapacity(bytes.count)
      for scalar in scalars { normalized.append(utf8: scalar.value) }
      return normalized
    }
  }

  /// Appends the scalars of valid UTF-8 in this form.
  ///
  /// - Parameter out: Empty.
  package func normalize(
    _ bytes: UnsafeBufferPointer<UInt8>, into out: inout [ChangedScalar]
  ) {
    decompose(bytes, into: &out)
    if composes { Self.compose(&out) }
  }

  /// Decomposes and puts combining marks in canonical order.
  private func decompose(_ bytes: UnsafeBufferPointer<UInt8>, into out: inout [ChangedScalar]) {
    let tables = UnicodeTables.shared
    let flag = isCompatible ? UnicodeTables.Flag.compatible : UnicodeTables.Flag.canonical
    var at = 0
    var needsOrder = false
    while at < bytes.count {
      let (scalar, length) = UTF8Reading.scalar(bytes, at)
      at += length
      let flags = tables.flags[Int(scalar)]
      if flags & (flag | UnicodeTables.Flag.canonical) == 0 {
        out.append(ChangedScalar(value: scalar, change: 0))
        if flags & UnicodeTables.Flag.combining != 0 { needsOrder = true }
      } else if scalar &- 0xAC00 < 11172 {
        let index = scalar - 0xAC00
        out.append(ChangedScalar(value: 0x1100 + index / 588, change: 0))
        out.append(ChangedScalar(value: 0x1161 + index % 588 / 28, change: 1))
        if index % 28 > 0 { out.append(ChangedScalar(value: 0x11A7 + index % 28, change: 1)) }
      } else if let parts = tables.decomposition(scalar, compatible: isCompatible) {
        var change: Int32 = 0
        for part in parts {
          out.append(ChangedScalar(value: part, change: change))
          change = 1
        }
        needsOrder = true
      }
    }
    if needsOrder { Self.order(&out) }
  }

  private static func order(_ scalars: inout [ChangedScalar]) {
    let tables = UnicodeTables.shared
    var at = 0
    while at < scalars.count {
      guard tables.flags[Int(scalars[at].value)] & UnicodeTables.Flag.combining != 0 else {
        at += 1
        continue
      }
      var end = at + 1
      while end < scalars.count,
        tables.flags[Int(scalars[end].value)] & UnicodeTables.Flag.combining != 0
      { end += 1 }
      if end - at > 1 {
        let sorted = scalars[at..<end].map { ($0, tables.combiningClass($0.value)) }
          .enumerated().sorted {
            $0.element.1 != $1.element.1 ? $0.element.1 < $1.element.1 : $0.offset < $1.offset
          }
        for (place, item) in sorted.enumerated() { scalars[at + place] = item.element.0 }
      }
      at = end
    }
  }

  private static func compose(_ scalars: inout [ChangedScalar]) {
    let tables = UnicodeTables.shared
    var out = 0
    var starter = -1
    var lastClass: UInt8 = 0
    for place in scalars.indices {
      let next = scalars[place]
      let ownClass = tables.combiningClass(next.value)
      let isBlocked = out - starter > 1 && (lastClass >= ownClass || lastClass == 0)
      if starter >= 0, !isBlocked,
        let joined = tables.composition(scalars[starter].value, next.value)
      {
        scalars[starter].value = joined
        scalars[starter].change += next.change - 1
        continue
      }
      if ownClass == 0 { starter = out }
      lastClass = ownClass
      scalars[out] = next
      out += 1
    }
    scalars.removeLast(scalars.count - out)
  }
}
