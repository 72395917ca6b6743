import Foundation

/// A few numbers that the program which tries inputs shares with the one that watches it.
final class Progress {
  enum Field: Int, CaseIterable {
    /// The input being tried; the count of all when done.
    case index
    case accepted
    case refused
    case faults
    /// Which input took longest, and how many microseconds.
    case slowest
    case longest
  }

  private let numbers: UnsafeMutablePointer<Int>

  /// - Throws: ``FuzzTarget/Fault`` if the file cannot be made.
  init(path: String) throws {
    let size = Field.allCases.count * MemoryLayout<Int>.size
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    defer { close(descriptor) }
    guard descriptor >= 0, ftruncate(descriptor, off_t(size)) == 0,
      let start = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
      start != MAP_FAILED
    else { throw FuzzTarget.Fault(reason: "\(path): \(String(cString: strerror(errno)))") }
    numbers = start.bindMemory(to: Int.self, capacity: Field.allCases.count)
  }

  deinit { munmap(numbers, Field.allCases.count * MemoryLayout<Int>.size) }

  subscript(field: Field) -> Int {
    get { numbers[field.rawValue] }
    set { numbers[field.rawValue] = newValue }
  }
}
