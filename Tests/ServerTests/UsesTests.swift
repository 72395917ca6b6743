import Foundation
import Search
import Server
import Testing

@Suite("Labels, heat maps, lenses and analogies over HTTP")
struct UsesTests {
  let site = Site(Backend(engine: FakeEngine(), reader: FakeReader()))
  static let png: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]

  private func ask(
    _ address: String, method: String = "POST", type: String? = nil, body: [UInt8] = [],
    site: Site? = nil
  ) async -> Reply {
    let parts = address.split(separator: "?", maxSplits: 1)
    var headers: [String: String] = [:]
    headers["content-type"] = type
    return await (site ?? self.site).answer(
      Question(
        method: method, path: String(parts[0]), query: parts.count > 1 ? String(parts[1]) : "",
        headers: headers, body: body))
  }

  private func json(_ text: String, to address: String) async -> Reply {
    await ask(address, type: "application/json", body: Array(text.utf8))
  }

  private func text(_ reply: Reply, status: Int = 200) -> String {
    #expect(reply.status == status)
    #expect(reply.headers["content-type"] == "application/json; charset=utf-8")
    return String(decoding: reply.bytes, as: UTF8.self)
  }

  private func form(_ parts: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    parts.flatMap { part in
      Array("--x\r\ncontent-disposition: form-data; name=\"\(part.name)\"\r\n\r\n".utf8)
        + part.bytes + Array("\r\n".utf8)
    } + Array("--x--\r\n".utf8)
  }

  @Test("Labels are scored in their order, however picture and labels are sent")
  func classifies() async throws {
    let expected = """
      {"exclusive":true,"readings":[{"language":"ko","text":"사과","truncated":false,"unseen":false},\
      {"language":"ko","text":"배","truncated":false,"unseen":false}],"scores":[{"label":"사과",\
      "language":"ko","probability":0.6666667,"similarity":0.25},{"label":"배","language":"ko",\
      "probability":0.33333334,"similarity":0.125}]}
      """
    let labels = "label=%EC%82%AC%EA%B3%BC&label=%EB%B0%B0&language=ko"
    let parts = [
      ("label", Array("사과".utf8)), ("label", Array("배".utf8)), ("language", Array("ko".utf8)),
      ("picture", Self.png),
    ]
    let base64 = Data(Self.png).base64EncodedString()
    let replies = [
      await ask("/api/classify?\(labels)", type: "image/png", body: Self.png),
      await ask("/api/classify?\(labels)&like=3"),
      await ask("/api/classify", type: "multipart/form-data; boundary=x", body: form(parts)),
      await json(
        #"{"labels": ["사과", "배"], "language": "ko", "picture": "\#(base64)"}"#,
        to: "/api/classify"),
      await json(
        #"{"labels": ["사과", {"text": "배", "language": "ko"}], "language": "ko", "like": 3}"#,
        to: "/api/classify"),
    ]
    for reply in replies { #expect(text(reply) == expected) }
    let template = text(await ask("/api/classify?label=a&like=3&template=a+photo+of+%7B%7D"))
    #expect(template.contains(#""note":"by a photo of {}""#))
  }

  @Test("A heat map comes with its rows, columns and the part of the picture it covers")
  func maps() async throws {
    let expected = """
      {"columns":3,"reading":{"language":"ko","text":"잎","truncated":false,"unseen":false},\
      "region":{"height":1,"left":0.25,"top":0,"width":0.5},"rows":2,\
      "values":[0.1,0.15,0.3,0.05,0.12,0.2]}
      """
    let replies = [
      await ask("/api/heatmap?q=%EC%9E%8E&language=ko", type: "image/png", body: Self.png),
      await ask("/api/heatmap?q=%EC%9E%8E&language=ko&like=3"),
      await json(#"{"text": "잎", "language": "ko", "like": 3}"#, to: "/api/heatmap"),
      await json(#"{"text": {"text": "잎", "language": "ko"}, "like": 3}"#, to: "/api/heatmap"),
    ]
    for reply in replies { #expect(text(reply) == expected) }
  }

  private struct Lens: Decodable {
    struct Column: Decodable {
      struct Placed: Decodable {
        var hit: SiteTests.Found.Hit
        var ranks: [Int]
        var alone: Bool
      }
      struct Reading: Decodable {
        var text: String
        var language: String?
        var sureness: Double?
        var note: String?
      }
      var reading: Reading
      var hits: [Placed]
    }
    struct Pair: Decodable {
      struct Overlap: Decodable {
        var k: Int
        var shared: Int
        var chance: Double
      }
      var first: Int
      var second: Int
      var overlaps: [Overlap]
      var spearman: Double?
      var biased_overlap: Double
    }
    var columns: [Column]
    var pairs: [Pair]
    var pictures: Int
  }

  @Test("A lens shows what two texts find, where each hit stands by the other, and the overlap")
  func comparesTexts() async throws {
    let address = "/api/lens?q=cat&language=&q=%EB%B9%A8%EA%B0%84+%EC%82%AC%EA%B3%BC&language=ko"
    let replies = [
      await ask(address + "&limit=6", method: "GET"), await ask(address + "&limit=6"),
      await json(
        #"{"texts": ["cat", {"text": "빨간 사과", "language": "ko"}], "limit": 6}"#,
        to: "/api/lens"),
    ]
    for reply in replies {
      #expect(reply.status == 200)
      let lens = try JSONDecoder().decode(Lens.self, from: Data(reply.bytes))
      #expect(lens.pictures == FakeEngine.count && lens.columns.count == 2)
      #expect(lens.columns.map(\.reading.language) == ["en", "ko"])
      #expect(lens.columns.map(\.reading.sureness) == [0.98, nil])
      #expect(lens.columns[0].hits.map(\.hit.id) == [7, 6, 8, 5, 9, 4])
      #expect(lens.columns[0].hits.map(\.alone) == [true, true, true, false, true, false])
      #expect(lens.columns[0].hits[0].ranks == [1, 8])
      #expect(lens.columns[1].hits[0].hit.caption == "빨간 사과")
      let pair = try #require(lens.pairs.first)
      #expect(pair.overlaps.map(\.shared) == [0, 1, 2] && pair.overlaps.map(\.k) == [1, 5, 6])
      #expect((pair.spearman ?? 0) > 0.8)
    }
  }

  @Test("An analogy leaves out its own pictures where it is asked to")
  func leavesOut() async throws {
    func operands(_ extra: String) -> String {
      #"{"operands": [{"like": 3}, {"text": "red apple", "weight": -1}], "limit": 2\#(extra)}"#
    }
    let kept = text(await json(operands(""), to: "/api/search"))
    #expect(kept.contains(#""id":3"#) && kept.contains(#""left_out":[]"#))
    let left = text(await json(operands(#", "leave_out_pictures": true"#), to: "/api/search"))
    #expect(left.contains(#""left_out":[{"id":3,"name":"drawing-3","reason":"asked"}]"#))
    #expect(!left.contains(#""id":3,"license""#))
  }

  @Test("A search's answer says how its texts were taken")
  func saysReadings() async throws {
    let detected = text(await ask("/api/search?q=red+apple&limit=1", method: "GET"))
    #expect(
      detected.contains(
        #""readings":[{"language":"en","sureness":0.98,"text":"red apple","truncated":false,"#
          + #""unseen":false}]"#))
    let unseen = text(await ask("/api/search?q=qapla&limit=1", method: "GET"))
    #expect(unseen.contains(#""note":"a fake model has not learned Klingon.""#))
    #expect(unseen.contains(#""unseen":true"#))
  }

  @Test(
    "What is wrong with a question on a picture is said, with a status of its own",
    arguments: [
      ("/api/classify?like=3", "", 400, "at least one “label”"),
      ("/api/classify?like=3&label=", "", 400, "at least one “label”"),
      ("/api/classify?like=3&label=a&label=b&label=a", "", 400, "“a” is given twice"),
      ("/api/classify?like=3&label=+", "", 400, "a text is empty"),
      ("/api/classify?like=3&label=%E2%80%8B", "", 400, "a text is empty"),
      ("/api/heatmap?like=3&q=%EF%BB%BF", "", 400, "a text is empty"),
      ("/api/heatmap?like=3&q=a&q=b", "", 400, "“q” is given 2 times"),
      ("/api/classify?label=a", "", 400, "Send a picture, or name one"),
      ("/api/classify?like=99&label=a", "", 404, "There is no picture 99"),
      ("/api/classify?like=39&label=a", "", 404, "file of picture 39 is gone"),
      ("/api/classify?like=3&label=a&language=k", "", 400, "“k” is not a language tag"),
      ("/api/classify?like=3&label=a&language=xx", "", 400, "not a language this model knows"),
      ("/api/classify?like=3&label=a&template=photo", "", 400, "must have {}"),
      ("/api/classify?like=3&label=boom", "", 500, "its own messages say why"),
      ("/api/classify?like=3&labels=a", "", 400, "“labels” is not known here; known are label"),
      ("/api/classify", "{}", 400, "must hold “labels”"),
      ("/api/classify", #"{"labels": [], "like": 1}"#, 400, "at least one “label”"),
      ("/api/classify", #"{"labels": ["a"]}"#, 400, "Send a picture, or name one"),
      (
        "/api/classify", #"{"labels": ["a"], "like": 1, "picture": "iVBORw=="}"#, 400, "not both"
      ),
      ("/api/classify", #"{"labels": ["a"], "picture": "aGVsbG8="}"#, 400, "cannot be read"),
      ("/api/heatmap?like=3", "", 400, "a text is empty"),
      ("/api/heatmap?q=a", "", 400, "Send a picture, or name one"),
      ("/api/heatmap?q=nowhere&like=3", "", 422, "cannot say where in a picture"),
      ("/api/heatmap", "[]", 400, "must hold “text”"),
      ("/api/lens?q=a", "", 400, "compares 2 to 8 texts, not 1"),
      ("/api/lens?q=a&q=", "", 400, "nothing to look for"),
      ("/api/lens?q=a&q=b&language=ko", "", 400, "1 languages for 2 texts"),
      ("/api/lens?q=a&q=b&language=ko&language=k", "", 400, "“k” is not a language tag"),
      ("/api/lens?q=a&q=b&limit=0", "", 400, "from 1 to 500"),
      ("/api/lens", #"{"texts": "a"}"#, 400, "must hold “texts”"),
    ])
  func refuses(address: String, body: String, status: Int, words: String) async throws {
    let reply = body.isEmpty ? await ask(address) : await json(body, to: address)
    let reason = text(reply, status: status)
    #expect(reason.contains(words), "\(address): \(reason)")
  }

  @Test("So many labels are read, and each of a reasonable length")
  func limitsLabels() async throws {
    func labels(_ count: Int) -> String {
      (1...count).map { "&label=l\($0)" }.joined()
    }
    #expect(await ask("/api/classify?like=3" + labels(20)).status == 200)
    let many = text(await ask("/api/classify?like=3" + labels(201)), status: 400)
    #expect(many.contains("At most 200 labels"))
    let long = "/api/classify?like=3&label=" + String(repeating: "a", count: 2001)
    #expect(text(await ask(long), status: 400).contains("more than 2000 characters"))
  }

  @Test("Only pictures can be asked about, and only by posting them")
  func refusesMethods() async throws {
    for address in ["/api/classify?like=3&label=a", "/api/heatmap?like=3&q=a"] {
      let reply = await ask(address, method: "GET")
      #expect(reply.status == 405 && reply.headers["allow"] == "POST")
      #expect(await ask(address, type: "text/plain", body: [1]).status == 415)
    }
    let reply = await ask("/api/lens?q=a&q=b", method: "DELETE")
    #expect(reply.status == 405 && reply.headers["allow"] == "GET, HEAD, POST")
  }

  @Test("A server without a model for pictures says so")
  func saysWhatItCannot() async throws {
    let site = Site(Backend(engine: FakeEngine()))
    for address in ["/api/classify?like=3&label=a", "/api/heatmap?like=3&q=a"] {
      let reply = await ask(address, site: site)
      #expect(text(reply, status: 422).contains("no model that answers on a picture"))
    }
    let info = String(decoding: await ask("/api/info", method: "GET").bytes, as: UTF8.self)
    #expect(info.contains(#""reads_pictures":true"#))
  }
}
