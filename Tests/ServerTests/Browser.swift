import Foundation
import Testing

/// A headless Chromium, driven through the pipe of its DevTools protocol.
///
/// It ends with this object, and by itself when the pipe closes.
final class Browser: Sendable {
  /// Where Chromium is, if it is installed.
  static let path: String? = {
    let named = ProcessInfo.processInfo.environment["PICTOGLOT_CHROMIUM"]
    let places = [
      named, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
      "/Applications/Chromium.app/Contents/MacOS/Chromium",
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ]
    return places.compactMap { $0 }.first(where: FileManager.default.isExecutableFile)
  }()

  static let missing: Comment =
    "Chromium is not installed: apt-get install --no-install-recommends chromium"

  enum Failure: Error {
    case cannotStart(String)
    case silent(method: String)
    case refused(method: String, reason: String)
    case script(String)
  }

  private let connection: DevToolsPipe
  private let process: Process
  private let folder: String

  init(_ path: String) throws {
    folder = FileManager.default.temporaryDirectory.path + "/pictoglot-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    connection = try DevToolsPipe(folder: folder)
    process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    // Chromium reads commands from descriptor 3 and answers on descriptor 4.
    process.arguments = [
      "-c", #"exec "$0" "$@" 3<"$COMMANDS" 4>"$ANSWERS""#, path, "--headless",
      "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
      "--disable-background-networking", "--no-first-run", "--hide-scrollbars",
      "--lang=en-US", "--user-data-dir=\(folder)/profile",
    ]
    process.environment = ProcessInfo.processInfo.environment.merging([
      "COMMANDS": connection.commandsPath, "ANSWERS": connection.answersPath, "LC_ALL": "C.UTF-8",
    ]) { $1 }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  deinit {
    connection.close()
    process.terminate()
    process.waitUntilExit()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Opens a tab.
  func page(_ address: String, width: Int = 1100, height: Int = 800) async throws -> BrowserPage {
    struct Target: Decodable {
      var targetId: String
    }
    struct Session: Decodable {
      var sessionId: String
    }
    let target: Target = try await connection.call(
      "Target.createTarget", #"{"url": "about:blank"}"#)
    let session: Session = try await connection.call(
      "Target.attachToTarget", #"{"targetId": "\#(target.targetId)", "flatten": true}"#)
    let page = BrowserPage(connection: connection, session: session.sessionId)
    for domain in ["Page", "Runtime", "Log", "DOM", "Accessibility"] {
      try await page.call("\(domain).enable")
    }
    try await page.resize(width: width, height: height)
    try await page.open(address)
    return page
  }
}

/// The two named pipes between a test and a browser.
final class DevToolsPipe: Sendable {
  let commandsPath: String
  let answersPath: String
  private let commands: Int32
  private let answers: Int32
  /// Calls are made one after the other, away from the threads of Swift's tasks.
  private let queue = DispatchQueue(label: "devtools")
  private let state = State()

  /// Touched on the queue alone.
  private final class State: @unchecked Sendable {
    var number = 0
    var unread: [UInt8] = []
    var events: [String] = []
  }

  init(folder: String) throws {
    commandsPath = folder + "/commands"
    answersPath = folder + "/answers"
    for path in [commandsPath, answersPath] where mkfifo(path, 0o600) != 0 {
      throw Browser.Failure.cannotStart("mkfifo \(path)")
    }
    commands = open(commandsPath, O_RDWR | O_CLOEXEC)
    answers = open(answersPath, O_RDWR | O_CLOEXEC)
  }

  func close() {
    _ = Foundation.close(commands)
    _ = Foundation.close(answers)
  }

  /// Calls a method with parameters in JSON and waits for its result.
  func call<Result: Decodable & Sendable>(
    _ method: String, _ parameters: String = "{}", session: String? = nil
  ) async throws -> Result {
    try await withCheckedThrowingContinuation { done in
      queue.async {
        done.resume(
          with: Swift.Result { try self.callBlocking(method, parameters, session: session) })
      }
    }
  }

  /// Events that came so far, as JSON, and are now forgotten.
  func takeEvents() async -> [String] {
    await withCheckedContinuation { done in
      queue.async {
        done.resume(returning: self.state.events)
        self.state.events = []
      }
    }
  }

  private struct Head: Decodable {
    struct Problem: Decodable {
      var message: String
    }
    var id: Int?
    var error: Problem?
  }

  private struct Answer<Result: Decodable>: Decodable {
    var result: Result
  }

  private func callBlocking<Result: Decodable>(
    _ method: String, _ parameters: String, session: String?
  ) throws -> Result {
    state.number += 1
    let number = state.number
    let place = session.map { #", "sessionId": "\#($0)""# } ?? ""
    let message = #"{"id": \#(number), "method": "\#(method)", "params": \#(parameters)\#(place)}"#
    let bytes = Array(message.utf8) + [0]
    guard write(commands, bytes, bytes.count) == bytes.count else {
      throw Browser.Failure.silent(method: method)
    }
    while let answer = nextMessage() {
      let head = try JSONDecoder().decode(Head.self, from: answer)
      guard head.id == number else {
        if head.id == nil { state.events.append(String(decoding: answer, as: UTF8.self)) }
        continue
      }
      if let error = head.error {
        throw Browser.Failure.refused(method: method, reason: error.message)
      }
      return try JSONDecoder().decode(Answer<Result>.self, from: answer).result
    }
    throw Browser.Failure.silent(method: method)
  }

  /// The next message, or nil after half a minute of silence.
  private func nextMessage() -> Data? {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      if let end = state.unread.firstIndex(of: 0) {
        let message = Data(state.unread[..<end])
        state.unread.removeSubrange(...end)
        return message
      }
      var waiting = pollfd(fd: answers, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 30_000) > 0 else { return nil }
      let count = read(answers, &chunk, chunk.count)
      guard count > 0 else { return nil }
      state.unread += chunk[..<count]
    }
  }
}
