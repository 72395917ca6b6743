/// How far a pull is, all its files together.
package struct HubProgress: Sendable, Equatable {
  /// What gave reason to report.
  package enum Event: Sendable, Equatable {
    case advanced
    case started(file: String)
    case finished(file: String)
    /// Another process or task downloads it; its work will be used.
    case waiting(file: String)
    /// A line for the user: a new try, an answer from the cache.
    case note(String)
  }

  package var event = Event.advanced
  package var files = 0
  package var filesDone = 0
  package var bytes: Int64 = 0
  /// With what was there already.
  package var bytesDone: Int64 = 0
  /// Bytes per second of late; 0 as long as nothing arrived.
  package var rate = 0.0

  package init(event: Event = .advanced) { self.event = event }

  /// Nil while the rate is unknown.
  package var secondsLeft: Double? {
    rate > 0 ? Double(max(0, bytes - bytesDone)) / rate : nil
  }
}

/// Adds up what the files of a pull report, and tells the user at most ten times a second.
actor ProgressMeter {
  private var progress = HubProgress()
  private let report: @Sendable (HubProgress) -> Void
  private let now: @Sendable () -> Double
  private var arrivals: [(time: Double, bytes: Int64)] = []
  /// Bytes that came over the network.
  private(set) var arrived: Int64 = 0
  private var lastReport = -Double.infinity

  private static let interval = 0.1
  /// Seconds that the rate is taken over.
  private static let window = 10.0

  /// - Parameter now: Seconds from any beginning.
  init(
    _ report: @escaping @Sendable (HubProgress) -> Void,
    now: @escaping @Sendable () -> Double = ProgressMeter.clock
  ) {
    self.report = report
    self.now = now
  }

  static let clock: @Sendable () -> Double = {
    let start = ContinuousClock.now
    return { (ContinuousClock.now - start) / .seconds(1) }
  }()

  func begin(files: Int, bytes: Int64) {
    progress.files = files
    progress.bytes = bytes
    arrivals = [(now(), 0)]
    tell(.advanced)
  }

  /// Bytes that were there before, or were thrown away (negative).
  func count(present bytes: Int64) { progress.bytesDone += bytes }

  func count(arrived bytes: Int64) {
    progress.bytesDone += bytes
    arrived += bytes
    let time = now()
    guard time - lastReport >= Self.interval else { return }
    arrivals.append((time, arrived))
    let newest = arrivals.last?.time
    arrivals.removeAll { time - $0.time > Self.window && $0.time != newest }
    if let first = arrivals.first, time > first.time {
      progress.rate = Double(arrived - first.bytes) / (time - first.time)
    }
    tell(.advanced)
  }

  func finish(file: String) {
    progress.filesDone += 1
    tell(.finished(file: file))
  }

  func tell(_ event: HubProgress.Event) {
    lastReport = now()
    progress.event = event
    report(progress)
  }
}
