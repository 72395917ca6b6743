import Checkpoints
import Corpora
import Evaluation
import Foundation
import Layers
import Models
import Pictures
import Recipes
import Tokens
import Torch
package import Training
import Towers

/// A run of a recipe on a collection, from its settings to its folder.
package struct TrainingRun {
  /// What a person chooses.
  package struct Request: Sendable {
    package var recipe: String
    package var data: String
    package var out: String
    /// Settings over the recipe's, from a file.
    package var configuration: JSONText?
    /// `key=value` over both.
    package var assignments: [String] = []
    /// A ready `tokenizer.json`; else one is trained on the captions.
    package var tokenizer: String?
    /// Models to begin with the image tower, or text tower, of: names or folders.
    package var imageFrom: String?
    package var textFrom: String?
    /// Whether only those tokens of the text model are kept that the collection uses.
    package var trimsVocabulary = false
    /// The model to learn from: whose text tower, for recipes of teacher learning; both, for any
    /// recipe of pairs with `training.distillation`.
    package var teacher: String?
    /// Where the outputs of a locked image tower and of a teacher are kept; in the run's folder, if
    /// not given.
    package var featureCache: String?
    package var seed: UInt64 = 0
    package var device = "auto"
    package var resumes = false
    package var command: [String] = []

    package init(recipe: String, data: String, out: String) {
      self.recipe = recipe
      self.data = data
      self.out = out
    }
  }

  /// What happens while a run is made and learns.
  package enum Event: Sendable {
    case message(String)
    /// Preparations: what is done, how much of it is done, how much there is.
    case preparing(String, done: Int, total: Int)
    case report(TrainingReport)
    /// The run went back to an earlier step.
    case rolledBack(Rollback)
    case problem(String)
  }

  private let trainer: Trainer
  private let hooks: Trainer.Hooks
  /// What stands in the run's `recipe.json`.
  package let record: RunRecord
  /// The network's numbers, by its parts.
  package let parameterCounts: [ParameterCount]

  /// Opens or makes the run's folder, reads the collection and builds the network.
  ///
  /// - Throws: An error that says which of recipe, settings, collection and folder does not fit.
  package init(
    _ request: Request, on event: @escaping @Sendable (Event) -> Void,
    isInterrupted: @escaping @Sendable () -> Bool
  ) throws {
    let folder = RunFolder(request.out)
    let previous = request.resumes ? try folder.record() : nil
    let name = previous?.recipe ?? request.recipe
    guard let recipe = recipes.first(where: { $0.name == name }) else {
      throw RunError.unknownRecipe(name, known: recipes.map { $0.name })
    }
    self = try Self.make(
      recipe, request, previous, folder, on: event, isInterrupted: isInterrupted)
  }

  private init(
    trainer: Trainer, hooks: Trainer.Hooks, record: RunRecord, counts: [ParameterCount]
  ) {
    self.trainer = trainer
    self.hooks = hooks
    self.record = record
    parameterCounts = counts
  }

  /// Trains to the end, or until interrupted.
  ///
  /// - Throws: An error that says what stopped it; the last checkpoint stays whole.
  package func run() throws -> Trainer.Outcome { try trainer.run(hooks) }

  /// Takes a few steps to see what the run would need.
  ///
  /// - Throws: As ``run()``.
  package func rehearse() throws -> Rehearsal { try trainer.rehearse() }

  private static func make<R: Recipe>(
    _ type: R.Type, _ request: Request, _ previous: RunRecord?, _ folder: RunFolder,
    on event: @escaping @Sendable (Event) -> Void, isInterrupted: @escaping @Sendable () -> Bool
  ) throws -> TrainingRun {
    let device = try Device(named: request.device)
    if device == .cpu { Engine.chooseLinearKernel() }
    let start = try previous == nil ? TrainingStart(request) : TrainingStart()
    if request.trimsVocabulary, start.text == nil { throw RunError.nothingToTrim }
    var settings: R.Settings
    if let previous {
      guard request.configuration == nil, request.assignments.isEmpty,
        request.imageFrom == nil, request.textFrom == nil, !request.trimsVocabulary
      else {
        throw RunError.settingsOnResume
      }
      let tree = try JSONSerialization.jsonObject(with: Data(previous.settings.text.utf8))
      settings = try R.published.restoring(tree as? [String: Any] ?? [:])
    } else {
      settings = try overridden(type, request, start)
      try settings.training.check()
      guard settings.training.steps != nil || settings.training.minutes != nil else {
        throw TrainingError.noLength
      }
      if folder.holdsRun { throw TrainingError.folderInUse(path: folder.path) }
    }
    let seed = previous?.seed ?? request.seed
    let dataPath = previous?.data ?? request.data

    let material = settings.material
    // A model that has read nothing is one of pictures alone.
    if material == .pictures { settings.model.text = nil }
    let corpus = try Corpus(
      opening: dataPath,
      options: CorpusOptions(keepsPicturesWithoutCaptions: material == .pictures))
    for problem in corpus.problems { event(.problem("\(problem)")) }
    let teacherLanguage = settings.teacherLanguage
    let train = try learned(from: corpus, settings)
    let counts = train.languageCounts
    if !train.samples.isEmpty || teacherLanguage != nil {
      try settings.check(
        languages: counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key))
    }
    guard !train.samples.isEmpty else {
      throw TrainingError.noPictures(split: "train", corpus: dataPath)
    }
    let teacherName = previous?.teacher ?? request.teacher
    if teacherLanguage != nil, teacherName == nil { throw RunError.noTeacher(recipe: R.name) }
    let composition = try Composition(
      settings, recipe: R.name, teacher: teacherName, counts: counts, isResumed: previous != nil)
    if previous == nil { try folder.create() }

    var sources = TrainingData.Sources()
    var tokenizerBytes: [UInt8]?
    var treatment = TextTreatment(contextLength: 0, padding: 0)
    var trimming: VocabularyTrimming?
    if material != .pictures {
      var bytes = try tokenizer(
        for: train, request, start, folder, isResumed: previous != nil,
        size: settings.training.vocabulary, on: event)
      if request.trimsVocabulary, let card = start.text?.card {
        event(.message("Looking for the tokens that the collection uses"))
        let made = try VocabularyTrimming(
          of: bytes, card, for: corpus.keeping(languages: settings.training.captionLanguages))
        event(.message(made.summary))
        settings.model.text = made.text
        bytes = made.tokenizer
        trimming = made
      }
      let tokenizer = try Tokenizer(json: bytes)
      // A published table may have more rows than there are tokens; a resumed run's is recorded.
      if previous == nil, start.text == nil {
        settings.model.text?.vocabulary = tokenizer.vocabularySize
      }
      treatment =
        try
        (previous == nil
        ? trimming?.treatment ?? start.text?.card.text : ModelCard(folder: folder.path).text)
        ?? TextTreatment(
          contextLength: settings.model.text?.contextLength ?? 0,
          padding: tokenizer.id(of: "<pad>") ?? 0)
      sources.reader = TextReader(tokenizer: tokenizer, treatment: treatment)
      tokenizerBytes = bytes
    }

    var kept = train
    if let teacherLanguage, let teacherName {
      let teacher = try Model(
        folder: try modelFolder(named: teacherName), towers: .texts, device: device,
        companions: modelFolder)
      let vectors = try TeacherVectors(teacher, of: train.samples, in: teacherLanguage) {
        event(.preparing("texts for the teacher", done: $0, total: train.samples.count))
        return !isInterrupted()
      }
      settings.model.width = vectors.width
      sources.teacher = vectors
    }
    // Before pictures are decoded, which takes long: what does not fit is told at once.
    let scope = Scope(
      try StartingSource(
        image: start.image, text: start.text, keptTokens: trimming?.kept,
        drawing: RandomSource(seed: seed)))
    let recipe = try catchingTorchErrors { try R(settings, in: scope) }
    _ = try settings.training.frozenParameters(among: scope.parameters)
    if material != .texts {
      let pictures = PictureCache(
        train,
        PictureCache.Settings(
          longSide: settings.training.cachedSide,
          padsToSquare: settings.training.preprocessing.fit == .pad)
      ) { event(.preparing("pictures", done: $0, total: train.samples.count)) }
      for problem in pictures.problems { event(.problem("\(problem)")) }
      kept = Corpus(path: train.path, samples: pictures.samples)
      guard !kept.samples.isEmpty else {
        throw TrainingError.noPictures(split: "train", corpus: dataPath)
      }
      sources.pictures = pictures
    }
    let features = request.featureCache ?? folder.path + "/features"
    try composition.complete(
      &sources, of: kept, plan: settings.training, folder: features, device: device, on: event,
      isInterrupted: isInterrupted)
    if let pictures = sources.pictures, material == .pairs,
      settings.training.cachesFeatures(of: recipe.encoder, views: settings.views)
    {
      // A resumed run's tower is that of its checkpoint.
      if previous != nil { try RunFolder.restore(scope.parameters, from: folder.checkpoint) }
      if device != .cpu { for parameter in scope.parameters { parameter.move(to: device) } }
      sources.features = try FeatureCache(
        in: features, of: recipe.encoder, corpus: kept,
        pictures: pictures, plan: settings.training, view: settings.views[0], seed: seed,
        device: device
      ) {
        event(.preparing("features of pictures", done: $0, total: kept.samples.count))
        return !isInterrupted()
      }
    }
    let data = TrainingData(
      kept, from: sources, plan: settings.training, views: settings.views, seed: seed)
    var card = ModelCard(
      name: URL(fileURLWithPath: folder.path).lastPathComponent, encoder: settings.model,
      preprocessing: settings.training.preprocessing, text: treatment,
      languages: material == .pictures ? [] : data.languages,
      sources: Array(Set(kept.samples.map { "\($0.source) (\($0.license))" })).sorted()
        + start.sources + composition.sources)
    card.scoring = recipe.scoring
    let record = RunRecord(
      recipe: R.name, settings: try JSONText(settings), seed: seed, data: dataPath,
      imageFrom: request.imageFrom, textFrom: request.textFrom,
      keptTokens: trimming?.kept.count, teacher: teacherName,
      command: request.command, versions: ["libtorch": Engine.version])
    if previous == nil { try folder.write(record) }
    let trainer = try Trainer(
      recipe, in: scope, plan: settings.training, data: data, folder: folder, card: card,
      tokenizer: tokenizerBytes, seed: seed, device: device)
    if previous != nil { try trainer.resume() }

    let validation = corpus.split("val")
    let validates =
      settings.training.validationMinutes > 0 && !validation.samples.isEmpty && material == .pairs
    let validator =
      try validates
      ? sources.reader.map {
        try Validator(
          validation, languages: settings.training.validationLanguages, card: card, reader: $0,
          device: device)
      } : nil
    return TrainingRun(
      trainer: trainer,
      hooks: Trainer.Hooks(
        report: { event(.report($0)) }, validate: validator.map { v in { try v($0) } },
        rolledBack: { event(.rolledBack($0)) }, isInterrupted: isInterrupted),
      record: record, counts: ParameterCount.counts(of: scope.parameters))
  }

  /// The part of a collection that a run learns from.
  ///
  /// - Throws: ``CorpusError/absentLanguage(_:path:present:)``
  private static func learned(
    from corpus: Corpus, _ settings: some RecipeSettings
  ) throws(CorpusError) -> Corpus {
    let train = corpus.split("train")
    guard settings.material != .pictures else { return train }
    let teacherLanguage = settings.teacherLanguage
    return try train.keeping(languages: settings.training.captionLanguages).filter { sample in
      teacherLanguage.map { sample.captions[$0]?.isEmpty == false } ?? !sample.captions.isEmpty
    }
  }

  private static func tokenizer(
    for corpus: Corpus, _ request: Request, _ start: TrainingStart, _ folder: RunFolder,
    isResumed: Bool, size: Int, on event: @Sendable (Event) -> Void
  ) throws -> [UInt8] {
    if let path = try isResumed ? folder.tokenizer : start.tokenizer ?? request.tokenizer {
      guard let data = FileManager.default.contents(atPath: path) else {
        throw TrainingError.unreadable(path: path, reason: "there is no such file")
      }
      return [UInt8](data)
    }
    event(.message("Training a vocabulary of \(size) tokens on the captions"))
    let texts = corpus.samples.flatMap { sample in
      sample.languages.flatMap { sample.captions[$0] ?? [] }
    }
    guard !texts.isEmpty else { throw TrainingError.noCaptions(corpus: corpus.path) }
    let bytes = try BPETrainer(size: size).train(texts)
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: folder.tokenizer), options: .atomic)
    } catch {
      throw TrainingError.unwritable(path: folder.tokenizer, reason: systemReason(of: error))
    }
    return bytes
  }
}

