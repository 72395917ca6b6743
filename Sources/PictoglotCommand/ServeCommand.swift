import ArgumentParser
import Pictoglot
import Search
import Server

/// `pictoglot serve INDEX`
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Open a search page for an index.",
    discussion: """
      Listens on this machine alone unless --host says otherwise, and then answers to any name \
      unless --allow-host gives some. When the index is built again, the server searches the new \
      one. Ctrl-C ends it.

      Examples:
        pictoglot serve photos.index --port 8080
        pictoglot serve photos.index --host 0.0.0.0 --allow-host pictures.example.org
      """)

  @Argument(help: "An index made by “pictoglot index”.")
  var index: String

  @Option(help: ArgumentHelp("The address to listen on.", valueName: "address"))
  var host = "127.0.0.1"

  @Option(help: ArgumentHelp("The port to listen on; 0 for any that is free.", valueName: "number"))
  var port = 8080

  @Option(
    name: .customLong("allow-host"),
    help: ArgumentHelp(
      "A host name that this server answers to; can be given several times.",
      valueName: "name"))
  var allowedHosts: [String] = []

  @Option(
    help: ArgumentHelp(
      "Searches that run at once; four times as many may wait, further ones are refused with "
        + "“try again later”.",
      valueName: "count"))
  var maxConcurrent = Site.usualSearches

  @Option(
    help: ArgumentHelp("Where the index's model is now, if it was moved.", valueName: "folder"))
  var model: String?

  @OptionGroup var device: DeviceOption
  @OptionGroup var pictureLimit: PictureLimitOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (0...65535).contains(port) else {
      throw ValidationError("--port must be 0 to 65535, not \(port).")
    }
    guard (1...1024).contains(maxConcurrent) else {
      throw ValidationError("--max-concurrent must be 1 to 1024, not \(maxConcurrent).")
    }
    for name in allowedHosts where name.isEmpty || name.contains(where: { "/:[] ".contains($0) }) {
      throw ValidationError(
        "--allow-host takes a name alone, as pictures.example.org, not “\(name)”.")
    }
  }

  func run() async throws {
    common.apply()
    pictureLimit.apply()
    let index = try await PictureIndex(index, model: model, device: device.device)
    // Damaged weights are told of now, and not to the first who searches.
    try await index.model.tryOut()
    let name = host.contains(":") ? "[\(host)]" : host
    try await Server.serve(
      Backend(
        engine: LiveSearchEngine(index.engine, of: index.searched) { Console.error($0) },
        embedder: index.model, reader: index.model),
      host: host, port: port,
      allowedHosts: Set(allowedHosts),
      searches: maxConcurrent, report: { Console.error($0) },
      onReady: { port in
        Console.error(
          "Search \(index.count) pictures at http://\(name):\(port)/ (Ctrl-C ends)")
      })
  }
}
