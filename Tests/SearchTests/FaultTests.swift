import Files
import Foundation
import TestSupport
import Testing

@testable import Search

@Suite("Faults while an index is built")
struct FaultTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func vector(_ row: Int) -> [Float] { [Float(row + 1), 1] }

  /// Builds an index of `rows`; `embedded` gets each row that was given with its vector.
  private func build(
    _ rows: Range<Int>, _ type: VectorType, embedded: inout Set<Int>
  ) throws -> Int {
    let settings = IndexSettings(model: testModel, width: 2, type: type)
    let builder = try IndexBuilder(folder("index"), settings: settings)
    for row in rows {
      if try builder.reuses(testEntry(row)) { continue }
      try builder.add([testEntry(row)], vectors: [vector(row)])
      embedded.insert(row)
    }
    try builder.finish()
    return builder.reusedCount
  }

  @Test(
    "Whichever operation fails, the old index opens whole and nothing is embedded twice",
    arguments: VectorType.allCases, [false, true])
  func everyOperation(type: VectorType, hasOldIndex: Bool) throws {
    var number = 1
    while true {
      try? FileManager.default.removeItem(atPath: folder("index"))
      var embedded: Set<Int> = []
      if hasOldIndex { _ = try build(0..<3, type, embedded: &embedded) }
      let faults = FileFaults(at: number)
      let failure = faults.happen {
        Result { try build(0..<6, type, embedded: &embedded) }
      }
      guard faults.haveHappened else {
        // The first number beyond the last operation.
        #expect(number > 20)
        #expect(throws: Never.self) { try failure.get() }
        break
      }
      let error = #expect(throws: IndexError.self, "operation \(number)") { try failure.get() }
      #expect("\(try #require(error))".contains("a test lets it fail"))
      if hasOldIndex {
        let index = try SearchIndex(opening: folder("index"))
        try index.verify()
        #expect(index.count == 3 || index.count == 6, "operation \(number)")
        #expect(cosine(index.vectors.vector(at: 0), vector(0)) > 0.9999)
      }
      let before = embedded
      #expect(try build(0..<6, type, embedded: &embedded) == before.count, "operation \(number)")
      let index = try SearchIndex(opening: folder("index"))
      try index.verify()
      for row in 0..<6 {
        #expect(cosine(index.vectors.vector(at: row), vector(row)) > 0.9999, "operation \(number)")
      }
      #expect(
        try folder.names(in: "index").filter { $0 != ".lock" && $0 != "manifest.json" }.count
          == index.manifest.files.count, "operation \(number)")
      number += 1
    }
  }

  @Test("Texts' vectors are there whole or not at all, whichever operation fails")
  func sentences() throws {
    let origin = SentenceVectors.Origin(
      model: testModel.id, language: nil, file: "0", count: 2, width: 2)
    var number = 1
    while true {
      let place = folder("sentences \(number)")
      let faults = FileFaults(at: number)
      let result = faults.happen {
        Result {
          let builder = try SentenceVectorsBuilder(place, origin: origin)
          try builder.append([[1, 0], [0, 1]])
          try builder.finish(remarks: [])
        }
      }
      let isThere = SentenceVectors(opening: place, origin: origin) != nil
      guard faults.haveHappened else {
        #expect(throws: Never.self) { try result.get() }
        #expect(isThere)
        break
      }
      #expect(throws: IndexError.self) { try result.get() }
      #expect(isThere || !FileManager.default.fileExists(atPath: place))
      number += 1
    }
  }
}
