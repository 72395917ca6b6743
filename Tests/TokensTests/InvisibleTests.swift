import Foundation
import Testing

@testable import Tokens

@Suite("What nobody sees in a text")
struct InvisibleTests {
  /// Soft hyphen, marks of direction, zero-width space and joiners, word joiner, byte-order mark,
  /// variation selectors.
  private static let marks: [UInt32] = [
    0xAD, 0x61C, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E,
    0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0x2066, 0x2069, 0xFEFF, 0xFE0E, 0xFE0F, 0xE0100,
  ]

  private static let texts = [
    "A red apple lies on the table.", "Ein roter Apfel liegt auf dem Tisch.", "une pomme rouge",
    "la manzana está en la mesa", "uma maçã vermelha", "mela rossa", "rode appel", "rött äpple",
    "punainen omena", "czerwone jabłko", "Kırmızı elma", "Một quả táo đỏ", "tufaha jekundu",
    "Красное яблоко лежит на столе.", "Ένα κόκκινο μήλο", "תפוח אדום על השולחן", "تفاحة حمراء",
    "سیب قرمز روی میز", "एक लाल सेब मेज पर है", "แอปเปิ้ลสีแดง", "빨간 사과가 탁자 위에 있다.",
    "赤いりんごがテーブルの上にあります。", "红色的苹果在桌子上", "වතුර", "❤ 1⃣",
  ]

  @Test("Changes no token of a vocabulary of ours, wherever it stands", arguments: Self.texts)
  func changesNothing(text: String) throws {
    let tokenizer = try Tokenizer(contentsOf: SharedData.fixture("trained.json"))
    let wanted = tokenizer.ids(text).ids
    #expect(wanted.count > 2)
    for mark in Self.marks.compactMap(Unicode.Scalar.init) {
      var marked = String.UnicodeScalarView([mark])
      for scalar in text.unicodeScalars { marked += [scalar, mark] }
      #expect(tokenizer.ids(String(marked)).ids == wanted, "U+\(String(mark.value, radix: 16))")
    }
  }

  @Test("A text is unknown where no character of it has a token")
  func knowsUnknown() throws {
    let own = try Tokenizer(contentsOf: SharedData.fixture("trained.json"))
    let pieces = try Tokenizer(contentsOf: SharedData.fixture("wordpiece-split.json"))
    for tokenizer in [own, pieces] {
      func isUnknown(_ text: String) -> Bool {
        tokenizer.areUnknown(tokenizer.ids(text, addSpecialTokens: false).ids)
      }
      #expect(isUnknown("𒀀") && isUnknown("𒀀 𒀁"))
      #expect(!isUnknown("apple") && !isUnknown("𒀀 apple"))
      #expect(!isUnknown("") && !isUnknown(" "))
    }
  }
}
