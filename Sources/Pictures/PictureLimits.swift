import Synchronization

/// How large a picture may be.
package struct PictureLimits: Sendable, Equatable {
  /// The most pixels in memory, as width times height; three bytes each.
  ///
  /// What a file claims is held against it before anything is decoded. A JPEG that claims more is
  /// decoded at a half, a quarter or an eighth of its size, if decoding it so takes as much less
  /// memory; anything else is refused.
  package var maximumPixels: Int
  /// The most bytes of an encoded file.
  package var maximumBytes: Int

  package init(maximumPixels: Int, maximumBytes: Int) {
    self.maximumPixels = maximumPixels
    self.maximumBytes = maximumBytes
  }

  /// 100 million pixels unless ``setStandard(maximumPixels:)`` said otherwise, and 256 MiB: any
  /// camera's photographs, and no bombs.
  package static var standard: PictureLimits {
    PictureLimits(
      maximumPixels: standardPixels.load(ordering: .relaxed), maximumBytes: 256 << 20)
  }

  package static let usualPixels = 100_000_000
  private static let standardPixels = Atomic(usualPixels)

  /// Changes ``standard`` for the whole program; commands do so before they read a picture.
  package static func setStandard(maximumPixels: Int) {
    standardPixels.store(maximumPixels, ordering: .relaxed)
  }

  /// By how much a picture must be reduced to be read: 1, 2, 4 or 8; nil if no fraction will do.
  func leastShrink(width: Int, height: Int) -> Int? {
    [1, 2, 4, 8].first { shrink in
      let (area, overflows) = Self.reduced(width, shrink)
        .multipliedReportingOverflow(by: Self.reduced(height, shrink))
      return !overflows && area <= maximumPixels
    }
  }

  private static func reduced(_ side: Int, _ shrink: Int) -> Int {
    side / shrink + (side % shrink > 0 ? 1 : 0)
  }
}
