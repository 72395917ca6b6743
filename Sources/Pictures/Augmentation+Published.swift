extension Augmentation {
  /// What SimCLR's loss sees twice of each picture: little of it, in other colours.
  ///
  /// - Source: Chen et al. 2020, appendix A, arXiv:2002.05709, as SLIP sets it (Mu et al. 2021,
  ///   arXiv:2112.12750).
  package static let simCLR: Augmentation = {
    var made = Augmentation()
    made.fit = .crop
    made.scale = 0.08...1
    made.ratio = 0.75...4 / 3
    made.flip = 0.5
    made.jitter = 0.8
    (made.brightness, made.contrast, made.saturation, made.hue) = (0.4, 0.4, 0.4, 0.1)
    made.grayscale = 0.2
    made.blur = 0.5
    return made
  }()

  /// What BriVL was trained with: other colours, and nothing that would move a box.
  ///
  /// - Source: BAAI-WuDao/BriVL, its training transforms.
  package static let brivl: Augmentation = {
    var made = Augmentation()
    made.fit = .squash
    made.jitter = 0.8
    (made.brightness, made.contrast, made.saturation, made.hue) = (0.4, 0.4, 0.4, 0.1)
    made.grayscale = 0.2
    return made
  }()
}
