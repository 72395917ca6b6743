import Corpora
import Foundation
import Pictures
import TestSupport

extension TemporaryFolder {
  /// Writes a file and gives its path.
  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let url = URL(fileURLWithPath: path + "/" + name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return url.path
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    try write(name, Array(text.utf8))
  }

  /// The names in the folder, hidden ones too.
  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}

/// A small PNG file of one colour.
func png(_ width: Int, _ height: Int) throws -> [UInt8] {
  try Picture(width: width, height: height, colour: (200, 10, 10)).png()
}

func bytes(of path: String) throws -> [UInt8] { try wholeFile(path) }

/// Text compared scalar by scalar, which comparing strings would not do.
func scalars(_ text: String?) -> [UInt32]? { text?.unicodeScalars.map(\.value) }

/// The width and height of a picture.
func sides(_ picture: Picture) -> [Int] { [picture.width, picture.height] }

/// The folder `shared` beside the checkout; `nil` where there is none.
let sharedPairs: String? = sharedData("pairs")
