import CScan
import Files

/// A row and how near it is.
package struct Neighbour: Sendable, Equatable {
  /// The row of the index.
  package var row: Int
  /// The cosine, in [−1, 1].
  package var score: Float
}

/// Rows of vectors, in mapped files or in memory, and the exact search over them.
struct VectorTable: Sendable {
  private enum Rows: Sendable {
    case file(MappedFile)
    case memory([Float])
  }

  let type: VectorType
  let count: Int
  let width: Int
  private let scanned: Rows
  private let scales: MappedFile?
  private let rescoring: MappedFile?

  /// Opens the files whose names end in `suffix` (see ``VectorWriter``).
  init(
    folder: String, suffix: String, type: VectorType, count: Int, width: Int,
    isFinished: Bool = true
  ) throws(IndexError) {
    self.type = type
    self.count = count
    self.width = width
    let names = VectorFileNames(folder: folder, suffix: suffix)
    func map(_ path: String, _ type: cscan_type, width: Int?) throws(IndexError) -> MappedFile {
      try NumberFile.map(path, type, rows: count, width: width, isFinished: isFinished)
    }
    scanned = .file(try map(names.vectors, type.scanned, width: width))
    guard type == .int8 else {
      (scales, rescoring) = (nil, nil)
      return
    }
    scales = try map(names.scales, CSCAN_FLOAT32, width: nil)
    rescoring = try map(names.rescoring, CSCAN_FLOAT16, width: width)
  }

  /// Rows in memory: vectors of length one, one after the other.
  init(_ numbers: [Float], count: Int, width: Int) {
    precondition(numbers.count == count * width, "\(numbers.count) numbers of \(count) × \(width)")
    type = .float32
    self.count = count
    self.width = width
    scanned = .memory(numbers)
    (scales, rescoring) = (nil, nil)
  }

  /// Calls `body` with the rows to scan.
  private func withRows<Result>(_ body: (cscan_rows) throws -> Result) rethrows -> Result {
    func rows(_ numbers: UnsafeRawPointer?, _ factors: UnsafePointer<Float>?) -> cscan_rows {
      cscan_rows(values: numbers, scales: factors, width: width, type: type.scanned)
    }
    switch scanned {
    case .memory(let numbers):
      return try numbers.withUnsafeBytes { try body(rows($0.baseAddress, nil)) }
    case .file(let file):
      let numbers = file.bytes.baseAddress.map { $0 + NumberFile.headerSize }
      let factors = scales?.bytes.baseAddress.map {
        ($0 + NumberFile.headerSize).assumingMemoryBound(to: Float.self)
      }
      return try withExtendedLifetime((file, scales)) { try body(rows(numbers, factors)) }
    }
  }

  /// Calls `body` with the rows that give the final scores.
  private func withExactRows<Result>(_ body: (cscan_rows) throws -> Result) rethrows -> Result {
    guard let rescoring else { return try withRows(body) }
    let numbers = rescoring.bytes.baseAddress.map { $0 + NumberFile.headerSize }
    return try withExtendedLifetime(rescoring) {
      try body(cscan_rows(values: numbers, scales: nil, width: width, type: CSCAN_FLOAT16))
    }
  }

  /// Finds the rows nearest to a vector of length one, the best first; `allowed` has one bit a row.
  ///
  /// - Complexity: One pass over all vectors; from some megabytes on, on all cores.
  func nearest(to vector: [Float], limit: Int, allowed: [UInt8]?) -> [Neighbour] {
    let limit = min(limit, count)
    guard vector.count == width, limit > 0 else { return [] }
    // Rounding to bytes moves scores by less than the hits of a few places are apart.
    let wanted = type == .int8 ? min(count, 4 * limit + 64) : limit
    let found = scan(vector, limit: wanted, allowed: allowed)
    guard type == .int8 else { return found }
    let scores = scores(of: found.map { Int64($0.row) }, vector)
    let again = zip(found, scores).map { Neighbour(row: $0.row, score: $1) }
    return Array(again.sorted(by: Self.isBetter).prefix(limit))
  }

