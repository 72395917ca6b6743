import Search

/// The JSON of `/api/classify`.
struct LabelsReply: Encodable {
  /// In the order of the labels.
  var scores: [LabelScore]
  var readings: [ReadingReply]
  /// Whether the probabilities add up to one.
  var exclusive: Bool

  init(_ reply: LabelReply) {
    scores = reply.scores
    readings = reply.readings.map(ReadingReply.init)
    exclusive = reply.isExclusive
  }
}

/// The JSON of `/api/heatmap`.
struct PlacesReply: Encodable {
  var rows: Int
  var columns: Int
  /// How near each part is, row after row from the top left.
  var values: [Float]
  /// The part of the picture that they cover, in fractions of its width and height.
  var region: HeatMapReply.Region
  var reading: ReadingReply

  init(_ reply: HeatMapReply) {
    rows = reply.rows
    columns = reply.columns
    values = reply.values
    region = reply.region
    reading = ReadingReply(reply.reading)
  }
}

/// The JSON of `/api/lens`.
struct LensReply: Encodable {
  /// One for each text, in their order.
  var columns: [Column]
  /// Each two of the columns.
  var pairs: [Pair]
  /// How many pictures were ranked.
  var pictures: Int

  struct Column: Encodable {
    var reading: ReadingReply
    var hits: [Placed]
  }

  struct Placed: Encodable {
    var hit: HitReply
    /// Its rank, from 1, in each column.
    var ranks: [Int]
    /// Whether no other text has it among its hits.
    var alone: Bool
  }

  struct Pair: Encodable {
    var first: Int
    var second: Int
    var textSimilarity: Float
    var overlaps: [RankAgreement.Overlap]
    var spearman: Double?
    var kendall: Double?
    var biasedOverlap: Double
  }

  init(_ answer: LensAnswer, of info: SearchInfo) {
    columns = answer.columns.map { column in
      Column(
        reading: ReadingReply(column.reading),
        hits: column.hits.map {
          Placed(hit: HitReply($0.hit, of: info), ranks: $0.ranks, alone: $0.isAlone)
        })
    }
    pairs = answer.pairs.map { pair in
      Pair(
        first: pair.first, second: pair.second, textSimilarity: pair.textSimilarity,
        overlaps: pair.agreement.overlaps, spearman: pair.agreement.spearman,
        kendall: pair.agreement.kendall, biasedOverlap: pair.agreement.biasedOverlap)
    }
    pictures = answer.pictures
  }
}
