import Corpora
import Foundation
import Languages
import Models
package import Search

/// The sentences of a text file, ready to be compared with pictures.
public struct Sentences: Sendable {
  /// How many there are.
  public var count: Int { file.count }
  /// What a person should know about how they were read, one line each.
  public var remarks: [String] { vectors.remarks }
  let file: SentenceFile
  let vectors: SentenceVectors
  let model: String

  /// Where the vectors of sentences are kept, so that they need not be made again.
  public enum Cache: Sendable, Equatable {
    /// `pictoglot/sentences` in `$XDG_CACHE_HOME`, or in `.cache` in the user's folder.
    case usual
    case folder(String)
    case none

    var path: String? {
      switch self {
      case .usual:
        let named = ProcessInfo.processInfo.environment["XDG_CACHE_HOME"] ?? ""
        let home = named.hasPrefix("/") ? named : NSHomeDirectory() + "/.cache"
        return home + "/pictoglot/sentences"
      case .folder(let path): return path
      case .none: return nil
      }
    }
  }
}

/// A sentence that fits a picture.
public struct MatchedSentence: Sendable, Equatable {
  /// Without blanks around it.
  public let text: String
  /// Its line in the file, counted from 1.
  public let line: Int
  /// The cosine of picture and sentence, from −1 to 1.
  public let similarity: Float
}

extension ImageTextModel {
  /// Reads a file of sentences, one a line, or JSONL with a `text` in each line.
  ///
  /// Their vectors are made once for each model, language and file, and kept.
  ///
  ///     let lines = try await model.sentences(inFile: "lyrics.txt")
  ///     let best = try await model.match(pictureFile: "sea.jpg", among: lines)
  ///     print(best[0].text)
  ///
  /// - Parameters:
  ///   - language: Their BCP 47 tag, for models that need one; each is read by itself if nil.
  /// - Throws: An error that names the file and says what is wrong with it.
  public func sentences(
    inFile path: String, language: String? = nil, cache: Sentences.Cache = .usual
  ) async throws -> Sentences {
    try await sentences(inFile: path, language: language, cache: cache) { _, _ in true }
  }

  /// The same, saying how far it is.
  ///
  /// - Parameter progress: Sentences done and sentences in all, if their vectors have to be made;
  ///   return false to stop.
  /// - Throws: ``CancellationError`` if stopped; then nothing is kept.
  package func sentences(
    inFile path: String, language: String?, cache: Sentences.Cache,
    progress: (Int, Int) -> Bool
  ) async throws -> Sentences {
    let tag = try language.map { tag throws(LanguageTagError) in try LanguageTag(tag) }
    let file = try SentenceFile(path)
    let origin = SentenceVectors.Origin(
      model: "\(identity) \(model.precision) \(model.reader?.mapping ?? .standard)",
      language: tag, file: SentenceVectors.checksum(of: file.bytes), count: file.count, width: width
    )
    let folder = cache.path.map { $0 + "/" + origin.name }
    if let folder, let vectors = SentenceVectors(opening: folder, origin: origin) {
      return Sentences(file: file, vectors: vectors, model: identity)
    }
    let place = folder ?? NSTemporaryDirectory() + "/pictoglot-sentences-\(UUID().uuidString)"
    // The vectors stay mapped when their folder is gone.
    defer { if folder == nil { try? FileManager.default.removeItem(atPath: place) } }
    let builder = try SentenceVectorsBuilder(place, origin: origin)
    var (cut, unseen) = (0, 0)
    for start in stride(from: 0, to: file.count, by: 1024) {
      let part = start..<min(start + 1024, file.count)
      let texts = part.map { Query(file.text(at: $0), language: tag) }
      let embedded = try await embed(texts: texts)
      try builder.append(embedded.vectors)
      cut += embedded.readings.count(where: \.isTruncated)
      unseen += embedded.readings.count(where: \.isUnseen)
      guard progress(part.upperBound, file.count) else { throw CancellationError() }
    }
    try builder.finish(remarks: remarks(cut: cut, unseen: unseen, in: path))
    guard let vectors = SentenceVectors(opening: place, origin: origin) else {
      throw IndexError.damaged(file: place, reason: "it has changed since it was just written")
    }
    return Sentences(file: file, vectors: vectors, model: identity)
  }

  private nonisolated func remarks(cut: Int, unseen: Int, in path: String) -> [String] {
    (cut > 0
      ? ["\(cut) sentences of \(path) are longer than \(name) reads and were cut."]
      : [])
      + (unseen > 0
        ? [
          "\(unseen) sentences of \(path) are, or seem to be, in languages that \(name) has not "
            + "learned."
        ] : [])
  }

  /// The sentences that fit a picture best, the best first; equal ones once.
  ///
  /// - Throws: An error that names the picture and says why it cannot be read, or that the sentences
  ///   were read by another model.
  public func match(pictureFile path: String, among sentences: Sentences, limit: Int = 5) throws
    -> [MatchedSentence]
  {
    try match(embed(pictureFile: path).values, among: sentences, limit: limit)
  }

  /// The sentences that fit the picture in a file's bytes best, the best first; equal ones once.
  ///
  /// - Throws: An error that says why the bytes are not a picture, or that the sentences were read
  ///   by another model.
  public func match(picture bytes: [UInt8], among sentences: Sentences, limit: Int = 5) throws
    -> [MatchedSentence]
  {
    try match(embed(picture: bytes).values, among: sentences, limit: limit)
  }

  /// The sentences nearest to a picture's vector of length one.
  package nonisolated func match(_ vector: [Float], among sentences: Sentences, limit: Int)
    throws(SearchError) -> [MatchedSentence]
  {
    guard sentences.model == identity else {
      throw .noClassification(
        reason:
          "The sentences of \(sentences.file.path) were embedded by a model other than \(name).")
    }
    // Songs repeat themselves: the more of what is found is the same, the further it is looked.
    var wanted = limit
    while true {
      var known: Set<String> = []
      let found = sentences.vectors.nearest(to: vector, limit: wanted)
      let distinct = found.map { row in
        MatchedSentence(
          text: sentences.file.text(at: row.row), line: sentences.file.lineNumbers[row.row],
          similarity: row.score)
      }.filter { known.insert($0.text).inserted }
      if distinct.count >= limit || found.count < wanted || wanted >= sentences.count {
        return Array(distinct.prefix(limit))
      }
      wanted = min(sentences.count, wanted * 4)
    }
  }
}
