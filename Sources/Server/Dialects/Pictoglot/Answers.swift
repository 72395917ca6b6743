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

/// Writes the answer of `/api/search`.
struct EncodedSearch: Encodable {
  let answer: SearchAnswer
  let info: SearchInfo

  private enum CodingKeys: CodingKey { case hits, readings, leftOut, pictures, seconds }
  private enum Seconds: CodingKey { case embedding, scanning }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(answer.hits.map { EncodedHit(hit: $0, info: info) }, forKey: .hits)
    try fields.encode(answer.readings.map(EncodedReading.init), forKey: .readings)
    // Pictures that are not among the hits because the question is made of them.
    try fields.encode(answer.leftOut, forKey: .leftOut)
    // How many pictures were searched.
    try fields.encode(info.count, forKey: .pictures)
    var seconds = fields.nestedContainer(keyedBy: Seconds.self, forKey: .seconds)
    try seconds.encode(answer.embeddingTime, forKey: .embedding)
    try seconds.encode(answer.scanningTime, forKey: .scanning)
  }
}

/// Writes a picture found.
struct EncodedHit: Encodable {
  let hit: Hit
  let info: SearchInfo

  private enum CodingKeys: CodingKey {
    case id, score, name, picture, caption, captionLanguage, concept, source, license, width, height
  }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(hit.id, forKey: .id)
    try fields.encode(hit.score, forKey: .score)
    try fields.encode(hit.entry.name, forKey: .name)
    // Where the picture can be fetched, on this server.
    try fields.encode("/api/picture/\(hit.id)?v=\(info.version)", forKey: .picture)
    try fields.encodeIfPresent(hit.caption?.text, forKey: .caption)
    try fields.encodeIfPresent(hit.caption?.language, forKey: .captionLanguage)
    try fields.encodeIfPresent(hit.entry.concept, forKey: .concept)
    try fields.encodeIfPresent(hit.entry.source, forKey: .source)
    try fields.encodeIfPresent(hit.entry.license, forKey: .license)
    try fields.encodeIfPresent(hit.entry.width, forKey: .width)
    try fields.encodeIfPresent(hit.entry.height, forKey: .height)
  }
}

/// Writes how a text was taken.
struct EncodedReading: Encodable {
  let reading: TextReading

  private enum CodingKeys: CodingKey { case text, language, sureness, truncated, unseen, note }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(reading.text, forKey: .text)
    try fields.encodeIfPresent(reading.language?.text, forKey: .language)
    try fields.encodeIfPresent(reading.sureness, forKey: .sureness)
    try fields.encode(reading.isTruncated, forKey: .truncated)
    try fields.encode(reading.isUnseen, forKey: .unseen)
    try fields.encodeIfPresent(reading.note, forKey: .note)
  }
}
