import Foundation
import Search

/// The JSON of `/api/info`.
struct SiteInfo: Encodable {
  var model: String
  var pictures: Int
  var width: Int
  var languages: [String]
  var version: String
  var limits: Limits

  struct Limits: Encodable {
    var hits: Int
    var bodyBytes: Int
  }

  init(_ info: SearchInfo) {
    model = info.modelName
    pictures = info.count
    width = info.width
    languages = info.languages
    version = info.version
    limits = Limits(hits: SearchRequest.limits.upperBound, bodyBytes: Site.largestBody)
  }
}

/// The JSON of `/api/search`.
struct SearchReply: Encodable {
  var hits: [HitReply]
  /// How many pictures were searched.
  var pictures: Int
  var seconds: Seconds

  struct Seconds: Encodable {
    var embedding: Double
    var scanning: Double
  }

  struct HitReply: Encodable {
    var id: Int
    var score: Float
    var name: String
    /// Where the picture can be fetched, on this server.
    var picture: String
    var caption: String?
    var captionLanguage: String?
    var concept: String?
    var source: String?
    var license: String?
    var width: Int?
    var height: Int?
  }

  init(_ answer: SearchAnswer, of info: SearchInfo) {
    hits = answer.hits.map { hit in
      HitReply(
        id: hit.id, score: hit.score, name: hit.entry.name,
        picture: "/api/picture/\(hit.id)?v=\(info.version)", caption: hit.caption?.text,
        captionLanguage: hit.caption?.language, concept: hit.entry.concept,
        source: hit.entry.source, license: hit.entry.license, width: hit.entry.width,
        height: hit.entry.height)
    }
    pictures = info.count
    seconds = Seconds(embedding: answer.embeddingTime, scanning: answer.scanningTime)
  }
}