/// Why a run cannot be made, besides what its parts say themselves.
package enum RunError: Error, Equatable, CustomStringConvertible {
  case unknownRecipe(String, known: [String])
  case settingsOnResume
  case nothingToTrim
  case noTeacher(recipe: String)
  case noStartingTower(model: String, option: String, side: String)

  package var description: String {
    switch self {
    case .unknownRecipe(let name, let known):
      "There is no recipe “\(name)”. There is: \(known.joined(separator: ", "))."
    case .settingsOnResume:
      "A run goes on with the settings it was begun with: give --resume without --set, --config, "
        + "--image-from, --text-from and --trim-vocabulary."
    case .nothingToTrim:
      "There is no vocabulary to trim: --trim-vocabulary keeps the tokens of the model in --text-from "
        + "that the collection uses."
    case .noTeacher(let recipe):
      "The recipe \(recipe) learns from a teacher: say with --teacher whose texts shall be followed."
    case .noStartingTower(let model, let option, let side):
      "\(model) has no tower for \(side) to begin with. Give \(option) a model that embeds \(side), or "
        + "leave it out to begin with drawn numbers."
    }
  }
}

extension TrainingRun {
  /// The settings that a request comes to, as JSON.
  ///
  /// - Throws: ``SettingsError`` or ``RunError``.
  package static func settings(of request: Request) throws -> JSONText {
    guard let recipe = recipes.first(where: { $0.name == request.recipe }) else {
      throw RunError.unknownRecipe(request.recipe, known: recipes.map { $0.name })
    }
    return try settings(of: recipe, request)
  }

  private static func settings<R: Recipe>(of recipe: R.Type, _ request: Request) throws -> JSONText
  {
    try JSONText(overridden(recipe, request, TrainingStart(request)))
  }

  private static func overridden<R: Recipe>(
    _ recipe: R.Type, _ request: Request, _ start: TrainingStart
  ) throws -> R.Settings {
    let tree = try request.configuration.map { configuration in
      try JSONSerialization.jsonObject(with: Data(configuration.text.utf8)) as? [String: Any] ?? [:]
    }
    var base = R.published
    start.apply(to: &base)
    return try base.overriding(with: tree ?? [:], request.assignments)
  }
}
