extension Augmentation {
  /// What SimCLR's loss sees twice of each picture: little of it, in other colours.
  ///
  /// - Source: Chen et al. 2020, appendix A, arXiv:2002.05709, as SLIP sets it (Mu et al. 2021,
  ///   arXiv:2112.12750).
  package static let simCLR: Augmentation = {
    var made = Augmentation()
    made.fit = .crop
    made.cut = .resized
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

  /// What CLIP was trained with: a random square of a picture whose shorter side has the size, and
  /// nothing else.
  ///
  /// - Source: Radford et al. 2021, §2.4, arXiv:2103.00020.
  package static let clip: Augmentation = {
    var made = Augmentation()
    made.fit = .crop
    made.cut = .anywhere
    return made
  }()

  /// What open_clip trains with: parts of 90 to 100 % of a picture, and no mirror image.
  ///
  /// - Source: mlfoundations/open_clip, `open_clip/transform.py` (`AugmentationCfg`).
  package static let openCLIP: Augmentation = {
    var made = Augmentation()
    made.fit = .crop
    made.cut = .resized
    made.scale = 0.9...1
    made.ratio = 0.75...4 / 3
    return made
  }()
}
