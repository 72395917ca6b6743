import Foundation
import Languages
import Search

/// The JSON of `/api/info`.
struct SiteInfo: Encodable {
  var model: String
  var pictures: Int
  var width: Int
  var languages: [String]
  var version: String
  /// Whether it answers questions on a picture: `/api/classify` and `/api/heatmap`.
  var readsPictures: Bool
  var limits: Limits

  struct Limits: Encodable {
    var hits: Int
    var bodyBytes: Int
    var labels: Int
  }

  init(_ info: SearchInfo, readsPictures: Bool) {
    self.readsPictures = readsPictures
    model = info.modelName
    pictures = info.count
    width = info.width
    languages = info.languages
    version = info.version
    limits = Limits(
      hits: SearchRequest.limits.upperBound, bodyBytes: Site.largestBody,
      labels: LabelQuestion.mostLabels)
  }
}

/// The JSON of `/api/search`.
struct SearchReply: Encodable {
  var hits: [HitReply]
  /// How the texts were taken, in their order.
  var readings: [ReadingReply]
  /// Pictures that are not among the hits because the question is made of them.
  var leftOut: [LeftOut]
  /// How many pictures were searched.
  var pictures: Int
  var seconds: Seconds

  struct Seconds: Encodable {
    var embedding: Double
    var scanning: Double
  }

  init(_ answer: SearchAnswer, of info: SearchInfo) {
    hits = answer.hits.map { HitReply($0, of: info) }
    readings = answer.readings.map(ReadingReply.init)
    leftOut = answer.leftOut
    pictures = info.count
    seconds = Seconds(embedding: answer.embeddingTime, scanning: answer.scanningTime)
  }
}

/// A picture found.
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

  init(_ hit: Hit, of info: SearchInfo) {
    id = hit.id
    score = hit.score
    name = hit.entry.name
    picture = "/api/picture/\(hit.id)?v=\(info.version)"
    caption = hit.caption?.text
    captionLanguage = hit.caption?.language
    concept = hit.entry.concept
    source = hit.entry.source
    license = hit.entry.license
    width = hit.entry.width
    height = hit.entry.height
  }
}

/// How a text was taken.
struct ReadingReply: Encodable {
  var text: String
  /// A BCP 47 tag; none where it can be of any language.
  var language: String?
  /// From 0 to 1; none where the asker named the language.
  var sureness: Double?
  var truncated: Bool
  var unseen: Bool
  /// What a person should know about it.
  var note: String?

  init(_ reading: TextReading) {
    text = reading.text
    language = reading.language?.text
    sureness = reading.sureness
    truncated = reading.isTruncated
    unseen = reading.isUnseen
    note = reading.note
  }
}
