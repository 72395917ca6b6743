import Search

/// Writes the answer of `/api/classify`.
struct EncodedLabels: Encodable {
  let reply: LabelReply

  private enum CodingKeys: CodingKey { case scores, readings, exclusive }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(reply.scores, forKey: .scores)
    try fields.encode(reply.readings.map(EncodedReading.init), forKey: .readings)
    try fields.encode(reply.isExclusive, forKey: .exclusive)
  }
}

/// Writes the answer of `/api/heatmap`.
struct EncodedHeatMap: Encodable {
  let reply: HeatMapReply

  private enum CodingKeys: CodingKey { case rows, columns, values, region, reading }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(reply.rows, forKey: .rows)
    try fields.encode(reply.columns, forKey: .columns)
    try fields.encode(reply.values, forKey: .values)
    try fields.encode(reply.region, forKey: .region)
    try fields.encode(EncodedReading(reading: reply.reading), forKey: .reading)
  }
}

/// Writes the answer of `/api/lens`.
struct EncodedComparison: Encodable {
  let comparison: LanguageComparison
  let info: SearchInfo

  private enum CodingKeys: CodingKey { case columns, pairs, pictures }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(comparison.columns.map { Column(column: $0, info: info) }, forKey: .columns)
    try fields.encode(comparison.pairs.map(Pair.init), forKey: .pairs)
    try fields.encode(comparison.pictures, forKey: .pictures)
  }

  private struct Column: Encodable {
    let column: LanguageComparison.Column
    let info: SearchInfo

    private enum CodingKeys: CodingKey { case reading, hits }

    func encode(to encoder: any Encoder) throws {
      var fields = encoder.container(keyedBy: CodingKeys.self)
      try fields.encode(EncodedReading(reading: column.reading), forKey: .reading)
      try fields.encode(column.hits.map { PlacedHit(placed: $0, info: info) }, forKey: .hits)
    }
  }

  private struct PlacedHit: Encodable {
    let placed: LanguageComparison.PlacedHit
    let info: SearchInfo

    private enum CodingKeys: CodingKey { case hit, ranks, alone }

    func encode(to encoder: any Encoder) throws {
      var fields = encoder.container(keyedBy: CodingKeys.self)
      try fields.encode(EncodedHit(hit: placed.hit, info: info), forKey: .hit)
      try fields.encode(placed.ranks, forKey: .ranks)
      try fields.encode(placed.isAlone, forKey: .alone)
    }
  }

  private struct Pair: Encodable {
    let pair: LanguageComparison.Pair

    private enum CodingKeys: CodingKey {
      case first, second, textSimilarity
    }

    func encode(to encoder: any Encoder) throws {
      var fields = encoder.container(keyedBy: CodingKeys.self)
      try fields.encode(pair.first, forKey: .first)
      try fields.encode(pair.second, forKey: .second)
      try fields.encode(pair.textSimilarity, forKey: .textSimilarity)
      // The agreement's own names stand beside these.
      try pair.agreement.encode(to: encoder)
    }
  }
}
