import Dispatch
import Foundation
import Synchronization

/// Thrown when a person stopped the work with Ctrl-C; the program ends with status 130.
struct Interrupted: Error {}

/// Ctrl-C and SIGTERM as a question that long work asks between steps.
///
/// The first signal is noted; the second one ends the program at once.
final class Interruption: Sendable {
  private static let count = Atomic(0)
  // Sources are only kept alive here; they are made to be used from any thread.
  private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

  /// Begins to catch the signals.
  init(_ message: String) {
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if Self.count.add(1, ordering: .relaxed).newValue > 1 { exit(130) }
        Console.error(message)
      }
      source.resume()
      return source
    }
  }

  var isRequested: Bool { Self.count.load(ordering: .relaxed) > 0 }
}
