import Checkpoints
import Corpora
import Files
import Foundation
import Layers
import Models
import Pictures
import Recipes
import Settings
import Tokens
import Torch
import Towers
import Training

/// Makes a run out of what a person asked for.
///
/// What does not fit is refused as early as it can be known: before the folder is made, before
/// pictures are decoded, before a tower runs.
struct RunPreparation<R: Recipe> {
  private let request: TrainingRun.Request
  /// Of a run that is resumed.
  private let previous: RunRecord?
  private let folder: RunFolder
  private let event: @Sendable (TrainingRun.Event) -> Void
  private let isInterrupted: @Sendable () -> Bool
  private let device: Device
  private let start: TrainingStart
  private let seed: UInt64
  private let dataPath: String
  private let teacherName: String?
  private let input: TrainingInput

  private var settings: R.Settings
  private var sources = TrainingData.Sources()
  private var tokenizerBytes: [UInt8]?
  private var treatment = TextTreatment(contextLength: 0, padding: 0)
  private var trimming: VocabularyTrimming?
  /// Of a recipe of teacher learning.
  private var textTeacher: ModelFiles?

  private var isResumed: Bool { previous != nil }
  private var featureFolder: String { request.featureCache ?? folder.path + "/features" }

  /// - Throws: An error that says which of options, settings and folder does not fit.
  init(
    _ request: TrainingRun.Request, _ previous: RunRecord?, _ folder: RunFolder,
    on event: @escaping @Sendable (TrainingRun.Event) -> Void,
    isInterrupted: @escaping @Sendable () -> Bool
  ) throws {
    self.request = request
    self.previous = previous
    self.folder = folder
    self.event = event
    self.isInterrupted = isInterrupted
    seed = previous?.seed ?? request.seed
    dataPath = previous?.data ?? request.data
    teacherName = previous?.teacher ?? request.teacher
    device = try Device(named: request.device)
    if device == .cpu { Engine.chooseLinearKernel() }
    // Sums depend on the number of threads: equal results need as many as before.
    if let threads = previous?.threads, !request.choosesThreads { Engine.threads = threads }
    start = try previous == nil ? TrainingStart(request) : TrainingStart()
    if request.trimsVocabulary, start.text == nil { throw RunError.nothingToTrim }
    var chosen: R.Settings
    if let previous {
      guard folder.holdsRun else { throw TrainingError.nothingToResume(path: folder.path) }
      guard request.configuration == nil, request.assignments.isEmpty,
        request.imageFrom == nil, request.textFrom == nil, !request.trimsVocabulary
      else {
        throw RunError.settingsOnResume
      }
      chosen = try R.published.restoring(SettingsTree(json: previous.settings.text))
    } else {
      chosen = try TrainingRun.overridden(R.self, request, start)
      try chosen.training.check()
      guard chosen.training.steps != nil || chosen.training.minutes != nil else {
        throw TrainingError.noLength
      }
      if folder.holdsRun { throw TrainingError.folderInUse(path: folder.path) }
    }
    input = chosen.input
    // A model that has read nothing is one of pictures alone.
    if input == .pictures { chosen.model.text = nil }
    settings = chosen
    if input != .texts { try chosen.training.check(chosen.model.image) }
  }

