import TestSupport
import Testing

@testable import Corpora

@Suite("Reading texts")
struct TextTests {
  @Test("Lines end with or without a carriage return, and the last needs no end")
  func lines() throws {
    let folder = try TemporaryFolder()
    let long = String(repeating: "x", count: 3 << 20)
    let file = try InputFile(folder.write("l.txt", "one\r\n\n\(long)\nlast"))
    var reader = LineReader(file)
    var lines: [Int] = []
    while let line = try reader.next() { lines.append(line.count) }
    #expect(lines == [3, 0, 3 << 20, 4])
    #expect(reader.number == 4)
  }

  @Test("Pieces of a file part no line end, and a byte order mark is no part of a line")
  func linesAcrossPieces() throws {
    let folder = try TemporaryFolder()
    // The carriage return is the last byte of the first piece that is read, or the first of the next.
    for length in [(1 << 20) - 1, 1 << 20] {
      let long = [UInt8](repeating: 0x78, count: length)
      let path = try folder.write("l.txt", long + Array("\r\nb\rc\n\n\u{2028}d\r\n".utf8))
      var reader = LineReader(try InputFile(path))
      var lines: [[UInt8]] = []
      while let line = try reader.next() { lines.append(Array(line)) }
      #expect(lines == [long] + ["b", "c", "", "\u{2028}d"].map { Array($0.utf8) })
    }
    var marked = LineReader(try InputFile(folder.write("m.txt", "\u{FEFF}a\rb")))
    #expect(try marked.next().map { Array($0) } == [0x61])
  }

  @Test("Sentences and labels are the lines of their files, whatever ends them")
  func linesOfFiles() throws {
    let folder = try TemporaryFolder()
    let text = "\u{FEFF}a red\u{85}apple\r\r\na dog\u{0C} runs\r\n"
    let path = try folder.write("s.txt", text)
    let sentences = try SentenceFile(path)
    #expect(sentences.lineNumbers == [1, 3])
    #expect(
      (0..<2).map { scalars(sentences.text(at: $0)) } == [
        scalars("a red\u{85}apple"), scalars("a dog\u{0C} runs"),
      ])
    let labels = try LabelList(contentsOf: path).ids
    #expect(
      labels.map { scalars($0) } == [scalars("a red\u{85}apple"), scalars("a dog\u{0C} runs")])
  }

  @Test("The encoding that a text is not in is named with the place")
  func encodings() throws {
    func reason(_ bytes: [UInt8]) -> String {
      if case .failure(let fault) = TextEncoding.decoded(bytes) { fault.reason } else { "" }
    }
    #expect(reason([0xFF, 0xFE, 0x41, 0]).contains("UTF-16"))
    #expect(reason([0, 0, 0xFE, 0xFF]).contains("UTF-32"))
    #expect(reason([0x41, 0, 0x42, 0]).contains("zero bytes"))
    #expect(reason(Array("é개😀".utf8) + [0xE9, 0x20]).contains("0xE9 at 9"))
    #expect(reason(Array("é".utf8)).isEmpty)
  }
}
