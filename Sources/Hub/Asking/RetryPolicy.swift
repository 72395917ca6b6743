internal import Foundation

/// How often and when a request is tried again.
package struct RetryPolicy: Sendable {
  package var tries = 5
  /// Before the second try, in seconds; doubled before each further one.
  package var firstDelay = 1.0
  package var longestDelay = 30.0
  /// A server that asks for a longer wait, in seconds, is taken at its word by giving up.
  package var longestWait = 120.0
  package var sleep: @Sendable (Double) async throws -> Void = { seconds in
    try await Task.sleep(for: .seconds(seconds))
  }

  package init() {}

  /// Seconds to wait after a number of failed tries.
  func delay(after failures: Int) -> Double {
    min(firstDelay * pow(2, Double(failures - 1)), longestDelay)
  }

  /// What a `Retry-After` says, in seconds: a number or a date.
  static func seconds(retryAfter text: String?, now: Date = Date()) -> Double? {
    guard let text = text?.trimmingCharacters(in: .whitespaces) else { return nil }
    if let seconds = Double(text) { return seconds.isFinite ? max(0, seconds) : nil }
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(identifier: "GMT")
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
    return format.date(from: text).map { max(0, $0.timeIntervalSince(now)) }
  }

  /// Whether the same request may succeed later.
  static func isWorthRetrying(status: Int) -> Bool {
    status == 408 || status == 429 || (status >= 500 && status != 501)
  }
}
