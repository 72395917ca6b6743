import Foundation
import Search
import Testing
import Tokens

@Suite("Blank texts")
struct BlankTextTests {
  @Test("Are the same to a search and to captions, for every character")
  func agree() {
    let others = (UInt32(0)...0x10FFFF).compactMap(Unicode.Scalar.init).map { String($0) }
      .filter { $0.isBlank != Query($0).isBlank }
    #expect(others.isEmpty)
  }
}
