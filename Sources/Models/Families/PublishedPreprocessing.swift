package import Pictures

extension PublishedFolder {
  /// The id of the token that fills up short texts, by the tokenizer's own settings.
  ///
  /// - Parameters:
  ///   - standard: What it is if they do not say.
  package func paddingToken(orElse standard: Int) throws(ModelError) -> Int32 {
    let standard = Int32(clamping: standard)
    guard has("tokenizer_config.json") else { return standard }
    let settings = try settings("tokenizer_config.json")
    let field = settings.has("pad_token.content") ? "pad_token.content" : "pad_token"
    guard settings.has(field) else { return standard }
    let token = try settings.string(field)
    for id in settings.names(in: "added_tokens_decoder") {
      let content = "added_tokens_decoder.\(id).content"
      if settings.has(content), try settings.string(content).utf8.elementsEqual(token.utf8) {
        return Int32(id) ?? standard
      }
    }
    return standard
  }
}

extension Preprocessing {
  /// What a folder's `preprocessor_config.json` says.
  ///
  /// - Parameters:
  ///   - standard: What the model's processor does where the file is silent or missing.
  /// - Throws: ``ModelError`` if pictures are prepared in a way that is not known here.
  package static func huggingFace(_ folder: PublishedFolder, standard: Preprocessing)
    throws(ModelError) -> Preprocessing
  {
    var result = standard
    // transformers cuts the odd pixel on the other side than torchvision.
    result.centring = .floored
    guard folder.has("preprocessor_config.json") else { return result }
    let file = try folder.settings("preprocessor_config.json")
    func refuse(_ reason: String) -> ModelError { .unreadable(path: file.path, reason: reason) }

    let crops = try file.bool("do_center_crop", standard.fit == .crop)
    result.fit = crops ? .crop : .squash
    let size = try file.side("size", standard.size)
    result.size = crops ? try file.side("crop_size", size) : size
    guard result.size <= size else {
      throw refuse("pictures become \(size) pixels and are cut to \(result.size)")
    }
    result.shortSide = size > result.size ? size : nil
    guard (1...16_384).contains(size) else { throw refuse("pictures have \(size) pixels") }
    switch try file.int("resample", standard.filter == .bicubic ? 3 : 2) {
    case 2: result.filter = .bilinear
    case 3: result.filter = .bicubic
    case let number: throw refuse("resampling filter \(number) is not known here")
    }
    result.mean = try file.floats("image_mean", standard.mean)
    result.standardDeviation = try file.floats("image_std", standard.standardDeviation)
    if try !file.bool("do_normalize", true) {
      (result.mean, result.standardDeviation) = ([0, 0, 0], [1, 1, 1])
    }
    try result.check(file.path)
    return result
  }

  /// What `preprocess_cfg` of an `open_clip_config.json` says.
  ///
  /// - Throws: ``ModelError`` if pictures are prepared in a way that is not known here.
  package static func openCLIP(_ file: PublishedSettings, size: Int) throws(ModelError)
    -> Preprocessing
  {
    var result = Preprocessing.clip(size: size)
    result.mean = try file.floats("preprocess_cfg.mean", result.mean)
    result.standardDeviation = try file.floats("preprocess_cfg.std", result.standardDeviation)
    switch try file.string("preprocess_cfg.interpolation", "bicubic") {
    case "bicubic", "random": result.filter = .bicubic
    case "bilinear": result.filter = .bilinear
    case let name:
      throw .unreadable(path: file.path, reason: "interpolation “\(name)” is not known here")
    }
    switch try file.string("preprocess_cfg.resize_mode", "shortest") {
    case "shortest": result.fit = .crop
    case "squash": result.fit = .squash
    case let mode:
      throw .unreadable(path: file.path, reason: "resize mode “\(mode)” is not known here")
    }
    try result.check(file.path)
    return result
  }

  /// - Throws: ``ModelError/unreadable(path:reason:)`` if its numbers cannot be.
  func check(_ path: String) throws(ModelError) {
    guard mean.count == 3, standardDeviation.count == 3, mean.allSatisfy(\.isFinite),
      standardDeviation.allSatisfy({ $0.isFinite && $0 > 0 })
    else {
      throw .unreadable(path: path, reason: "it needs three means and three deviations above 0")
    }
  }
}

extension PublishedSettings {
  /// The side of square pictures: `224`, `{"shortest_edge": 224}` or `{"height": 224, "width": 224}`.
  fileprivate func side(_ field: String, _ standard: Int) throws(ModelError) -> Int {
    if has(field + ".shortest_edge") { return try int(field + ".shortest_edge") }
    guard has(field + ".height") else { return try int(field, standard) }
    let (height, width) = (try int(field + ".height"), try int(field + ".width"))
    guard height == width else {
      throw .unreadable(path: path, reason: "pictures of \(width)×\(height) are not square")
    }
    return height
  }
}
