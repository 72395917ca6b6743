import Crypto
package import Foundation
import Synchronization

/// A server on this machine that answers as the hub does, and one beside it for its storage.
///
/// Small files are answered after a redirect within the hub, large ones after a redirect to the
/// storage, which is another host (`localhost`, the hub is `127.0.0.1`) and another port.
package final class FakeHub: Sendable {
  package struct Request: Sendable {
    package let method: String
    package let path: String
    package let headers: [String: String]
    package let isToStorage: Bool
    /// How many requests with this method and path came before.
    package let before: Int
  }

  package struct Reply: Sendable {
    package var status = 200
    package var headers: [String: String] = [:]
    package var body = Data()
    /// Cuts the connection after so many bytes of the body.
    package var cutAfter: Int?
    /// With a cut: the connection stays open, silent, until this is true.
    package var isReleased: (@Sendable () -> Bool)?

    package init(
      status: Int = 200, headers: [String: String] = [:], body: Data = Data(), cutAfter: Int? = nil
    ) {
      self.status = status
      self.headers = headers
      self.body = body
      self.cutAfter = cutAfter
    }
  }

  /// A file of a repository; large ones lie in the storage.
  package typealias File = (path: String, bytes: Data, isLarge: Bool)
  package typealias Tamper = @Sendable (Request, Reply) -> Reply

  package static let commit = "0123456789abcdef0123456789abcdef01234567"

  private let hub: Listener
  private let storage: Listener
  private let log: Log

  /// - Parameter tamper: Sees each request with the answer that it would get, and gives another.
  package convenience init(
    _ files: [File] = FakeHub.tiny, tamper: @escaping Tamper = { _, reply in reply }
  ) throws {
    try self.init(repositories: ["tiny/model": files], tamper: tamper)
  }

  /// - Parameter repositories: The files of each, by its name.
  package init(
    repositories: [String: [File]], tamper: @escaping Tamper = { _, reply in reply }
  ) throws {
    let log = Log()
    self.log = log
    let storage = try Listener()
    self.storage = storage
    hub = try Listener()
    let contents = repositories.map {
      Content(repository: $0, files: $1, storage: "http://localhost:\(storage.port)")
    }
    for (listener, isToStorage) in [(hub, false), (storage, true)] {
      listener.serve { method, path, headers in
        let before = log.requests.withLock { requests in
          requests.count { $0.method == method && $0.path == path }
        }
        let request = Request(
          method: method, path: path, headers: headers, isToStorage: isToStorage, before: before)
        log.requests.withLock { $0.append(request) }
        return tamper(request, Content.reply(request, contents))
      }
    }
  }

  package var endpoint: String { "http://127.0.0.1:\(hub.port)" }

  /// What was asked, in order of arrival.
  package var requests: [Request] { log.requests.withLock { $0 } }

  private final class Log: Sendable {
    let requests = Mutex<[Request]>([])
  }

  package static let tiny: [File] = [
    ("README.md", Data("---\nlicense: cc-by-nc-4.0\n---\n# A model\n".utf8), false),
    ("config.json", Data("{\"width\": 8}".utf8), false),
    ("tokenizer/vocab é.txt", Data("hund\nkatze\n".utf8), false),
    ("model.safetensors", weights, true),
  ]

  package static let weights = Data((0..<300_000).map { UInt8(truncatingIfNeeded: ($0 * $0) >> 3) })

  package static func sha256(_ bytes: Data) -> String { hex(SHA256.hash(data: bytes)) }

  package static func git(_ bytes: Data) -> String {
    hex(Insecure.SHA1.hash(data: Data("blob \(bytes.count)\0".utf8) + bytes))
  }

  private static func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

/// What the fake hub says when nobody tampers with it.
private struct Content: Sendable {
  let repository: String
  let files: [FakeHub.File]
  let storage: String

  /// The answer of the repository that a request is about.
  static func reply(_ request: FakeHub.Request, _ contents: [Content]) -> FakeHub.Reply {
    let replies = contents.lazy.map { $0.reply(request) }
    return replies.first { $0.status < 400 || $0.status == 416 }
      ?? replies.min { $0.status > $1.status } ?? .init(status: 404)
  }

  private func reply(_ request: FakeHub.Request) -> FakeHub.Reply {
    let path = request.path.split(separator: "?")[0].removingPercentEncoding ?? ""
    let commit = FakeHub.commit
    if request.isToStorage {
      let file = files.first { path == "/blob/" + FakeHub.sha256($0.bytes) }
      return file.map { ranged($0.bytes, request) } ?? .init(status: 404)
    }
    let api = "/api/models/\(repository)"
    for revision in ["main", commit, "refs/pr/1"] where path == "\(api)/revision/\(revision)" {
      return json(
        ["sha": commit, "tags": ["clip", "license:mit"], "cardData": ["license": "cc-by-nc-4.0"]])
    }
    if path == "\(api)/tree/\(commit)" { return tree(request) }
    for file in files {
      if path == "/\(repository)/resolve/\(commit)/\(file.path)" { return found(file) }
      if path == "/api/resolve-cache/models/\(repository)/\(commit)/\(file.path)" {
        var reply = ranged(file.bytes, request)
        reply.headers["ETag"] = "\"\(FakeHub.git(file.bytes))\""
        reply.headers["X-Repo-Commit"] = commit
        return reply
      }
    }
    let isKnown = path.contains("\(repository)/")
    let code = path.contains("/revision/") ? "RevisionNotFound" : "EntryNotFound"
    return .init(
      status: isKnown ? 404 : 401, headers: ["X-Error-Code": isKnown ? code : "RepoNotFound"])
  }

  private func found(_ file: FakeHub.File) -> FakeHub.Reply {
    let commit = FakeHub.commit
    guard file.isLarge else {
      let escaped = file.path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? ""
      return .init(
        status: 307,
        headers: [
          "Location": "/api/resolve-cache/models/\(repository)/\(commit)/\(escaped)",
          "X-Repo-Commit": commit, "ETag": "W/\"of the redirect itself\"",
        ])
    }
    let hash = FakeHub.sha256(file.bytes)
    return .init(
      status: 302,
      headers: [
        "Location": "\(storage)/blob/\(hash)?Signature=a%2Fb~c", "X-Repo-Commit": commit,
        "X-Linked-Etag": "\"\(hash)\"", "X-Linked-Size": "\(file.bytes.count)",
      ])
  }

  /// Two entries a page.
  private func tree(_ request: FakeHub.Request) -> FakeHub.Reply {
    var entries: [[String: Any]] = files.map { file in
      var entry: [String: Any] = [
        "type": "file", "path": file.path, "size": file.bytes.count,
        "oid": FakeHub.git(file.bytes),
      ]
      if file.isLarge {
        entry["lfs"] = [
          "oid": FakeHub.sha256(file.bytes), "size": file.bytes.count, "pointerSize": 134,
        ]
      }
      return entry
    }
    entries.insert(["type": "directory", "path": "tokenizer", "oid": "", "size": 0], at: 0)
    let start = request.path.components(separatedBy: "cursor=").last.flatMap { Int($0) } ?? 0
    var reply = json(Array(entries.dropFirst(start).prefix(2)))
    if start + 2 < entries.count, let host = request.headers["host"] {
      let path = "http://\(host)/api/models/\(repository)/tree/\(FakeHub.commit)"
      reply.headers["Link"] = "<\(path)?recursive=true&cursor=\(start + 2)>; rel=\"next\""
    }
    return reply
  }

  private func json(_ value: Any) -> FakeHub.Reply {
    let body = (try? JSONSerialization.data(withJSONObject: value)) ?? Data()
    return .init(headers: ["Content-Type": "application/json"], body: body)
  }

  private func ranged(_ bytes: Data, _ request: FakeHub.Request) -> FakeHub.Reply {
    guard let range = request.headers["range"],
      let start = Int(range.dropFirst("bytes=".count).prefix { $0 != "-" })
    else { return .init(body: bytes) }
    guard start < bytes.count else { return .init(status: 416) }
    return .init(
      status: 206,
      headers: ["Content-Range": "bytes \(start)-\(bytes.count - 1)/\(bytes.count)"],
      body: Data(bytes[start...]))
  }
}

/// A socket that takes one request a connection.
private final class Listener: Sendable {
  let port: Int
  private let descriptor: Int32

  init() throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let socket = descriptor
    let isListening = withUnsafeMutableBytes(of: &address) { bytes in
      guard let place = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else {
        return false
      }
      return bind(socket, place, size) == 0 && listen(socket, 64) == 0
        && getsockname(socket, place, &size) == 0
    }
    guard isListening else { throw POSIXError(.EADDRNOTAVAIL) }
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit {
    // Closing alone would leave the thread waiting.
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }

  func serve(
    _ answer: @escaping @Sendable (String, String, [String: String]) -> FakeHub.Reply
  ) {
    let descriptor = descriptor
    Thread.detachNewThread {
      while true {
        let connection = accept(descriptor, nil, nil)
        guard connection >= 0 else { return }
        Thread.detachNewThread {
          Self.talk(connection, answer)
          close(connection)
        }
      }
    }
  }

  private static func talk(
    _ connection: Int32, _ answer: (String, String, [String: String]) -> FakeHub.Reply
  ) {
    var bytes: [UInt8] = []
    while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      var byte: UInt8 = 0
      guard recv(connection, &byte, 1, 0) == 1 else { return }
      bytes.append(byte)
    }
    let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
    let words = lines[0].components(separatedBy: " ")
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] =
        line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    let reply = answer(words[0], words[1], headers)
    var head = "HTTP/1.1 \(reply.status) Fine\r\nConnection: close\r\n"
    head += "Content-Length: \(reply.body.count)\r\n"
    for (name, value) in reply.headers { head += "\(name): \(value)\r\n" }
    send(Data((head + "\r\n").utf8), to: connection)
    guard words[0] != "HEAD" else { return }
    send(reply.body.prefix(reply.cutAfter ?? reply.body.count), to: connection)
    // Two minutes at most, should a test have failed: tests that train may keep the cores for long.
    for _ in 0..<12_000 where reply.isReleased?() == false { usleep(10_000) }
  }

  private static func send(_ bytes: Data, to connection: Int32) {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