  /// The rows nearest to a vector of length one, and with them all whose score is that of the last:
  /// which of equal ones come first is not for their places to say.
  ///
  /// - Parameters:
  ///   - limit: At least 1.
  ///   - allowed: One bit a row, or nil for all.
  /// - Returns: Scores are in [−1, 1].
  /// - Complexity: That of ``nearest(to:limit:allowed:)``, but where more than one row has the last
  ///   score: then it is passed over again.
  func nearestWithTies(to vector: [Float], limit: Int, allowed: [UInt8]?) -> [Neighbour] {
    var wanted = min(limit, count) + 1
    while true {
      let found = nearest(to: vector, limit: wanted, allowed: allowed).map {
        Neighbour(row: $0.row, score: clamped($0.score))
      }
      guard found.count > limit, let last = found.last else { return found }
      let cut = found[limit - 1].score
      if last.score < cut { return Array(found.prefix { $0.score >= cut }) }
      guard found.count == wanted, wanted < count else { return found }
      wanted = min(count, 2 * wanted)
    }
  }

  private static func isBetter(_ a: Neighbour, _ b: Neighbour) -> Bool {
    a.score > b.score || (a.score == b.score && a.row < b.row)
  }

  private func scan(_ vector: [Float], limit: Int, allowed: [UInt8]?) -> [Neighbour] {
    let bytesARow = width * NumberFile.layout(of: type.scanned).size
    let rowsATask = max(1, (4 << 20) / bytesARow)
    let tasks = max(1, (count + rowsATask - 1) / rowsATask)
    guard tasks > 1 else { return scan(vector, 0..<count, limit: limit, allowed: allowed) }
    let found = concurrentMap(tasks) { task in
      let rows = task * rowsATask..<min(count, (task + 1) * rowsATask)
      return scan(vector, rows, limit: limit, allowed: allowed)
    }
    return Array(found.joined().sorted(by: Self.isBetter).prefix(limit))
  }

  private func scan(
    _ vector: [Float], _ rows: Range<Int>, limit: Int, allowed: [UInt8]?
  ) -> [Neighbour] {
    let room = min(limit, rows.count)
    let hits = [cscan_hit](unsafeUninitializedCapacity: room) { buffer, filled in
      filled = withRows { table in
        withUnsafePointer(to: table) { table in
          if let allowed {
            cscan_nearest(
              table, vector, allowed, Int64(rows.lowerBound), Int64(rows.upperBound), room,
              buffer.baseAddress)
          } else {
            cscan_nearest(
              table, vector, nil, Int64(rows.lowerBound), Int64(rows.upperBound), room,
              buffer.baseAddress)
          }
        }
      }
    }
    return hits.map { Neighbour(row: Int($0.row), score: $0.score) }
  }

  private func scores(of rows: [Int64], _ vector: [Float]) -> [Float] {
    [Float](unsafeUninitializedCapacity: rows.count) { buffer, filled in
      withExactRows { table in
        withUnsafePointer(to: table) {
          cscan_scores($0, vector, rows, rows.count, buffer.baseAddress)
        }
      }
      filled = rows.count
    }
  }

  /// The dot products of all rows with a vector, as exact as they are stored.
  func scores(of vector: [Float]) -> [Float] {
    let rowsATask = max(1, (4 << 20) / (width * 2))
    let tasks = (count + rowsATask - 1) / rowsATask
    let found = concurrentMap(tasks) { task in
      let rows = task * rowsATask..<min(count, (task + 1) * rowsATask)
      return scores(of: rows.map { Int64($0) }, vector)
    }
    return found.flatMap { $0 }
  }

  /// The numbers of one row, as exact as they are stored.
  func vector(at row: Int) -> [Float] {
    precondition(row >= 0 && row < count, "row \(row) of \(count)")
    return withExactRows { table in
      [Float](unsafeUninitializedCapacity: width) { buffer, filled in
        filled = width
        guard let values = table.values, let out = buffer.baseAddress else { return }
        if table.type == CSCAN_FLOAT16 {
          let halves = values.assumingMemoryBound(to: UInt16.self)
          cscan_from_float16(halves + row * width, width, out)
        } else {
          let floats = values.assumingMemoryBound(to: Float.self)
          out.initialize(from: floats + row * width, count: width)
        }
      }
    }
  }
}

/// A dot product of vectors of length one as a cosine: rounding may have carried it beyond 1.
func clamped(_ score: Float) -> Float { min(1, max(-1, score)) }