  /// Reads the collection, builds the network and begins the folder.
  ///
  /// - Throws: An error that says which of recipe, settings, collection and models does not fit.
  mutating func run() throws -> TrainingRun {
    let corpus = try Corpus(
      opening: dataPath,
      options: CorpusOptions(
        keepsPicturesWithoutCaptions: input == .pictures,
        keepsCaptionsWithoutPictures: input == .texts))
    for problem in corpus.problems { event(.problem("\(problem)")) }
    for line in corpus.passedOver.summary { event(.problem(line)) }
    let train = try learned(from: corpus)
    let pairOptions = try check(train)
    if !corpus.hasSplits {
      event(
        .message(
          "The collection has no splits: the run trains on all of it and measures no recall."))
    }
    let contents = train.contents
    if let known = previous?.contents, known != contents {
      event(
        .problem(
          "\(dataPath) has changed since the run started: from here on the run trains on the new "
            + "contents."))
    }
    if !isResumed { try folder.create() }

    if input != .pictures { try readTexts(of: train, in: corpus) }
    try askTextTeacher(of: train)
    let source = StartingSource(
      image: try start.image.map { try StartingTower($0, images: settings.model.image) },
      text: try start.text.map { try StartingTower($0, texts: settings.model.text) },
      keptTokens: trimming?.kept, drawsScale: request.sets("model.logScale"),
      drawsBias: request.sets("model.bias"), drawing: RandomSource(seed: seed))
    let scope = Scope(source)
    let recipe = try catchingTorchErrors { try R(settings, in: scope) }
    for pooler in source.randomPoolers {
      event(.message("The starting model has no \(pooler); it starts from random weights"))
    }
    _ = try settings.training.frozenParameters(among: scope.parameters)
    for line in settings.training.doubts(
      about: recipe.encoder, parameters: scope.parameters,
      isDrawn: !isResumed && start.image == nil, pictures: train.samples.count)
    {
      event(.problem(line))
    }

    let kept = input == .texts ? train : try readPictures(of: train)
    try pairOptions.complete(
      &sources, of: kept, plan: settings.training, folder: featureFolder, device: device,
      on: event, isInterrupted: isInterrupted)
    try keepFeatures(of: kept, by: recipe.encoder, in: scope)
    if request.featureCache != nil, sources.features == nil, sources.pairTeacher == nil {
      event(
        .problem(
          "--feature-cache has no effect: it keeps only the outputs of a wholly locked image tower "
            + "or of a distillation teacher."))
    }

    let data = TrainingData(
      kept, from: sources, plan: settings.training, views: settings.views, seed: seed)
    var card = ModelCard(
      name: URL(fileURLWithPath: folder.path).lastPathComponent, encoder: settings.model,
      preprocessing: settings.training.preprocessing, text: treatment,
      languages: input == .pictures ? [] : data.languages,
      sources: Array(Set(kept.samples.map { "\($0.source) (\($0.license))" })).sorted()
        + start.sources + pairOptions.sources)
    card.scoring = recipe.scoring
    let record = try RunRecord(
      recipe: R.name, settings: JSONText(settings), seed: seed, data: dataPath,
      imageFrom: request.imageFrom, textFrom: request.textFrom,
      keptTokens: trimming?.kept.count, teacher: teacherName, contents: contents,
      threads: Engine.threads,
      command: request.command, versions: ["libtorch": Engine.version])
    if !isResumed { try folder.write(record) }
    let trainer = try Trainer(
      recipe, in: scope, plan: settings.training, data: data, folder: folder, card: card,
      tokenizer: tokenizerBytes, seed: seed, device: device)
    if isResumed { try trainer.resume() }
    let validator = try validator(on: corpus.split("val"), card)
    return TrainingRun(
      trainer: trainer,
      hooks: Trainer.Hooks(
        report: { [event] in event(.report($0)) }, validate: validator.map { v in { try v($0) } },
        rolledBack: { [event] in event(.rolledBack($0)) },
        problem: { [event] in event(.problem($0)) }, isInterrupted: isInterrupted),
      record: record, counts: ParameterCount.counts(of: scope.parameters))
  }

  /// The part of a collection that a run learns from.
  ///
  /// - Throws: ``CorpusError/absentLanguage(_:path:present:)``
  private func learned(from corpus: Corpus) throws(CorpusError) -> Corpus {
    let train = corpus.learningPart
    guard input != .pictures else { return train }
    let teacherLanguage = settings.teacherLanguage
    return try train.keeping(languages: settings.training.captionLanguages).filter { sample in
      teacherLanguage.map { sample.captions[$0]?.isEmpty == false } ?? !sample.captions.isEmpty
    }
  }

