/// Records in the order in which a list names its pictures: several rows or lines of one picture are
/// captions of one sample, unless their ids differ.
struct PictureRecords {
  private struct Record {
    var raw: RawSample
    let place: String
    let picture: String?
  }

  private var records: [Record] = []
  /// Keyed by bytes: to String, composed and decomposed names of files are one.
  private var numbers: [[UInt8]: Int] = [:]

  /// Takes in what a row or line at `place` says of a picture, or of none.
  mutating func add(_ raw: RawSample, at place: String, picture: String?) {
    if let picture {
      let key = Array("\(raw.id)\u{0}\(picture)".utf8)
      if let number = numbers[key] { return records[number].raw.add(raw) }
      numbers[key] = records.count
    }
    records.append(Record(raw: raw, place: place, picture: picture))
  }

  /// Gives the samples to `collector`; their pictures lie relative to the list at `path`.
  func finish(into collector: inout SampleCollector, from path: String) {
    for record in records {
      if let picture = record.picture {
        collector.add(record.raw, at: record.place, pictureAt: picture, relativeTo: path)
      } else {
        collector.add(record.raw, at: record.place, picture: .absent)
      }
    }
  }
}

extension RawSample {
  /// Takes in the captions of a further record of the same picture, and what is not known yet.
  mutating func add(_ other: RawSample) {
    captions += other.captions
    keywords += other.keywords
    if concept.isEmpty { concept = other.concept }
    if split.isEmpty { split = other.split }
    if source.isEmpty { source = other.source }
    if license.isEmpty { license = other.license }
    if kind.isEmpty { kind = other.kind }
    if boxes.isEmpty { boxes = other.boxes }
    isReported = isReported || other.isReported
  }
}
