internal import Files
internal import Foundation

/// Reads a folder of pictures, with folders inside it.
///
/// Lists in it add captions (``FolderLists``). A `.json` or `.txt` of the same name beside a picture
/// is its caption, as in what img2dataset writes with `--output_format files`; so is `photo.ko.txt`
/// beside `photo.jpg`, in Korean. A picture without
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
      let own = notes.notes(beside: name)
      used.formUnion(own.map { Array($0.name.utf8) })
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
        .noPicture, name, "a table among pictures is ignored; name it to read it")
    }
    for name in folder.archives {
      collector.passOver(
        .archive, name, "an archive among pictures is ignored; name it to read what is in it")
    }
  }

  /// What the notes beside a picture say of it; what is wrong with them is reported.
  private static func read(
    _ notes: [Notes.Note], beside name: String, in folder: FolderContents,
    reportingTo collector: inout SampleCollector
  ) -> RawSample {
    var raw = RawSample()
    var isDescribed = false
    // A text without a language repeats what the JSON says.
    for note in notes where !isDescribed || note.language != "und" {
      let bytes: [UInt8]
      do throws(CorpusError) {
        bytes = try InputFile(folder.root + "/" + note.name).all()
      } catch {
        collector.report(.badRecord, note.name, "\(error)")
        continue
      }
      if note.name.fileSuffix == "json" {
        guard let object = collector.object(in: bytes, at: note.name) else { continue }
        raw = SampleRecord.read(object, at: note.name, reporting: &collector)
        // Other programs' notes give the file's own name as its title.
        raw.captions = raw.captions.filter { $0.texts != [fileName(name)] }
        isDescribed = !raw.captions.isEmpty
      } else {
        switch TextEncoding.decoded(bytes) {
        case .success(let text): raw.captions.append((note.language, [text]))
        case .failure(let fault): collector.report(.wrongEncoding, note.name, fault.reason)
        }
      }
    }
    return raw
  }
}

/// The notes of a folder, found by the picture that they lie beside.
private struct Notes {
  struct Note {
    let name: String
    /// The language that its name says, or `"und"`.
    let language: String
  }

  /// Keyed by bytes: to String, composed and decomposed names of files are one.
  private var notes: [[UInt8]: [Note]] = [:]

  init(_ folder: FolderContents) {
    let pictures = Set(folder.pictures.map { Array($0.withoutFileSuffix.utf8) })
    for name in folder.notes {
      let readings = captionReadings(ofText: name.withoutFileSuffix)
      let reading = readings.first { pictures.contains(Array($0.stem.utf8)) }
      guard let reading, name.fileSuffix != "json" || reading.language == "und" else { continue }
      notes[Array(reading.stem.utf8), default: []].append(
        Note(name: name, language: reading.language))
    }
  }

  /// JSON first.
  func notes(beside picture: String) -> [Note] {
    (notes[Array(picture.withoutFileSuffix.utf8)] ?? []).sorted {
      ($0.name.fileSuffix, $0.name) < ($1.name.fileSuffix, $1.name)
    }
  }
}
