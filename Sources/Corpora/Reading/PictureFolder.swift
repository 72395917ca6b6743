internal import FileSystem
internal import Foundation

/// Reads a folder of pictures, with folders inside it.
///
/// Lists in it add captions (``FolderLists``). A `.json` or `.txt` of the same name beside a picture
/// is its caption, as in what img2dataset writes with `--output_format files`. A picture without
/// captions is no problem, and nothing that is wrong with a list or a note hides its picture.
enum PictureFolder {
  static func read(_ folder: FolderContents, into collector: inout SampleCollector) {
    let lists = FolderLists(of: folder, options: collector.options)
    for (list, var contents) in lists.used {
      // What is named after the picture's place in the list's folder is named after that in the whole.
      contents.nameSamples { sample in
        folder.place(of: sample.picture).flatMap { $0.hasSuffix("/" + sample.id) ? $0 : nil }
      }
      collector.merge(contents, from: list)
    }
    let listed = Set(
      collector.samples.compactMap { folder.place(of: $0.picture).map { Array($0.utf8) } })
    if lists.used.isEmpty { collector.keepPicturesWithoutCaptions() }
    let notes = Notes(folder)
    var used: Set<[UInt8]> = []
    for name in folder.pictures {
      let own = notes.names(beside: name)
      used.formUnion(own.map { Array($0.utf8) })
      guard !listed.contains(Array(name.utf8)) else { continue }
      let raw = read(own, beside: name, in: folder, reportingTo: &collector)
      if raw.captions.isEmpty, !collector.options.keepsPicturesWithoutCaptions {
        collector.passOver(.unlisted, name, "no list has captions for it")
      } else {
        collector.add(
          raw, at: name, picture: .file(path: folder.root + "/" + name), fallback: name)
      }
    }
    collector.merge(problems: lists.problems + folder.problems)
    collector.passOver(folder.passedOver + lists.passedOver)
    for name in folder.notes where !used.contains(Array(name.utf8)) {
      collector.passOver(.noPicture, name, "there is no picture of this name beside it")
    }
    for name in folder.parquet {
      collector.passOver(
        .noPicture, name, "a table among pictures is left alone; name it to read it")
    }
    for name in folder.archives {
      collector.passOver(
        .archive, name, "an archive among pictures is left alone; name it to read what is in it")
    }
  }

  /// What the notes beside a picture say of it; what is wrong with them is reported.
  private static func read(
    _ notes: [String], beside name: String, in folder: FolderContents,
    reportingTo collector: inout SampleCollector
  ) -> RawSample {
    var raw = RawSample()
    for note in notes where raw.captions.isEmpty {
      let bytes: [UInt8]
      do throws(CorpusError) {
        bytes = try InputFile(folder.root + "/" + note).all()
      } catch {
        collector.report(.badRecord, note, "\(error)")
        continue
      }
      if note.fileSuffix == "json" {
        guard let object = collector.object(in: bytes, at: note) else { continue }
        raw = SampleRecord.read(object, at: note, reporting: &collector)
        // Other programs' notes give the file's own name as its title.
        raw.captions = raw.captions.filter { $0.texts != [fileName(name)] }
      } else {
        switch TextEncoding.decoded(bytes) {
        case .success(let text): raw.captions = [("und", [text])]
        case .failure(let fault): collector.report(.wrongEncoding, note, fault.reason)
        }
      }
    }
    return raw
  }
}

/// The notes of a folder, found by the picture that they lie beside.
private struct Notes {
  /// Keyed by bytes: to String, composed and decomposed names of files are one.
  private var names: [[UInt8]: [String]] = [:]

  init(_ folder: FolderContents) {
    for name in folder.notes {
      names[Array(name.withoutFileSuffix.utf8), default: []].append(name)
    }
  }

  /// JSON first.
  func names(beside picture: String) -> [String] {
    (names[Array(picture.withoutFileSuffix.utf8)] ?? []).sorted {
      ($0.fileSuffix, $0) < ($1.fileSuffix, $1)
    }
  }
}
