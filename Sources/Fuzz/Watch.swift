import Foundation

/// Runs workers, watches their time and memory, and begins anew behind an input that ended one.
struct Watch {
  let target: FuzzTarget
  let findings: Findings
  let seconds: Double
  let megabytes: Int

  /// - Returns: How many inputs broke something.
  func run(_ indexes: Range<Int>, seed: UInt64, fixtures: String) throws -> Int {
    let folder = NSTemporaryDirectory() + "/pictoglot-fuzz-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let progress = try Progress(path: folder + "/progress")
    let clock = ContinuousClock()
    let begin = clock.now
    var next = indexes.lowerBound
    while next < indexes.upperBound {
      progress[.index] = next
      let worker = Process()
      worker.executableURL = Bundle.main.executableURL
      worker.arguments = [
        target.name, "--first", "\(next)", "--inputs", "\(indexes.upperBound - next)", "--seed",
        "\(seed)", "--keep", findings.folder, "--fixtures", fixtures, "--work", folder,
      ]
      let errors = folder + "/errors"
      _ = FileManager.default.createFile(atPath: errors, contents: nil)
      worker.standardError = FileHandle(forWritingAtPath: errors)
      // The reason alone: finding out where takes half a second. And one thread: on a busy machine,
      // threads that wait for each other make a tiny model take seconds.
      worker.environment = ProcessInfo.processInfo.environment.merging(
        ["SWIFT_BACKTRACE": "enable=no", "OMP_NUM_THREADS": "1"], uniquingKeysWith: { $1 })
      try worker.run()
      let reason = observe(worker, progress)
      worker.waitUntilExit()
      let stopped = progress[.index]
      guard stopped < indexes.upperBound else { break }
      let input = [UInt8](
        try Data(contentsOf: URL(fileURLWithPath: folder + "/" + target.fileName)))
      progress[.faults] += 1
      if progress[.faults] <= Findings.maximum {
        let words = (try? String(contentsOfFile: errors, encoding: .utf8))?.prefix(300) ?? ""
        try findings.keep(
          input, of: target.name, index: stopped,
          reason ?? "ends the program (\(worker.terminationStatus)): \(words)")
      }
      next = stopped + 1
    }
    let time = (clock.now - begin) / .seconds(1)
    let padding = String(repeating: " ", count: max(1, 16 - target.name.count))
    print(
      "\(target.name)\(padding)\(indexes.count) inputs, \(progress[.accepted]) read, "
        + "\(progress[.refused]) refused, \(progress[.faults]) faults, "
        + "\(Int(Double(indexes.count) / time)) a second, at most "
        + "\(progress[.longest] / 1000) ms (input \(progress[.slowest]))")
    return progress[.faults]
  }

  /// Waits for the worker's end, or ends it.
  ///
  /// - Returns: Why it was ended.
  private func observe(_ worker: Process, _ progress: Progress) -> String? {
    let clock = ContinuousClock()
    var (index, since) = (progress[.index], clock.now)
    while worker.isRunning {
      Thread.sleep(forTimeInterval: 0.02)
      let now = progress[.index]
      if now != index {
        (index, since) = (now, clock.now)
      } else if clock.now - since > .seconds(seconds) {
        kill(worker.processIdentifier, SIGKILL)
        return "takes more than \(seconds) seconds"
      }
      if let used = memory(worker.processIdentifier), used > megabytes {
        kill(worker.processIdentifier, SIGKILL)
        return "fills \(used) megabytes"
      }
    }
    return nil
  }

  /// Megabytes that a process fills; nil where the system does not say.
  private func memory(_ process: Int32) -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8),
      let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { return nil }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE))) >> 20
  }
}
