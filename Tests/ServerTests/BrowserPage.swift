import Foundation
import Testing

/// A tab of a browser.
struct BrowserPage: Sendable {
  let connection: DevToolsPipe
  let session: String

  private struct Nothing: Decodable {}

  func call(_ method: String, _ parameters: String = "{}") async throws {
    let _: Nothing = try await connection.call(method, parameters, session: session)
  }

  func open(_ address: String) async throws {
    try await call("Page.navigate", #"{"url": \#(Self.json(address))}"#)
    try await wait("document.readyState === 'complete' && location.href !== 'about:blank'")
  }

  func resize(width: Int, height: Int, isPhone: Bool = false) async throws {
    try await call(
      "Emulation.setDeviceMetricsOverride",
      #"{"width": \#(width), "height": \#(height), "deviceScaleFactor": 1, "mobile": \#(isPhone)}"#)
  }

  static func json(_ text: String) -> String {
    (try? JSONEncoder().encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
  }

  // MARK: - Looking

  private struct Evaluation: Decodable {
    struct Value: Decodable {
      var value: String?
    }
    struct Problem: Decodable {
      struct Thrown: Decodable {
        var description: String?
      }
      var text: String
      var exception: Thrown?
    }
    var result: Value
    var exceptionDetails: Problem?
  }

  /// The value of an expression of JavaScript.
  func value<Value: Decodable & Sendable>(_ script: String) async throws -> Value {
    let whole = "(async () => JSON.stringify(await (\(script))))()"
    let evaluation: Evaluation = try await connection.call(
      "Runtime.evaluate",
      #"{"expression": \#(Self.json(whole)), "awaitPromise": true, "userGesture": true}"#,
      session: session)
    if let problem = evaluation.exceptionDetails {
      throw Browser.Failure.script(problem.exception?.description ?? problem.text)
    }
    return try JSONDecoder().decode(
      Value.self, from: Data((evaluation.result.value ?? "null").utf8))
  }

  func run(_ script: String) async throws {
    let _: Int = try await value("(() => { \(script); return 0 })()")
  }

  /// Waits until an expression is true.
  func wait(
    _ condition: String, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    for _ in 0..<400 {
      // A page that is being replaced by another refuses to answer, and may be asked again.
      if let isTrue: Bool = try? await value("!!(\(condition))"), isTrue { return }
      try await Task.sleep(for: .milliseconds(25))
    }
    Issue.record("never came true: \(condition)", sourceLocation: sourceLocation)
  }

  /// Messages of the page that tell of something wrong.
  func complaints() async -> [String] {
    await connection.takeEvents().filter {
      $0.contains("Runtime.exceptionThrown") || $0.contains("\"level\":\"error\"")
        || $0.contains("\"type\":\"error\"")
    }
  }

  private struct Screenshot: Decodable {
    var data: Data
  }

  /// A picture of the page as PNG; kept where `PICTOGLOT_SCREENSHOTS` names a folder.
  @discardableResult
  func screenshot(_ name: String) async throws -> [UInt8] {
    let shot: Screenshot = try await connection.call(
      "Page.captureScreenshot", #"{"format": "png"}"#, session: session)
    if let folder = ProcessInfo.processInfo.environment["PICTOGLOT_SCREENSHOTS"] {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try shot.data.write(to: URL(fileURLWithPath: "\(folder)/\(name).png"))
    }
    return Array(shot.data)
  }

  // MARK: - Acting

  /// Types as an input method does, in any script.
  func type(_ text: String) async throws {
    try await call("Input.insertText", #"{"text": \#(Self.json(text))}"#)
  }

  /// Presses and lets go a key such as `Enter`, `ArrowDown` or `/`.
  func press(_ key: String) async throws {
    let codes = [
      "Enter": 13, "Escape": 27, "-": 189, "+": 187, "ArrowLeft": 37, "ArrowUp": 38,
      "ArrowRight": 39,
      "ArrowDown": 40, "Tab": 9, "/": 191, "End": 35, "Home": 36,
    ]
    let text = key == "Enter" ? #", "text": "\r""# : key == "/" ? #", "text": "/""# : ""
    for type in [text.isEmpty ? "rawKeyDown" : "keyDown", "keyUp"] {
      try await call(
        "Input.dispatchKeyEvent",
        #"{"type": "\#(type)", "key": "\#(key)", "code": "\#(key == "/" ? "Slash" : key)", "#
          + #""windowsVirtualKeyCode": \#(codes[key] ?? 0)\#(type == "keyUp" ? "" : text)}"#)
    }
  }

  /// Clicks with the mouse on the middle of an element, which must be on top there.
  func click(_ selector: String) async throws {
    struct Place: Decodable, Sendable {
      var x: Double
      var y: Double
      var isOnTop: Bool
    }
    let element = "document.querySelector(\(Self.json(selector)))"
    try await wait("document.readyState === 'complete' && \(element)")
    let place: Place = try await value(
      """
      (() => { const e = \(element); e.scrollIntoView({block: 'nearest'});
        const r = e.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2;
        return {x, y, isOnTop: e.contains(document.elementFromPoint(x, y))} })()
      """)
    #expect(place.isOnTop, "\(selector) is covered")
    for type in ["mousePressed", "mouseReleased"] {
      try await call(
        "Input.dispatchMouseEvent",
        #"{"type": "\#(type)", "x": \#(place.x), "y": \#(place.y), "button": "left", "#
          + #""clickCount": 1}"#)
    }
  }

  private struct Node: Decodable {
    struct Root: Decodable {
      var nodeId: Int
    }
    var root: Root?
    var nodeId: Int?
  }

  /// Chooses a file in a file field, as its picker would.
  func choose(_ path: String, in selector: String) async throws {
    let document: Node = try await connection.call("DOM.getDocument", session: session)
    let field: Node = try await connection.call(
      "DOM.querySelector",
      #"{"nodeId": \#(document.root?.nodeId ?? 0), "selector": \#(Self.json(selector))}"#,
      session: session)
    try await call(
      "DOM.setFileInputFiles",
      #"{"nodeId": \#(field.nodeId ?? 0), "files": [\#(Self.json(path))]}"#)
  }
}
