internal import CTorch
import Synchronization

/// What libtorch said when something failed for a reason from outside the program.
package struct TorchError: Error, Equatable, CustomStringConvertible {
  package let message: String
  package init(_ message: String) { self.message = message }
  package var description: String { message }

  /// The message of the calling thread's last failure.
  static var last: TorchError { TorchError(String(cString: ct_error())) }
}

/// Throws the last failure unless `succeeded`.
func check(_ succeeded: Bool) throws(TorchError) {
  if !succeeded { throw TorchError.last }
}

/// Collects the first failure of the operations run in its scope.
final class FailureScope: Sendable {
  private let first = Mutex<TorchError?>(nil)

  func record(_ error: TorchError) { first.withLock { $0 = $0 ?? error } }
  var failure: TorchError? { first.withLock { $0 } }

  @TaskLocal static var current: FailureScope?
}

/// Runs `body`, throwing what would otherwise stop the program in a tensor operation.
///
/// For the path from a request to its answer, where running out of memory must not end a server.
/// After a failed operation the rest of `body` works on missing tensors, which is harmless: every
/// operation on one fails too, and only the first failure is thrown.
///
/// - Throws: ``TorchError`` with libtorch's message, or what `body` throws.
package func catchingTorchErrors<Result>(_ body: () throws -> Result) throws -> Result {
  let scope = FailureScope()
  let result = try FailureScope.$current.withValue(scope) { try body() }
  if let failure = scope.failure { throw failure }
  return result
}
