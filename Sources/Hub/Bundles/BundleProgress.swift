/// Counts the bytes of a bundle that is being packed or unpacked.
final class BundleProgress {
  private let total: Int64
  private var done: Int64 = 0
  private let report: (_ done: Int64, _ total: Int64) -> Void

  init(of total: Int64, _ report: @escaping (_ done: Int64, _ total: Int64) -> Void) {
    self.total = total
    self.report = report
  }

  func advance(by bytes: Int) {
    done += Int64(bytes)
    report(done, total)
  }
}
