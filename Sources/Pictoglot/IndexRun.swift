package import Corpora
import Foundation
import Models
package import Search
import Towers

extension ImageTextModel {
  /// What making an index came to.
  package struct IndexOutcome: Sendable {
    package var indexed = 0
    package var reused = 0
    package var problems: [String] = []
    /// The pictures whose files were written to while they were read.
    package var changed: [String] = []
    package var isInterrupted = false
  }

  /// Makes an index of a corpus' pictures in the folder `path`, or brings one up to date.
  ///
  /// Pictures that have not changed since are not embedded again. The index appears only when it is
  /// complete; an interrupted run continues from where it stopped. A picture whose file was written
  /// to while it was read is embedded again the next time. The index records where the model is, so
  /// that ``PictureIndex`` finds it.
  ///
  /// - Throws: ``IndexError`` if the folder cannot be written or holds another model's index;
  ///   ``CorpusError`` if the pictures are inside Parquet;
  ///   ``ModelError`` if the model has no tower for pictures.
  package func index(
    _ corpus: Corpus, to path: String, type: VectorType = .float16, fast: Bool = false,
    progress: (_ done: Int, _ total: Int) -> Void, isInterrupted: () -> Bool
  ) throws -> IndexOutcome {
    guard model.encoder.images != nil else {
      throw ModelError.noTower(model: name, side: "pictures")
    }
    let isInside = corpus.samples.contains { if case .page = $0.picture { true } else { false } }
    guard !isInside else {
      throw CorpusError.unreadable(
        path: corpus.path,
        reason:
          "its pictures lie inside Parquet, where an index cannot find them again; make shards "
          + "of it with “pictoglot data import” first")
    }
    // Damaged weights are told of before anything is written.
    try tryOut()
    // Never leaves this call; the compiler cannot see that through the closure below.
    nonisolated(unsafe) let builder = try IndexBuilder(
      path,
      settings: IndexSettings(
        model: IndexedModel(name: name, id: identity), width: width, type: type))
    var outcome = IndexOutcome()
    var fresh: [(sample: Sample, entry: IndexEntry)] = []
    for sample in corpus.samples {
      let entry = entry(of: sample)
      if try builder.reuses(entry) { outcome.reused += 1 } else { fresh.append((sample, entry)) }
    }
    progress(outcome.reused, corpus.samples.count)
    try embed(picturesOf: fresh.map(\.sample), in: corpus, fast: fast) { part, done in
      let entries = part.places.indices.map { index in
        var entry = fresh[part.places[index]].entry
        (entry.width, entry.height) = part.sizes[index]
        entry.checksum = part.checksums[index]
        // Its stamp is that from before the reading, so that a later change is seen in any case.
        if entry.stamp != FileStamp(path: fresh[part.places[index]].sample.picture.path) {
          (entry.stamp, entry.checksum) = (nil, nil)
          outcome.changed.append(entry.name)
        }
        return entry
      }
      try builder.add(entries, vectors: part.vectors)
      outcome.indexed += entries.count
      outcome.problems += part.problems
      progress(outcome.reused + done, corpus.samples.count)
      outcome.isInterrupted = isInterrupted()
      return !outcome.isInterrupted
    }
    if !outcome.isInterrupted {
      _ = try builder.finish()
      try ModelNote.write(place, to: path)
    }
    return outcome
  }

  private nonisolated func entry(of sample: Sample) -> IndexEntry {
    let location: IndexedLocation =
      switch sample.picture {
      case .file(let path): .file(path: absolute(path))
      case .shard(let path, let offset, let length):
        .part(path: absolute(path), offset: offset, length: length)
      case .page, .absent: .file(path: "")
      }
    return IndexEntry(
      name: sample.id, location: location, title: nil, captions: sample.captions,
      concept: sample.concept.isEmpty ? nil : sample.concept,
      source: sample.source.isEmpty ? nil : sample.source,
      license: sample.license.isEmpty ? nil : sample.license, width: nil, height: nil,
      stamp: FileStamp(path: sample.picture.path))
  }
}

private func absolute(_ path: String) -> String {
  URL(fileURLWithPath: path).standardizedFileURL.path
}
