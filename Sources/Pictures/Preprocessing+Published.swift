extension Preprocessing {
  /// OpenAI's CLIP and most of open_clip.
  ///
  /// - Source: openai/CLIP `clip.py:_transform`; open_clip `constants.py`.
  package static func clip(size: Int) -> Preprocessing {
    Preprocessing(
      size: size, fit: .crop, filter: .bicubic, mean: [0.481_454_66, 0.457_827_5, 0.408_210_73],
      standardDeviation: [0.268_629_54, 0.261_302_58, 0.275_777_11])
  }

  /// SigLIP and SigLIP 2.
  ///
  /// - Source: google/siglip-base-patch16-224 `preprocessor_config.json`; open_clip `pretrained.py`.
  package static func siglip(size: Int) -> Preprocessing {
    Preprocessing(
      size: size, fit: .squash, filter: .bicubic, mean: [0.5, 0.5, 0.5],
      standardDeviation: [0.5, 0.5, 0.5])
  }

  /// ImageNet's constants, as CLIPA and most networks for classification have them.
  package static func imageNet(size: Int) -> Preprocessing {
    Preprocessing(
      size: size, fit: .crop, filter: .bilinear, mean: [0.485, 0.456, 0.406],
      standardDeviation: [0.229, 0.224, 0.225])
  }

  /// For models trained here: nothing is cut off, and values lie in `[-1, 1]`.
  package static func plain(size: Int) -> Preprocessing {
    Preprocessing(
      size: size, fit: .pad, filter: .bicubic, mean: [0.5, 0.5, 0.5],
      standardDeviation: [0.5, 0.5, 0.5])
  }

  /// Google's ViT and what was made from it, such as KoCLIP large as its demo shows it.
  ///
  /// - Source: google/vit-large-patch16-224 `preprocessor_config.json`.
  package static func vit(size: Int) -> Preprocessing {
    Preprocessing(
      size: size, fit: .squash, filter: .bilinear, mean: [0.5, 0.5, 0.5],
      standardDeviation: [0.5, 0.5, 0.5])
  }

  /// KoCLIP base, and large as it was trained: CLIP's constants, and the older rounding.
  ///
  /// - Source: transformers `CLIPFeatureExtractor.center_crop`.
  package static func koclip(size: Int) -> Preprocessing {
    var made = clip(size: size)
    made.centring = .floored
    return made
  }

  /// BriVL: numbers first and then resized without antialiasing.
  ///
  /// - Source: BAAI-WuDao/BriVL, `dataset/image_transforms` of the evaluation.
  package static func brivl(size: Int) -> Preprocessing {
    Preprocessing(
      size: size, fit: .squash, filter: .aliasedBilinear, mean: [0.485, 0.456, 0.406],
      standardDeviation: [0.229, 0.224, 0.225])
  }
}
