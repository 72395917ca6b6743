internal import Foundation

/// Where the hub and its cache are, read from the environment variables that the field's tools share.
///
/// - Source: huggingface_hub 2.4.0, `constants.py` and `utils/_auth.py`.
package struct HubSettings: Sendable {
  /// Scheme and host of the hub or a mirror, without a slash at the end.
  package var endpoint = "https://huggingface.co"
  package var cacheFolder: String
  /// Sent to the endpoint's own host alone.
  package var token: String?
  /// Whether only the cache is asked.
  package var isOffline = false
  /// For questions about files, in seconds.
  package var metadataTimeout = 10.0
  /// The longest silence within a download, in seconds.
  package var downloadTimeout = 10.0
  /// False keeps files in the snapshots themselves, for file systems without symbolic links.
  package var usesSymbolicLinks = true
  /// Files downloaded at the same time.
  package var parallelFiles = 4
  /// The address of a proxy that the endpoint is reached through, `http://[user:password@]host:port`.
  package var proxy: String?
  package var retries = RetryPolicy()
  /// Bytes that can still be written to the disk of a folder; nil if that is not known.
  package var freeBytes: @Sendable (String) -> Int64? = { folder in
    let found = try? FileManager.default.attributesOfFileSystem(forPath: folder)
    return (found?[.systemFreeSize] as? NSNumber)?.int64Value
  }

  package init(cacheFolder: String) { self.cacheFolder = cacheFolder }

  /// - Parameters:
  ///   - environment: The variables of the process.
  ///   - home: The user's folder.
  package init(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    home: String = NSHomeDirectory()
  ) {
    func value(_ names: String...) -> String? {
      names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }
    func isTrue(_ names: String...) -> Bool {
      names.contains { ["1", "ON", "YES", "TRUE"].contains(environment[$0]?.uppercased()) }
    }
    func seconds(_ name: String, _ standard: Double) -> Double {
      value(name).flatMap(Double.init).flatMap { $0 > 0 && $0.isFinite ? $0 : nil } ?? standard
    }
    func path(_ text: String) -> String {
      text == "~" ? home : text.rest(after: "~/").map { home + "/" + $0 } ?? text
    }
    let cache = value("XDG_CACHE_HOME").map(path) ?? home + "/.cache"
    let shared = value("HF_HOME").map(path) ?? cache + "/huggingface"
    cacheFolder = value("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE").map(path) ?? shared + "/hub"
    if let named = value("HF_ENDPOINT") {
      endpoint = named
      while endpoint.hasSuffix("/") { endpoint.removeLast() }
    }
    isOffline = isTrue("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
    metadataTimeout = seconds("HF_HUB_ETAG_TIMEOUT", metadataTimeout)
    downloadTimeout = seconds("HF_HUB_DOWNLOAD_TIMEOUT", downloadTimeout)
    usesSymbolicLinks = !isTrue("HF_HUB_DISABLE_SYMLINKS")
    if !isTrue("HF_HUB_DISABLE_IMPLICIT_TOKEN") {
      let file = value("HF_TOKEN_PATH").map(path) ?? shared + "/token"
      let written =
        value("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
        ?? (try? String(contentsOfFile: file, encoding: .utf8))
      let clean = written?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
      // A token that cannot stand in a header is none; a line break in it would make two headers.
      token = clean.isEmpty || !clean.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? nil : clean
    }
    proxy = Self.proxy(of: endpoint, value)
  }

  private static func proxy(of endpoint: String, _ value: (String...) -> String?) -> String? {
    guard let url = URL(string: endpoint), let host = url.host else { return nil }
    let excepted = (value("NO_PROXY", "no_proxy") ?? "").split(separator: ",")
      .map { $0.trimmingCharacters(in: .whitespaces) }
    let isExcepted = excepted.contains { name in
      let name = name.hasPrefix(".") ? String(name.dropFirst()) : name
      return name == "*" || host == name || (!name.isEmpty && host.hasSuffix("." + name))
    }
    if isExcepted { return nil }
    return url.scheme == "http"
      ? value("http_proxy", "all_proxy", "ALL_PROXY")
      : value("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
  }
}
