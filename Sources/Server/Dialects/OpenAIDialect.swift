import Files
import Foundation
import Search
import Vectors

/// The embeddings of OpenAI's API, for the many programs that speak it.
///
///     GET  /v1/models          the one model
///     POST /v1/embeddings      {"model": …, "input": a text or texts}
///
/// - Source: platform.openai.com/docs/api-reference/embeddings; openai-python 3.57.
/// - Differs: A text of more tokens than the model reads is cut, as image-text models read few. Token
///   ids are refused: clients send those of a vocabulary that this model does not have.
struct OpenAIDialect: Dialect {
  /// The most texts of a question.
  static let mostTexts = 2048
  /// The most characters of a text.
  static let longestText = 122_880

  func routes(over backend: Backend) -> [Route] {
    guard let embedder = backend.embedder else { return [] }
    return [
      Route(.get, "/v1/models") { _ in .json(ModelList(data: [.init(id: embedder.modelName)])) },
      Route(
        .post, "/v1/embeddings", decode: { try EmbeddingsQuestion($0, to: embedder) },
        answer: { try await embedder.embed(texts: $0.texts) },
        encode: { .json(try EmbeddingList($0, for: $1, model: embedder.modelName)) }),
    ]
  }

  func reply(to error: RequestError) -> Reply {
    let kind =
      switch error.status {
      case 429: "rate_limit_error"
      case 500...: "server_error"
      default: "invalid_request_error"
      }
    // Clients expect all four, also as null.
    let told: [String: String?] = [
      "message": error.reason, "type": kind, "param": error.parameter, "code": error.code,
    ]
    return .json(["error": told], status: error.status)
  }

  private struct ModelList: Encodable {
    let object = "list"
    let data: [Entry]

    struct Entry: Encodable {
      let id: String
      let object = "model"
      /// Seconds since 1970; no model says when it was made.
      let created = 0
      let ownedBy = "pictoglot"
    }
  }
}

/// What is to be embedded, and how the numbers are wanted.
private struct EmbeddingsQuestion: Sendable {
  enum Format: String { case float, base64 }

  let texts: [Query]
  let format: Format
  /// How many numbers of each embedding are wanted.
  let width: Int

  init(_ question: Question, to embedder: any Embedder) throws(RequestError) {
    guard question.mediaType == "application/json" else {
      throw RequestError(status: 415, reason: "Send application/json.")
    }
    let root: JSONValue
    do throws(JSONFault) { root = try JSONDocument(question.body).root } catch {
      throw .badRequest("The body is not JSON that can be read: \(error.reason).")
    }
    guard root.kind == .object else { throw .badRequest("The body must be a JSON object.") }
    // What is passed over in silence, such as “modality”, would be answered with wrong numbers.
    let known: Set = ["model", "input", "encoding_format", "dimensions", "user"]
    for (name, _) in root.members {
      let name = String(decoding: name, as: UTF8.self)
      guard known.contains(name) else {
        throw .badRequest("“\(name.prefix(40))” is not known here.", in: String(name.prefix(40)))
      }
    }
    guard let model = root["model"]?.string else {
      throw .badRequest("“model” must name a model; /v1/models says which.", in: "model")
    }
    guard model == embedder.modelName else {
      throw RequestError(
        status: 404,
        reason: "The model “\(model.prefix(80))” is not served here, but “\(embedder.modelName)”.",
        parameter: "model", code: "model_not_found")
    }
    texts = try Self.texts(root["input"])
    guard let format = Format(rawValue: root["encoding_format"].map { $0.string ?? "" } ?? "float")
    else { throw .badRequest("“encoding_format” must be float or base64.", in: "encoding_format") }
    self.format = format
    width = root["dimensions"].map { $0.int ?? 0 } ?? embedder.width
    guard (1...embedder.width).contains(width) else {
      throw .badRequest(
        "“dimensions” must be a whole number from 1 to \(embedder.width).", in: "dimensions")
    }
  }

  private static func texts(_ input: JSONValue?) throws(RequestError) -> [Query] {
    guard let input, input.kind == .string || input.kind == .array else {
      throw .badRequest("“input” must be a text or a list of texts.", in: "input")
    }
    if input.kind == .string { return [try query(input, "input")] }
    var texts: [Query] = []
    for (place, item) in Array(input.elements).enumerated() {
      guard texts.count < OpenAIDialect.mostTexts else {
        throw .badRequest("At most \(OpenAIDialect.mostTexts) texts are read.", in: "input")
      }
      texts.append(try query(item, "input[\(place)]"))
    }
    guard !texts.isEmpty else { throw .badRequest("There is no text.", in: "input") }
    return texts
  }

  private static func query(_ item: JSONValue, _ place: String) throws(RequestError) -> Query {
    guard let text = item.string else {
      guard item.kind != .number, item.kind != .array else {
        throw .badRequest(
          "Token ids mean another text to each model; send texts. LangChain does so with "
            + "check_embedding_ctx_length=False.", in: place)
      }
      throw .badRequest("“\(place)” must be a text.", in: place)
    }
    let query = Query(text)
    guard !query.isBlank else { throw .badRequest("“\(place)” is empty.", in: place) }
    let length = text.unicodeScalars.count
    guard length <= OpenAIDialect.longestText else {
      throw .badRequest(
        "“\(place)” has \(length) characters; at most \(OpenAIDialect.longestText) are read.",
        in: place)
    }
    return query
  }
}

/// Embeddings as this API gives them.
private struct EmbeddingList: Encodable {
  let object = "list"
  let data: [Entry]
  let model: String
  let usage: Usage

  struct Usage: Encodable {
    let promptTokens: Int
    let totalTokens: Int
  }

  struct Entry: Encodable {
    let object = "embedding"
    let index: Int
    let embedding: Numbers
  }

  enum Numbers: Encodable {
    case float([Float])
    /// Four bytes a number, the lowest first.
    case base64([Float])

    func encode(to encoder: any Encoder) throws {
      var value = encoder.singleValueContainer()
      switch self {
      case .float(let numbers): try value.encode(numbers)
      case .base64(let numbers):
        var bytes = Data(capacity: numbers.count * 4)
        for number in numbers {
          withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        try value.encode(bytes.base64EncodedString())
      }
    }
  }

  /// - Throws: ``SearchError/badEmbedding(reason:)`` for embeddings that are not one for each text
  ///   or have no direction.
  init(
    _ texts: EmbeddedTexts, for question: EmbeddingsQuestion, model: String
  ) throws(SearchError) {
    guard texts.vectors.count == question.texts.count else {
      throw .badEmbedding(reason: "their number differs from that of the texts")
    }
    var data: [Entry] = []
    for (index, vector) in texts.vectors.enumerated() {
      // A cut vector is brought to length one again.
      guard let unit = unitVector(vector.prefix(question.width)) else {
        throw .badEmbedding(reason: "it is zero or not finite")
      }
      let numbers: Numbers = question.format == .float ? .float(unit) : .base64(unit)
      data.append(Entry(index: index, embedding: numbers))
    }
    self.data = data
    self.model = model
    usage = Usage(promptTokens: texts.tokenCount, totalTokens: texts.tokenCount)
  }
}
