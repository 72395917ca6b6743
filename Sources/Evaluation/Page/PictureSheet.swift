import Foundation

/// The small pictures of a page, each held once however often it is shown.
package struct PictureSheet {
  private let thumbnail: (_ imageID: String) -> (bytes: [UInt8], mediaType: String)?

  private var numbers: [String: Int?] = [:]
  private var rules: [String] = []

  /// - Parameter thumbnail: Gives the bytes of a picture and their media type, or `nil` if there is no
  ///   picture to show.
  package init(_ thumbnail: @escaping (String) -> (bytes: [UInt8], mediaType: String)?) {
    self.thumbnail = thumbnail
  }

  /// The style rules that hold the pictures.
  package var sheet: String { rules.joined(separator: "\n") }

  /// A picture for the page; its name if it cannot be had.
  package mutating func markup(_ imageID: String) -> String {
    let name = imageID.escapedForMarkup
    guard let number = number(of: imageID) else {
      return "<span class=\"picture\" title=\"\(name)\">\(name)</span>"
    }
    return "<span class=\"picture p\(number)\" role=\"img\" aria-label=\"\(name)\" "
      + "title=\"\(name)\"></span>"
  }

  private mutating func number(of imageID: String) -> Int? {
    if let known = numbers[imageID] { return known }
    guard let (bytes, mediaType) = thumbnail(imageID), mediaType.utf8.allSatisfy(\.isOfMediaType)
    else {
      numbers[imageID] = .some(nil)
      return nil
    }
    let number = rules.count
    numbers[imageID] = number
    let data = Data(bytes).base64EncodedString()
    rules.append(".p\(number){background-image:url(\"data:\(mediaType);base64,\(data)\")}")
    return number
  }
}

extension UInt8 {
  /// Whether it may stand in a media type, so that none can end the style rule it stands in.
  fileprivate var isOfMediaType: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "+"),
      UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }
}
