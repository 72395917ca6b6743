import Pictures

// How pictures are prepared, in the words of other libraries.

extension Preprocessing {
  /// transformers' `preprocessor_config.json`.
  func huggingFace(processor: String) -> [String: Any] {
    let square = ["height": size, "width": size]
    var settings: [String: Any] = [
      "image_processor_type": processor, "do_resize": true, "do_center_crop": fit == .crop,
      "size": fit == .crop ? ["shortest_edge": shortSide ?? size] : square,
      "resample": filter.huggingFace,
      "do_rescale": true, "rescale_factor": 1.0 / 255, "do_normalize": true,
      "do_convert_rgb": true, "image_mean": mean.map(\.shortest),
      "image_std": standardDeviation.map(\.shortest),
    ]
    if fit == .crop { settings["crop_size"] = square }
    return settings
  }

  /// open_clip's `preprocess_cfg`.
  var openCLIP: [String: Any] {
    var settings: [String: Any] = [
      "mean": mean.map(\.shortest), "std": standardDeviation.map(\.shortest),
      "interpolation": filter == .bicubic ? "bicubic" : "bilinear",
    ]
    switch fit {
    case .crop: settings["resize_mode"] = "shortest"
    case .squash: settings["resize_mode"] = "squash"
    case .pad:
      settings["resize_mode"] = "longest"
      settings["fill_color"] = 255
    }
    return settings
  }

  /// What of it the other library does in another way.
  func notes(for format: ExportFormat) -> [String] {
    var notes = ["Lay transparent pictures on white before: this model has seen them so."]
    if fit == .crop, format == .huggingFace, centring == .rounded {
      notes.append(
        "transformers cuts the middle out of a picture up to a pixel beside where this model saw it: "
          + "vectors of pictures that are not square differ a little.")
    }
    if let shortSide, fit == .crop, format == .openCLIP {
      notes.append(
        "This model's pictures have a shorter side of \(shortSide) pixels before the middle is cut "
          + "out, for which open_clip has no word: it shows more of them.")
    }
    if fit == .pad {
      notes.append(
        format == .huggingFace
          ? "This model sees the whole of a picture in a white square: make pictures square with "
            + "white borders before the processor gets them."
          : "open_clip resizes a picture before it puts white around it, this model was trained "
            + "the other way round: pixels differ at the edges.")
    }
    let isKnown =
      format == .huggingFace
      ? filter != .aliasedBilinear : filter == .bicubic || filter == .bilinear
    if !isKnown {
      notes.append(
        "\(format.title) has no filter “\(filter.rawValue)” for pictures that shrink; bilinear stands "
          + "in the settings, and pixels differ.")
    }
    return notes
  }
}

extension ResizeFilter {
  /// Pillow's number of it.
  fileprivate var huggingFace: Int {
    switch self {
    case .bilinear, .aliasedBilinear: 2
    case .bicubic: 3
    case .box: 4
    }
  }
}

extension Float {
  /// The shortest decimal number that is this one: not 0.48145467042922974.
  fileprivate var shortest: Double { Double(description) ?? Double(self) }
}
