internal import Files
internal import Pictures

/// The kinds of the files in a folder, by their contents where their names do not say.
struct FolderContents {
  /// The folder's path, without a slash at its end.
  let root: String
  /// Paths relative to the folder, each list in the order of their bytes.
  private(set) var pictures: [String] = []
  private(set) var archives: [String] = []
  /// Files of JSON lines and tables.
  private(set) var lists: [String] = []
  private(set) var parquet: [String] = []
  /// Files that may describe the picture beside them: `.json` and `.txt`, in any case.
  private(set) var notes: [String] = []
  private(set) var problems: [CorpusProblem] = []
  private(set) var passedOver: [PassedOver] = []
  /// By bytes: to String, composed and decomposed names of files are one.
  private var pictureNames: Set<[UInt8]> = []
  private var rootParts: [ArraySlice<UInt8>] = []

  /// A single picture in its folder.
  init(root: String, picture: String) {
    self.root = root
    pictures = [picture]
  }

  init(_ path: String) throws(CorpusError) {
    root = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let scan: FolderScan
    do throws(FileError) { scan = try FolderScan(root) } catch {
      throw .unreadable(path: path, reason: error.reason)
    }
    for name in scan.files { take(name) }
    for (name, why) in scan.omissions { omit(name, why) }
    pictureNames = Set(pictures.map { Array($0.utf8) })
    rootParts = Self.parts(of: root)
  }

  private mutating func take(_ name: String) {
    let suffix = name.fileSuffix
    switch suffix {
    case "tar": archives.append(name)
    case "jsonl", "ndjson", "tsv", "csv": lists.append(name)
    case "parquet": parquet.append(name)
    case "json", "txt": notes.append(name)
    case _ where pictureSuffixes.contains(suffix): pictures.append(name)
    default:
      do throws(FileError) {
        let head = try readFile(root + "/" + name, upTo: 4096)
        if let format = foreignFormats[suffix], !Self.isPicture(head, besides: .tiff) {
          problems.append(CorpusProblem(.foreignFormat, name, "\(format) is not read"))
        } else if Self.isPicture(head) {
          pictures.append(name)
        } else {
          passedOver.append(PassedOver(.noPicture, name, "it holds no picture"))
        }
      } catch {
        problems.append(CorpusProblem(.locked, name, "it cannot be read: \(error.reason)"))
      }
    }
  }

  /// Where in the folder a picture lies, `nil` if it is not one of the folder's.
  func place(of picture: PictureLocation) -> String? {
    guard case .file(let path) = picture else { return nil }
    let parts = Self.parts(of: path)
    guard parts.starts(with: rootParts) else { return nil }
    let place = Array(parts.dropFirst(rootParts.count).joined(separator: [UInt8(ascii: "/")]))
    return pictureNames.contains(place) ? String(decoding: place, as: UTF8.self) : nil
  }

  /// The names in a path, without those that lead nowhere; an absolute one begins with an empty name.
  private static func parts(of path: String) -> [ArraySlice<UInt8>] {
    var parts: [ArraySlice<UInt8>] = path.utf8.first == UInt8(ascii: "/") ? [[]] : []
    for part in Array(path.utf8).split(separator: UInt8(ascii: "/")) where part != [0x2E] {
      if part == [0x2E, 0x2E], let last = parts.last, !last.isEmpty, last != part {
        parts.removeLast()
      } else {
        parts.append(part)
      }
    }
    return parts
  }

  /// What is passed over where only some files of the folder are read, by their whole paths.
  func beside(_ read: [String]) -> [PassedOver] {
    let file = read.first.map(fileName) ?? ""
    let reason = "it is ignored, because \(file) beside it is the collection"
    func others(_ names: [String], _ kind: PassedOver.Kind, _ more: String = "") -> [PassedOver] {
      let read = Set(read.map { Array($0.utf8) })
      return names.filter { !read.contains(Array((root + "/" + $0).utf8)) }
        .map { PassedOver(kind, $0, reason + more) }
    }
    return passedOver + others(pictures, .unlisted) + others(parquet, .noPicture)
      + others(lists, .list, "; name it to read it")
  }

  /// Whether a file that begins with `head` holds a picture, of any format but one.
  static func isPicture(_ head: [UInt8], besides excluded: PictureFormat? = nil) -> Bool {
    guard let format = PictureFormat(sniffing: head), format != excluded else { return false }
    // “P1 ” begins texts, too.
    return format != .pnm || (try? PictureHeader(decoding: head)) != nil
  }

  private mutating func omit(_ name: String, _ why: FolderScan.Omission) {
    switch why {
    case .hidden: passedOver.append(PassedOver(.hidden, name, "it is hidden"))
    case .machineMade:
      passedOver.append(PassedOver(.machineMade, name, "a program made it for its own use"))
    case .special:
      passedOver.append(PassedOver(.special, name, "it is a pipe, a socket or a device"))
    case .linked(let reason): passedOver.append(PassedOver(.linkedFolder, name, reason))
    case .danglingLink:
      problems.append(CorpusProblem(.danglingLink, name, "it is a link to nothing"))
    case .locked(let reason):
      problems.append(CorpusProblem(.locked, name, "it cannot be read: \(reason)"))
    case .tooLong:
      problems.append(
        CorpusProblem(
          .tooLong, name.shortened, "its path is longer than the system takes; move it further up"))
    }
  }
}

extension String {
  /// Its beginning and its end, if it is long.
  fileprivate var shortened: String { count > 120 ? "\(prefix(60))…\(suffix(50))" : self }
}

/// Pictures that cannot be read, by the suffixes of their files.
private let foreignFormats: [String: String] = {
  let raw = [
    "3fr", "arw", "cr2", "cr3", "crw", "dcr", "dng", "erf", "fff", "gpr", "iiq", "kdc", "mef",
    "mos", "mrw", "nef", "nrw", "orf", "pef", "raf", "raw", "rw2", "rwl", "sr2", "srf", "srw",
    "x3f",
  ]
  let others = [
    "jxl": "JPEG XL", "psd": "Photoshop's format", "psb": "Photoshop's format",
    "xcf": "GIMP's format", "jp2": "JPEG 2000", "jpf": "JPEG 2000", "jpx": "JPEG 2000",
    "j2k": "JPEG 2000", "jxr": "JPEG XR", "wdp": "JPEG XR", "hdp": "JPEG XR", "exr": "OpenEXR",
    "hdr": "Radiance's format", "tga": "Targa", "pcx": "PCX", "ico": "an icon",
    "svgz": "packed SVG", "qoi": "QOI", "eps": "PostScript", "ai": "Illustrator's format",
  ]
  return others.merging(raw.map { ($0, "a camera's raw picture") }) { own, _ in own }
}()
