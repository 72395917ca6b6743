import Foundation

/// Tries inputs one after the other, in a process of its own: a crash ends only that.
struct Worker {
  let target: FuzzTarget
  let seed: UInt64
  /// Where the input is that is being tried.
  let folder: String
  let findings: Findings

  func run(_ indexes: Range<Int>) throws {
    let progress = try Progress(path: folder + "/progress")
    for (name, bytes) in target.companions {
      let place = URL(fileURLWithPath: folder + "/" + name)
      try FileManager.default.createDirectory(
        at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: place)
    }
    let path = folder + "/" + target.fileName
    let clock = ContinuousClock()
    let watch = getppid()
    for index in indexes {
      // Nobody watches any more.
      guard getppid() == watch else { return }
      var random = RandomNumbers(seed: seed, stream: UInt64(index))
      let input = target.mutator.input(&random)
      // First on the disk, so that it is there after a crash.
      try save(input, path)
      progress[.index] = index
      let start = clock.now
      defer { note(clock.now - start, of: index, in: progress) }
      do {
        switch try target.read(path) {
        case .accepted: progress[.accepted] += 1
        case .refused: progress[.refused] += 1
        }
      } catch {
        progress[.faults] += 1
        guard progress[.faults] <= Findings.maximum else { continue }
        let reason = (error as? FuzzTarget.Fault)?.reason ?? "throws \(error)"
        try findings.keep(input, of: target.name, index: index, reason)
      }
    }
    progress[.index] = indexes.upperBound
  }

  private func note(_ time: Duration, of index: Int, in progress: Progress) {
    let microseconds = Int(time / .microseconds(1))
    guard microseconds > progress[.longest] else { return }
    progress[.longest] = microseconds
    progress[.slowest] = index
  }

  /// A new file each time: the last one may still be mapped.
  private func save(_ bytes: [UInt8], _ path: String) throws {
    unlink(path)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    defer { close(descriptor) }
    guard descriptor >= 0, write(descriptor, bytes, bytes.count) == bytes.count else {
      throw FuzzTarget.Fault(reason: "\(path): \(String(cString: strerror(errno)))")
    }
  }
}