  /// Refuses a collection and a teacher that the settings cannot use.
  private mutating func check(_ train: Corpus) throws -> PairOptions {
    let counts = train.languageCounts
    if !train.samples.isEmpty || settings.teacherLanguage != nil {
      try settings.check(
        languages: counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key))
    }
    guard !train.samples.isEmpty else {
      throw input == .pictures
        ? TrainingError.noPictures(corpus: dataPath) : .noCaptions(corpus: dataPath)
    }
    if input == .pairs, settings.contrastsWithinStep,
      min(settings.training.batch, train.samples.count) < 2
    {
      throw RunError.nothingToTellApart(
        batch: settings.training.batch, pictures: train.samples.count)
    }
    if settings.teacherLanguage != nil {
      guard let teacherName else { throw RunError.noTeacher(recipe: R.name) }
      let files = try modelFiles(named: teacherName)
      guard files.card.encoder.text != nil else {
        throw RunError.wordlessTeacher(model: files.card.name, recipe: R.name)
      }
      textTeacher = files
    }
    return try PairOptions(
      settings, recipe: R.name, teacher: teacherName, counts: counts, isResumed: isResumed)
  }

  /// Finds how captions become tokens, and fits the text tower's table to it.
  private mutating func readTexts(of train: Corpus, in corpus: Corpus) throws {
    var bytes = try tokenizer(for: train)
    // Where settings leave the size of the table open, it is that of the model begun with.
    if !isResumed, settings.model.text?.vocabulary == 0,
      let rows = start.text?.card.encoder.text?.vocabulary
    {
      settings.model.text?.vocabulary = rows
    }
    if request.trimsVocabulary, let card = start.text?.card, let tower = settings.model.text {
      event(.message("Finding the tokens that the collection uses"))
      let made = try VocabularyTrimming(
        of: bytes, tower, card.text,
        for: corpus.keeping(languages: settings.training.captionLanguages))
      event(.message(made.summary))
      settings.model.text = made.text
      bytes = made.tokenizer
      trimming = made
    }
    let tokenizer = try Tokenizer(json: bytes)
    // A published table may have more rows than there are tokens; a resumed run's is recorded.
    if !isResumed, start.text == nil {
      settings.model.text?.vocabulary = tokenizer.vocabularySize
    }
    let known =
      try isResumed
      ? ModelCard(folder: folder.path).text : trimming?.treatment ?? start.text?.card.text
    treatment =
      known
      ?? TextTreatment(
        contextLength: settings.model.text?.contextLength ?? 0,
        padding: tokenizer.id(of: "<pad>") ?? 0)
    // A tower may be set to read less than it was published for.
    if let length = settings.model.text?.contextLength {
      treatment.contextLength = min(treatment.contextLength, length)
    }
    sources.reader = TextReader(tokenizer: tokenizer, treatment: treatment)
    tokenizerBytes = bytes
  }

  /// The bytes of the run's `tokenizer.json`, which is trained on the captions if none is given.
  private func tokenizer(for corpus: Corpus) throws -> [UInt8] {
    if !isResumed, let bytes = try start.tokenizer { return bytes }
    if let path = isResumed ? folder.tokenizer : request.tokenizer {
      guard let data = FileManager.default.contents(atPath: path) else {
        throw FileError(.read, path, reason: "there is no such file")
      }
      return [UInt8](data)
    }
    let size = settings.training.vocabulary
    event(.message("Training a vocabulary of \(size) tokens on the captions"))
    let texts = corpus.samples.flatMap { sample in
      sample.languages.flatMap { sample.captions[$0] ?? [] }
    }
    guard !texts.isEmpty else { throw TrainingError.noCaptions(corpus: corpus.path) }
    let bytes = try BPETrainer(size: size).train(texts)
    try writeWhole(Data(bytes), to: folder.tokenizer)
    return bytes
  }

  /// Has the teacher of a recipe of teacher learning read the captions in its language.
  private mutating func askTextTeacher(of train: Corpus) throws {
    guard let language = settings.teacherLanguage, let textTeacher else { return }
    let teacher = try Model(textTeacher, towers: .texts, device: device)
    let vectors = try TeacherVectors(teacher, of: train.samples, in: language) {
      event(.preparing("texts for the teacher", done: $0, total: train.samples.count))
      return !isInterrupted()
    }
    settings.model.width = vectors.width
    sources.teacher = vectors
  }

  /// Decodes and shrinks the pictures once; returns the samples whose pictures can be read.
  private mutating func readPictures(of train: Corpus) throws -> Corpus {
    let pictures = PictureCache(
      train,
      PictureCache.Settings(
        longSide: settings.training.cachedSide,
        padsToSquare: settings.training.preprocessing.fit == .pad)
    ) { [event] in event(.preparing("pictures", done: $0, total: train.samples.count)) }
    for problem in pictures.problems { event(.problem("\(problem)")) }
    guard !pictures.samples.isEmpty else {
      throw TrainingError.noPictures(corpus: dataPath)
    }
    sources.pictures = pictures
    return Corpus(path: train.path, samples: pictures.samples)
  }

  /// Runs a locked image tower over the pictures once, if that is what the plan allows.
  private mutating func keepFeatures(
    of kept: Corpus, by encoder: DualEncoder, in scope: Scope
  ) throws {
    guard let pictures = sources.pictures, input == .pairs,
      settings.training.cachesFeatures(of: encoder, views: settings.views)
    else { return }
    // A resumed run's tower is that of its checkpoint.
    if isResumed { try RunFolder.restore(scope.parameters, from: folder.checkpoint) }
    if device != .cpu { for parameter in scope.parameters { parameter.move(to: device) } }
    sources.features = try FeatureCache(
      in: featureFolder, of: encoder, corpus: kept, pictures: pictures, plan: settings.training,
      view: settings.views[0], seed: seed, device: device
    ) {
      event(.preparing("features of pictures", done: $0, total: kept.samples.count))
      return !isInterrupted()
    }
  }

  /// Measures recall during the run; nil if the run measures none.
  private func validator(on validation: Corpus, _ card: ModelCard) throws -> Validator? {
    guard settings.training.validationMinutes > 0, !validation.samples.isEmpty,
      input == .pairs, let reader = sources.reader
    else { return nil }
    if settings.training.validationLanguages != R.published.training.validationLanguages {
      let known = Set(validation.samples.flatMap(\.languages))
      for language in settings.training.validationLanguages where !known.contains(language) {
        event(
          .problem(
            "training.validationLanguages names “\(language)”, in which the split “val” has no captions."
          ))
      }
    }
    return try Validator(
      validation, languages: settings.training.validationLanguages, card: card, reader: reader,
      device: device)
  }
}
