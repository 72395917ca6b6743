import Foundation
import Search
import Server
import Testing

@Suite("OpenAI's embeddings")
struct OpenAITests {
  let site = Site(Backend(engine: FakeEngine(), embedder: FakeEmbedder()))

  private func embed(_ json: String, type: String = "application/json; charset=utf-8") async
    -> Reply
  {
    await site.answer(
      Question(
        method: "POST", path: "/v1/embeddings", headers: ["content-type": type],
        body: Array(json.utf8)))
  }

  private func text(_ reply: Reply, status: Int = 200) -> String {
    #expect(reply.status == status)
    #expect(reply.headers["content-type"] == "application/json; charset=utf-8")
    return String(decoding: reply.bytes, as: UTF8.self)
  }

  @Test("A text gives one vector of length one, and the tokens that it took")
  func embedsOne() async {
    #expect(
      text(await embed(#"{"model": "test/letters", "input": "aaab bbb", "user": "x"}"#)) == """
        {"data":[{"embedding":[0.6,0.8,0,0],"index":0,"object":"embedding"}],\
        "model":"test/letters","object":"list","usage":{"prompt_tokens":8,"total_tokens":8}}
        """)
  }

  @Test("Several texts are answered in their order, their tokens added")
  func embedsSeveral() async {
    let reply = await embed(
      #"{"model": "test/letters", "input": ["b", "d d"], "encoding_format": "float"}"#)
    #expect(
      text(reply) == """
        {"data":[{"embedding":[0,1,0,0],"index":0,"object":"embedding"},\
        {"embedding":[0,0,0,1],"index":1,"object":"embedding"}],\
        "model":"test/letters","object":"list","usage":{"prompt_tokens":4,"total_tokens":4}}
        """)
  }

  private struct Coded: Decodable {
    struct Entry: Decodable { var embedding: Data }
    var data: [Entry]
  }

  @Test("As base64, numbers are four bytes each, the lowest first")
  func encodesBase64() async throws {
    let reply = await embed(
      #"{"model": "test/letters", "input": ["aaabbbb", "c"], "encoding_format": "base64"}"#)
    let coded = try JSONDecoder().decode(Coded.self, from: Data(reply.bytes))
    // 0.6 is 0x3f19999a, 0.8 is 0x3f4ccccd, 1 is 0x3f800000.
    let zero: [UInt8] = [0, 0, 0, 0]
    #expect(
      coded.data.map { Array($0.embedding) } == [
        [0x9a, 0x99, 0x19, 0x3f, 0xcd, 0xcc, 0x4c, 0x3f] + zero + zero,
        zero + zero + [0, 0, 0x80, 0x3f] + zero,
      ])
  }

  @Test("A vector that is cut has length one again")
  func cuts() async {
    let reply = await embed(#"{"model": "test/letters", "input": "aaabbbbccd", "dimensions": 2}"#)
    #expect(text(reply).contains(#""embedding":[0.6,0.8]"#))
  }

  @Test("The one model is listed under the name that is asked for")
  func listsModels() async {
    let reply = await site.answer(Question(path: "/v1/models"))
    #expect(
      text(reply) == """
        {"data":[{"created":0,"id":"test/letters","object":"model","owned_by":"pictoglot"}],\
        "object":"list"}
        """)
  }

  private struct Told: Decodable {
    struct Problem: Decodable {
      var message: String
      var type: String
      var param: String?
      var code: String?
    }
    var error: Problem
  }

  /// What a client is told, after checking that it has all four fields, also as null.
  private func problem(_ reply: Reply, status: Int) throws -> Told.Problem {
    let text = text(reply, status: status)
    for field in ["message", "type", "param", "code"] { #expect(text.contains("\"\(field)\":")) }
    return try JSONDecoder().decode(Told.self, from: Data(text.utf8)).error
  }

  @Test(
    "What is wrong with a request is said as its clients expect, with the place",
    arguments: [
      ("{", nil, "not JSON"), ("[]", nil, "must be a JSON object"),
      (#"{"input": "a"}"#, "model", "must name a model"),
      (#"{"model": "test/letters"}"#, "input", "a text or a list of texts"),
      (#"{"model": "test/letters", "input": null}"#, "input", "a text or a list of texts"),
      (#"{"model": "test/letters", "input": 5}"#, "input", "a text or a list of texts"),
      (#"{"model": "test/letters", "input": []}"#, "input", "no text"),
      (#"{"model": "test/letters", "input": ""}"#, "input", "is empty"),
      (#"{"model": "test/letters", "input": ["a", " "]}"#, "input[1]", "is empty"),
      (#"{"model": "test/letters", "input": ["a", {}]}"#, "input[1]", "must be a text"),
      (
        #"{"model": "test/letters", "input": [1, 2]}"#, "input[0]",
        "check_embedding_ctx_length=False"
      ),
      (#"{"model": "test/letters", "input": ["a", [1]]}"#, "input[1]", "Token ids"),
      (
        #"{"model": "test/letters", "input": "a", "encoding_format": "hex"}"#, "encoding_format",
        "float or base64"
      ),
      (
        #"{"model": "test/letters", "input": "a", "encoding_format": 1}"#, "encoding_format",
        "float or base64"
      ),
      (#"{"model": "test/letters", "input": "a", "dimensions": 5}"#, "dimensions", "from 1 to 4"),
      (#"{"model": "test/letters", "input": "a", "dimensions": 0}"#, "dimensions", "from 1 to 4"),
      (#"{"model": "test/letters", "input": "a", "modality": "image"}"#, "modality", "not known"),
    ] as [(String, String?, String)])
  func refuses(json: String, parameter: String?, words: String) async throws {
    let told = try problem(await embed(json), status: 400)
    #expect(told.message.contains(words), "\(json): \(told.message)")
    #expect(told.type == "invalid_request_error" && told.param == parameter && told.code == nil)
  }

  @Test("Another model is not found, and the one that is served is named")
  func refusesOtherModels() async throws {
    let json = #"{"model": "text-embedding-3-small", "input": "a"}"#
    let told = try problem(await embed(json), status: 404)
    #expect(told.message.contains("“test/letters”") && told.param == "model")
    #expect(told.type == "invalid_request_error" && told.code == "model_not_found")
  }

  @Test("So many texts are read, and each of a reasonable length")
  func limits() async throws {
    func json(_ texts: [String]) -> String {
      #"{"model": "test/letters", "input": ["# + texts.map { "\"\($0)\"" }.joined(separator: ",")
        + "]}"
    }
    let texts = [String](repeating: "a", count: 2048)
    #expect(await embed(json(texts)).status == 200)
    #expect(try problem(await embed(json(texts + ["a"])), status: 400).message.contains("2048"))
    let long = String(repeating: "a", count: 122_881)
    #expect(try problem(await embed(json(["a", long])), status: 400).param == "input[1]")
  }

  @Test("Wrong methods, types and failures are told in the same form")
  func keepsItsForm() async throws {
    let method = await site.answer(Question(path: "/v1/embeddings"))
    #expect(try problem(method, status: 405).type == "invalid_request_error")
    #expect(method.headers["allow"] == "POST")
    let form = await embed("input=a", type: "application/x-www-form-urlencoded")
    #expect(try problem(form, status: 415).message.contains("application/json"))
    // No letter that counts: the vector is zero.
    let failure = await embed(#"{"model": "test/letters", "input": "xyz"}"#)
    #expect(try problem(failure, status: 500).type == "server_error")
    let foreign = Site(
      Backend(engine: FakeEngine(), embedder: FakeEmbedder()), allowedHosts: ["localhost"])
    let reply = await foreign.answer(
      Question(path: "/v1/models", headers: ["host": "evil.example"]))
    #expect(try problem(reply, status: 403).message.contains("evil.example"))
  }

  @Test("Without a model that embeds, there are no such addresses")
  func needsEmbedder() async {
    let site = Site(Backend(engine: FakeEngine()))
    #expect(await site.answer(Question(path: "/v1/models")).status == 404)
  }

  @Test("A running server answers beside the page")
  func answersOverTheNetwork() async throws {
    try await withServer { port in
      let json = #"{"model": "test/letters", "input": "aaabbbb"}"#
      let answer = await post(port, "/v1/embeddings", json: json)
      #expect(answer.hasPrefix("HTTP/1.1 200") && answer.contains(#""embedding":[0.6,0.8,0,0]"#))
      #expect(await get(port, "/").contains("<title>Pictoglot</title>"))
    }
  }
}
