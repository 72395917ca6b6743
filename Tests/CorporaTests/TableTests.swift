import Foundation
import TestSupport
import Testing

@testable import Corpora

@Suite("Tables of captions")
struct TableTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for number in 0..<8 { try folder.write("p\(number).png", png(red: UInt8(number))) }
  }

  private func expect(
    _ text: String, _ name: String = "t.csv", is expected: [[String: [String]]],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let corpus = try Corpus(opening: folder.write(name, text))
    #expect(corpus.problems.isEmpty, sourceLocation: sourceLocation)
    #expect(corpus.samples.map(\.captions) == expected, sourceLocation: sourceLocation)
  }

  @Test(
    "Tables are read as pandas, open_clip, Excel and Hugging Face write them",
    arguments: [
      "pandas.csv", "pandas.tsv", "open_clip.csv", "index.csv", "quoted.csv", "excel.csv",
      "stated.csv", "metadata.csv", "metadata.jsonl",
    ])
  func others(name: String) throws {
    let path = try folder.write(name, bytes(of: fixture("corpora/tables/" + name)))
    let corpus = try Corpus(opening: path)
    let expected = try JSONDecoder().decode(
      [String].self, from: Data(bytes(of: fixture("corpora/tables/captions.json"))))
    #expect(corpus.problems.isEmpty)
    #expect(corpus.samples.map(\.id) == (0..<8).map { "p\($0).png" })
    #expect(
      corpus.samples.map { $0.captions["und"]?.map { Array($0.utf8) } }
        == expected.map { [Array($0.utf8)] })
  }

  @Test(
    "Line ends, separators and blanks around names and fields do not matter",
    arguments: [
      "filepath, title\np0.png, red\n", "filepath| title\rp0.png| red\r",
      "\u{FEFF}filepath;title\r\np0.png;red",
      "title , filepath\n red , p0.png\n", "sep=|\r\nfilepath|title\r\np0.png|red",
      "FilePath\tTITLE\np0.png\tred",
    ])
  func shapes(text: String) throws {
    try expect(text, is: [["und": ["red"]]])
  }

  @Test("Marks of a list without quoting are its texts' own")
  func plainMarks() throws {
    try expect(
      "filepath\ttitle\np0.png\t\"Stop\" it says\np1.png\t\"Stop\"\np2.png\t\"no end\np3.png\tan \"end\"\n",
      "t.tsv",
      is: [
        ["und": ["\"Stop\" it says"]], ["und": ["\"Stop\""]], ["und": ["\"no end"]],
        ["und": ["an \"end\""]],
      ])
  }

  @Test("A quoted field without an end is named, and takes no other row with it")
  func unclosed() throws {
    let corpus = try Corpus(
      opening: folder.write(
        "t.csv", "filepath,title\np0.png,\"red\np1.png,\"blue\"\np2.png,\"green\np3.png,x\n"))
    #expect(corpus.samples.map(\.id) == ["p1.png", "p3.png"])
    #expect(corpus.problems.map(\.place) == ["t.csv line 2", "t.csv line 4"])
  }

  @Test("A line is named by the number of its first, whatever is quoted before it")
  func lineNumbers() throws {
    let corpus = try Corpus(
      opening: folder.write("t.csv", "filepath,title\np0.png,\"red\r\nand\nblue\"\np9.png\n"))
    #expect(corpus.problems.map(\.place) == ["t.csv line 5"])
    #expect(corpus.samples.count == 1)
  }

  @Test("Columns by language and by number are captions; so are columns called by a language alone")
  func languages() throws {
    try expect(
      "filepath,caption,caption_ko,caption-zh-Hans,caption_length\np0.png,red,빨강,,3\n",
      is: [["und": ["red"], "ko": ["빨강"]]])
    try expect(
      "image,comment1,comment 2,fr_comment\np0.png,red,a red one,rouge\n",
      is: [["und": ["red", "a red one"], "fr": ["rouge"]]])
    try expect(
      "id,file_name,en,ko,pt_BR,sha,width\n1,p0.png,red,빨강,vermelho,ab12,4\n",
      is: [["en": ["red"], "ko": ["빨강"], "pt-BR": ["vermelho"]]])
    try expect(
      #"{"image": "p0.png", "en": "red", "ko": ["빨강", "빨간색"], "hr": 4, "sha": "ab"}"#, "l.jsonl",
      is: [["en": ["red"], "ko": ["빨강", "빨간색"]]])
    try expect(
      #"{"file_name": "p0.png", "text_id": "7", "text": "red", "text_sw": "nyekundu"}"#, "l.jsonl",
      is: [["und": ["red"], "sw": ["nyekundu"]]])
  }

  @Test(
    "Several lines or rows of one picture are captions of one sample, unless their ids differ")
  func several() throws {
    let lines = (0..<3).map { #"{"image": "p\#($0 % 2).png", "caption": "red \#($0)"}"# }
    let expected = [["und": ["red 0", "red 2"]], ["und": ["red 1"]]]
    try expect(lines.joined(separator: "\n"), "l.jsonl", is: expected)
    try expect(
      "image_name| comment_number| comment\np0.png| 0| red 0\np1.png| 0| red 1\np0.png| 1| red 2\n",
      is: expected)
    try expect(
      #"{"id": 1, "image": "p0.png", "caption": "a"}"# + "\n"
        + #"{"id": 2, "image": "p0.png", "caption": "b"}"#, "l.jsonl",
      is: [["und": ["a"]], ["und": ["b"]]])
  }

  @Test("A table without captions is refused for learning, and told where pictures suffice")
  func noCaptionColumn() throws {
    let path = try folder.write("t.csv", "filepath,mood\np0.png,red\n")
    let error = #expect(throws: CorpusError.self) { try Corpus(opening: path) }
    #expect(try #require(error).description.contains("filepath, mood"))
    let corpus = try Corpus(
      opening: path, options: CorpusOptions(keepsPicturesWithoutCaptions: true))
    #expect(corpus.samples.count == 1)
    #expect(corpus.problems.map(\.kind) == [.noCaptionColumn])
    #expect(corpus.problems.first?.text.contains("filepath, mood") == true)
  }

  @Test("Rows are the same wherever the pieces end that a file is read in")
  func pieces() throws {
    // The first piece ends inside a quoted field, at its mark, between CR and LF, and so on.
    let tail = "p1.png,\"a \"\"b\"\"\r\nc\"\r\np2.png,d\r\n"
    for length in 0..<40 {
      let head = "filepath,title\r\np0.png,"
      let fill = String(repeating: "x", count: (1 << 20) - head.utf8.count - length)
      let corpus = try Corpus(opening: folder.write("t.csv", head + fill + "\r\n" + tail))
      #expect(corpus.problems.isEmpty, "\(length)")
      #expect(
        corpus.samples.dropFirst().map { $0.captions["und"]?.map { Array($0.utf8) } }
          == [["a \"b\"\r\nc"], ["d"]].map { $0.map { Array($0.utf8) } }, "\(length)")
    }
  }

  @Test("Any bytes are rows or named, and never crash")
  func mutations() throws {
    let whole = try bytes(of: fixture("corpora/tables/pandas.tsv"))
    for place in whole.indices {
      for byte: UInt8 in [0x22, 0x09, 0x0A, 0x0D, 0, 0xFF] {
        var changed = whole
        changed[place] = byte
        _ = try? Corpus(opening: folder.write("t.tsv", changed))
      }
      _ = try? Corpus(opening: folder.write("t.tsv", Array(whole.prefix(place))))
    }
  }

  @Test("Labels may be parted by semicolons and have any line ends")
  func labels() throws {
    let path = try folder.write("l.csv", "\u{FEFF}class;en;ko\r1;cat;고양이\r2;\"dog; hound\";개\r")
    let labels = try LabelList(contentsOf: path)
    #expect(labels.ids == ["1", "2"])
    #expect(labels.languages.map(\.labels) == [["cat", "dog; hound"], ["고양이", "개"]])
  }
}
