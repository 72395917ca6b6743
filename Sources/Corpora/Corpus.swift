internal import Files
internal import Foundation
package import Pictures

/// How a corpus is opened.
package struct CorpusOptions: Sendable, Equatable {
  /// Whether a picture without any caption is kept, as an index of pictures wants it.
  ///
  /// Folders of pictures without a list keep theirs in any case.
  package var keepsPicturesWithoutCaptions = false
  /// Whether captions without any picture are kept, as learning from a teacher's texts wants them.
  package var keepsCaptionsWithoutPictures = false
  /// Whether the keywords of samples are read too.
  package var readsKeywords = false
  /// The names of the columns of TSV and CSV files.
  package var columns = TableColumns()

  package init(
    keepsPicturesWithoutCaptions: Bool = false, keepsCaptionsWithoutPictures: Bool = false,
    readsKeywords: Bool = false
  ) {
    self.keepsPicturesWithoutCaptions = keepsPicturesWithoutCaptions
    self.keepsCaptionsWithoutPictures = keepsCaptionsWithoutPictures
    self.readsKeywords = readsKeywords
  }
}

/// Pictures with captions in many languages, ready to be drawn from.
///
/// Opening reads what describes the samples; the pictures stay where they are and are read when
/// asked for, from any thread.
package struct Corpus: Sendable {
  /// Where it was opened.
  package let path: String
  package let samples: [Sample]
  /// What was left out while opening, one line each.
  package let problems: [CorpusProblem]
  /// What lies in its folder and is no part of it.
  package let passedOver: [PassedOver]

  package init(
    path: String, samples: [Sample], problems: [CorpusProblem] = [],
    passedOver: [PassedOver] = []
  ) {
    self.path = path
    self.samples = samples
    self.problems = problems
    self.passedOver = passedOver
  }

  /// Opens tar shards, JSONL, TSV, CSV, Parquet, a folder of pictures or what img2dataset wrote.
  ///
  /// - Parameters:
  ///   - path: A file, a folder, or shards as `folder/{00000..00012}.tar`.
  ///   - options: What is kept.
  ///   - progress: Called now and then with the number of samples found so far.
  /// - Throws: ``CorpusError`` if nothing can be read at all; what is wrong with single samples
  ///   becomes ``problems``.
  package init(
    opening path: String, options: CorpusOptions = CorpusOptions(),
    progress: ((Int) -> Void)? = nil
  ) throws(CorpusError) {
    var collector = SampleCollector(options: options)
    let form = try CorpusForm(detecting: path)
    collector.merge(problems: form.problems)
    collector.passOver(form.passedOver)
    switch form.kind {
    case .lines(let file): try CaptionLines.read(file, into: &collector)
    case .table(let file): try CaptionTable.read(file, into: &collector)
    case .parquet(let files): try CaptionParquet.read(files, into: &collector, progress)
    case .folder(let folder): PictureFolder.read(folder, into: &collector)
    case .shards(let shards):
      try ShardSamples.read(shards, into: &collector, progress)
      CollectionDescription.reportMissingShards(beside: shards, to: &collector)
    }
    guard !collector.samples.isEmpty else {
      throw .empty(
        path: path, problems: collector.problems, passedOver: collector.passedOver.summary)
    }
    self.init(
      path: path, samples: collector.samples, problems: collector.problems,
      passedOver: collector.passedOver)
    progress?(samples.count)
  }

  /// The bytes of the picture file of `sample`.
  package func bytes(of sample: Sample) throws(CorpusError) -> [UInt8] {
    switch sample.picture {
    case .file(let path): try InputFile(path).all()
    case .shard(let path, let offset, let length):
      try InputFile(path).read(at: offset, count: length)
    case .page(let path, let place): try ParquetPictures.bytes(at: place, in: path)
    case .absent: throw .unreadable(path: sample.id, reason: "the sample has no picture")
    }
  }

  /// The decoded picture of `sample`.
  ///
  /// - Throws: ``CorpusError`` if it cannot be read, ``PictureError`` if it cannot be decoded.
  package func picture(of sample: Sample) throws -> Picture {
    try Picture(decoding: bytes(of: sample))
  }

  /// Whether any sample names a split.
  package var hasSplits: Bool { samples.contains { !$0.split.isEmpty } }

  /// The samples to learn from: those of the split “train”, or all of a corpus that has no splits.
  package var learningPart: Corpus { hasSplits ? split("train") : filter { _ in true } }

  /// The samples of one split; without problems, which belong to the whole.
  package func split(_ name: String) -> Corpus {
    Corpus(path: path, samples: samples.filter { $0.split == name })
  }

  /// The samples that `isIncluded` says yes to; without problems, which belong to the whole.
  package func filter(_ isIncluded: (Sample) -> Bool) -> Corpus {
    Corpus(path: path, samples: samples.filter(isIncluded))
  }

  /// A digest of what describes the samples: ids, concepts, captions. Bytes of pictures are not read.
  package var contents: String {
    var digest = ContentDigest()
    for sample in samples {
      digest.combine(sample.id)
      digest.combine(sample.concept)
      for language in sample.languages {
        digest.combine(language)
        for text in sample.captions[language] ?? [] { digest.combine(text) }
      }
    }
    return digest.text
  }
}
