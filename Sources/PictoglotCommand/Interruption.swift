import Dispatch
import Foundation
import Synchronization

/// Thrown when a person stopped the work with Ctrl-C; the program ends with status 130.
struct Interrupted: Error {}

/// Ctrl-C and SIGTERM as a question that long work asks between steps.
///
/// The first signal is noted; another one, half a second later or more, ends the program at once.
/// Some programs send one twice: a terminal and `timeout` to all of a group.
final class Interruption: Sendable {
  private static let first = Mutex<ContinuousClock.Instant?>(nil)
  // Sources are only kept alive here; they are made to be used from any thread.
  private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

  /// Begins to catch the signals.
  init(_ message: String) {
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        let isAgain = Self.first.withLock { first -> Bool? in
          defer { first = first ?? .now }
          return first.map { ContinuousClock.now - $0 >= .milliseconds(500) }
        }
        switch isAgain {
        case nil: Console.error(message)
        // Nothing is torn down: other threads are computing.
        case true?: _exit(130)
        case false?: break
        }
      }
      source.resume()
      return source
    }
  }

  var isRequested: Bool { Self.first.withLock { $0 != nil } }
}
