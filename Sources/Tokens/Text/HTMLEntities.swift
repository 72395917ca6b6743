import Files
import Foundation
import Languages

/// HTML's names for characters, undone as Python's `html.unescape` does.
struct HTMLEntities: Sendable {
  static let shared = HTMLEntities()

  private let named: [[UInt8]: [UInt32]]

  private init() {
    let data = Data(base64Encoded: Self.packed).map { [UInt8]($0) } ?? []
    let text = (try? Inflate.raw(data, limit: Self.packedSize)) ?? []
    var named: [[UInt8]: [UInt32]] = [:]
    // The names of the line feed and its like hold no line feed; only “NewLine;” stands for one.
    for line in text.split(separator: 0x0A) {
      let parts = line.split(separator: 0x20, maxSplits: 1)
      guard parts.count == 2 else { continue }
      named[Array(parts[0])] = UTF8Reading.scalars(Array(parts[1]))
    }
    named[Array("NewLine;".utf8)] = [0x0A]
    self.named = named
  }

  /// The text of an entity: `name` is what stands after the ampersand, its semicolon included.
  func text(_ name: [UInt8]) -> [UInt32]? { named[name] }

  /// Undoes the entity that begins at an ampersand.
  ///
  /// Semicolons may be missing where HTML allows it.
  func entity(_ scalars: [UInt32], at start: Int) -> (text: [UInt32], length: Int)? {
    var end = start + 1
    if end < scalars.count, scalars[end] == 0x23 { return number(scalars, at: start) }
    var name: [UInt8] = []
    while end < scalars.count, name.count < 32, scalars[end] < 0x80,
      ![0x09, 0x0A, 0x0C, 0x20, 0x3C, 0x26, 0x23, 0x3B].contains(scalars[end])
    {
      name.append(UInt8(scalars[end]))
      end += 1
    }
    if end < scalars.count, scalars[end] == 0x3B {
      name.append(0x3B)
    }
    while name.count > 1 {
      if let text = named[name] { return (text, name.count + 1) }
      name.removeLast()
    }
    return nil
  }

  /// `&#65;`, `&#x41;`, with or without the semicolon.
  private func number(_ scalars: [UInt32], at start: Int) -> (text: [UInt32], length: Int)? {
    var at = start + 2
    let isHex = at < scalars.count && scalars[at] | 32 == 0x78
    if isHex { at += 1 }
    let first = at
    var value: UInt32 = 0
    while at < scalars.count, scalars[at] < 0x80, let digit = UInt8(scalars[at]).hexadecimal,
      isHex || digit < 10
    {
      value = min(value * (isHex ? 16 : 10) + UInt32(digit), 0x200000)
      at += 1
    }
    guard at > first else { return nil }
    if at < scalars.count, scalars[at] == 0x3B { at += 1 }
    return (Self.scalars(of: value), at - start)
  }

  private static func scalars(of value: UInt32) -> [UInt32] {
    switch value {
    case 0: return [0xFFFD]
    case 0x0D: return [0x0D]
    case 0x80...0x9F: return [windows1252[Int(value - 0x80)]]
    case 0xD800...0xDFFF, 0x110000...: return [0xFFFD]
    case 0x1...0x8, 0xB, 0xE...0x1F, 0x7F, 0xFDD0...0xFDEF: return []
    default: return value & 0xFFFE == 0xFFFE ? [] : [value]
    }
  }

  /// What the bytes from 0x80 to 0x9F mean to Windows.
  static let windows1252: [UInt32] = [
    0x20AC, 0x81, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039,
    0x152,
    0x8D, 0x17D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122,
    0x161, 0x203A, 0x153, 0x9D, 0x17E, 0x178,
  ]
}
