import ArgumentParser
import Foundation
import Pictoglot
import Recipes
import Training

/// `pictoglot train --recipe concepts --data DATA --out RUN`
struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a model on pictures with captions in many languages.",
    discussion: """
      Ctrl-C saves a checkpoint and stops; --resume continues from there.

      Recipes:
      \(recipes.map { "  \($0.name): \($0.abstract)" }.joined(separator: "\n"))

      Examples:
        pictoglot train --data emoji --out run --minutes 10
        pictoglot train --data emoji --out run --steps 2000 --set training.rate=5e-4
        pictoglot train --data photos.jsonl --out run --minutes 60 --set 'training.frozen=["image."]' \
          --image-from openai/clip-vit-base-patch32 --text-from klue/roberta-base
        pictoglot train --data photos.jsonl --out small --minutes 60 --set training.distillation=1 \
          --teacher openai/clip-vit-base-patch32
        pictoglot train --resume --out run
      """)

  @Option(
    help: ArgumentHelp(
      "One of the recipes below. (default: that of --config, or concepts)", valueName: "name"))
  var recipe: String?

  @Option(help: ArgumentHelp("The collection to learn from.", valueName: "path"))
  var data: String?

  @Option(help: ArgumentHelp("The run's folder.", valueName: "folder"))
  var out: String?

  @Option(help: ArgumentHelp("Steps of the whole run.", valueName: "count"))
  var steps: Int?

  @Option(help: ArgumentHelp("Or minutes of the whole run.", valueName: "minutes"))
  var minutes: Double?

  @Option(help: ArgumentHelp("A YAML or JSON file of settings.", valueName: "file"))
  var config: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("A setting, such as training.batch=64.", valueName: "key=value"))
  var assignments: [String] = []

  @Option(
    help: ArgumentHelp("A tokenizer.json to use; otherwise the run trains one.", valueName: "file"))
  var tokenizer: String?

  @Option(
    help: ArgumentHelp(
      "A model to start the image tower from: a run's folder or the name of a pulled model.",
      valueName: "model"))
  var imageFrom: String?

  @Option(
    help: ArgumentHelp(
      "A model to start the text tower from; its tokenizer is used, too.", valueName: "model"))
  var textFrom: String?

  @Flag(
    help: ArgumentHelp(
      "Keep only the tokens of --text-from that the collection uses: a fraction of a multilingual "
        + "model's."))
  var trimVocabulary = false

  @Option(
    help: ArgumentHelp(
      "The model to learn from: its texts with m-clip, its similarities between pictures and texts "
        + "with any other recipe and training.distillation.", valueName: "model"))
  var teacher: String?

  @Option(
    help: ArgumentHelp(
      "A folder for the outputs of a locked image tower and of a teacher, which several runs can "
        + "share; in --out, if not given.", valueName: "folder"))
  var featureCache: String?

  @Option(help: "The same seed gives the same model. (default: 0)")
  var seed: UInt64?

  @Flag(help: "Continue the run in --out.")
  var resume = false

  @Flag(
    help:
      "Build everything, take a few steps and report what the run would need; --out is not touched."
  )
  var dryRun = false

  @Flag(help: "Print the recipe's settings as YAML, with --config and --set applied.")
  var showSettings = false

  @OptionGroup var device: DeviceOption
  @OptionGroup var pictureLimit: PictureLimitOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if showSettings { return }
    if !resume, data == nil {
      throw ValidationError("Missing --data: the collection to learn from.")
    }
    if out == nil, !dryRun { throw ValidationError("Missing --out: the run's folder.") }
    if resume { try refuseChoices() }
    if resume, dryRun { throw ValidationError("--dry-run and --resume exclude each other.") }
    if tokenizer != nil, textFrom != nil {
      throw ValidationError("--text-from brings its own tokenizer; leave out --tokenizer.")
    }
    if trimVocabulary, textFrom == nil {
      throw ValidationError(
        "--trim-vocabulary keeps what is used of --text-from: give that model with it.")
    }
    if steps != nil, minutes != nil {
      throw ValidationError("--steps and --minutes exclude each other.")
    }
    if let steps, steps < 1 { throw ValidationError("--steps must be at least 1, not \(steps).") }
    if let minutes, !(minutes > 0) {
      throw ValidationError("--minutes must be more than 0, not \(minutes).")
    }
  }

  /// Refuses options that a resumed run takes from its recipe.json.
  private func refuseChoices() throws {
    let chosen: [(String, Bool)] = [
      ("--recipe", recipe != nil), ("--data", data != nil), ("--seed", seed != nil),
      ("--steps", steps != nil), ("--minutes", minutes != nil), ("--config", config != nil),
      ("--set", !assignments.isEmpty), ("--tokenizer", tokenizer != nil),
      ("--image-from", imageFrom != nil), ("--text-from", textFrom != nil),
      ("--teacher", teacher != nil),
    ]
    if let (name, _) = chosen.first(where: \.1) {
      throw ValidationError(
        "--resume continues the run with the settings in its recipe.json: leave out \(name).")
    }
  }

  func run() async throws {
    restartWithShortSpinning()
    common.apply()
    pictureLimit.apply()
    let out = dryRun ? try rehearsalFolder() : out ?? ""
    defer { if dryRun { try? FileManager.default.removeItem(atPath: out) } }
    let file = try config.map { try SettingsFile(path: $0, recipe: recipe) }
    var request = TrainingRun.Request(
      recipe: recipe ?? file?.recipe ?? Concepts.name, data: data ?? "", out: out)
    request.assignments = assignments
    // The length that is asked for here takes the place of any other.
    if let steps {
      request.assignments += ["training.steps=\(steps)", "training.minutes=null"]
    }
    if let minutes {
      request.assignments += ["training.minutes=\(minutes)", "training.steps=null"]
    }
    request.configuration = file?.settings
    request.tokenizer = tokenizer
    request.imageFrom = imageFrom
    request.textFrom = textFrom
    request.trimsVocabulary = trimVocabulary
    request.teacher = teacher
    request.featureCache = featureCache
    request.seed = seed ?? 0
    request.choosesThreads = common.threads != nil
    request.device = device.device
    request.resumes = resume
    request.command = Swift.CommandLine.arguments
    if showSettings { return try Console.print(settingsYAML(request)) }

    let interruption = Interruption("Stopping after this step; the run can be resumed.")
    let display = TrainingDisplay(json: common.json)
    let training: TrainingRun
    do {
      training = try TrainingRun(
        request, on: { display.show($0) }, isInterrupted: { interruption.isRequested })
    } catch TrainingError.interrupted {
      Console.error("\(TrainingError.interrupted)")
      throw Interrupted()
    }
    display.summarize(training)
    if dryRun { return try show(try training.rehearse()) }
    switch try training.run() {
    case .finished: Console.note("Trained. The model is in \(out).")
    case .interrupted:
      Console.error("Interrupted. Continue with: pictoglot train --resume --out \(out)")
      throw Interrupted()
    }
  }

  /// A new temporary folder for a dry run.
  private func rehearsalFolder() throws -> String {
    let path = NSTemporaryDirectory() + "/pictoglot-dry-run-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  /// Prints what the run would need.
  private func show(_ rehearsal: Rehearsal) throws {
    if common.json { return try Console.print(json: rehearsal) }
    let memory = rounded(Double(rehearsal.memory) / 1e9, 1)
    Console.print(
      "\(rounded(rehearsal.secondsPerStep, 3)) s a step; \(rehearsal.steps) steps in "
        + "\(duration(rehearsal.minutes * 60)), every picture \(rounded(rehearsal.epochs, 1)) times; "
        + "\(memory) GB of memory.")
  }

  /// The recipe and its settings as YAML.
  private func settingsYAML(_ request: TrainingRun.Request) throws -> String {
    try "recipe: \(request.recipe)\n" + yaml(ofJSON: TrainingRun.settings(of: request).text)
  }
}
