internal import Files
internal import Pictures

/// How a corpus is made into a native collection.
package struct ImportOptions: Sendable {
  /// The folder to be made.
  package var output: String
  package var samplesPerShard = 1000
  /// Pictures with a longer side of more pixels are made smaller, as JPEG; `nil` keeps every file
  /// as it is.
  package var longSide: Int?
  /// Whether every picture is decoded first, so that broken ones are left out.
  package var checksPictures = true
  /// Whether samples without a split are given one by their concept, or else by their id.
  package var splitsByConcept = false

  package init(output: String) {
    self.output = output
  }
}

/// Writes any corpus that can be opened as native tar shards.
///
/// - Parameters:
///   - corpus: What to write; its problems come first in the report.
///   - options: Where to, and how.
///   - progress: Called now and then.
/// - Returns: What was written, and what was left out.
/// - Throws: ``CorpusError`` if nothing can be written; nothing is left half made.
package func importCorpus(
  _ corpus: Corpus, _ options: ImportOptions, progress: ((CollectionProgress) -> Void)? = nil
) throws(CorpusError) -> CollectionReport {
  let writer = try CollectionWriter(
    options.output, name: fileName(options.output),
    origin: "pictoglot data import \(fileName(corpus.path))",
    samplesPerShard: options.samplesPerShard)
  var problems = corpus.problems
  // Prepared piece by piece on all cores; written in order.
  let piece = 64
  for start in stride(from: 0, to: corpus.samples.count, by: piece) {
    let samples = corpus.samples[start..<min(start + piece, corpus.samples.count)]
    let prepared = concurrentMap(samples.count) { index in
      Result { try preparedBytes(corpus, samples[samples.startIndex + index], options) }
    }
    for (sample, result) in zip(samples, prepared) {
      switch result {
      case .success(let bytes):
        var sample = sample
        if options.splitsByConcept, sample.split.isEmpty {
          sample.split = ConceptRule.split(
            ofConcept: sample.concept.isEmpty ? sample.id : sample.concept)
        }
        do {
          try writer.add(sample, bytes)
        } catch .unsuitable(let id, let reason) {
          problems.append(CorpusProblem(.brokenPicture, id, reason))
        }
      case .failure(let error):
        problems.append(CorpusProblem(brokenPictureOf: sample, error))
      }
    }
    progress?(
      CollectionProgress(
        stage: "Writing samples", done: start + samples.count, total: corpus.samples.count))
  }
  guard writer.count > 0 else { throw .empty(path: corpus.path, problems: problems) }
  return CollectionReport(description: try writer.finish(), problems: problems)
}

private func preparedBytes(
  _ corpus: Corpus, _ sample: Sample, _ options: ImportOptions
) throws -> [UInt8] {
  let bytes = try corpus.bytes(of: sample)
  guard options.checksPictures || options.longSide != nil else { return bytes }
  let picture = try Picture(decoding: bytes)
  guard let side = options.longSide, max(picture.width, picture.height) > side else {
    return bytes
  }
  return try picture.shrunk(toLongSide: side).jpeg(quality: 90)
}
