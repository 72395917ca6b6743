import CScan
import SearchTestKit
import Testing

/// The families are compared one after the other, since restricting them is global.
@Suite("Scan kernels", .serialized)
struct KernelTests {
  static let levels = [CSCAN_PORTABLE, CSCAN_NEON, CSCAN_AVX2, CSCAN_AVX512, CSCAN_AVX512_VNNI]

  private func withEachLevel(_ body: (cscan_level) throws -> Void) rethrows {
    defer { cscan_restrict(CSCAN_AVX512_VNNI) }
    for level in Self.levels {
      cscan_restrict(level)
      if cscan_level_in_use() == level { try body(level) }
    }
  }

  @Test(
    "Every family of instructions gives the same products at any width",
    arguments: [1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129, 200, 512, 768])
  func familiesAgree(width: Int) {
    var numbers = SeededNumbers(UInt64(width))
    let query = unit(numbers.vector(width))
    let rows = (0..<5).flatMap { _ in unit(numbers.vector(width)) }
    var halves = [UInt16](repeating: 0, count: rows.count)
    cscan_to_float16(rows, rows.count, &halves)
    var bytes = [Int8](repeating: 0, count: rows.count)
    var scales: [Float] = []
    for row in 0..<5 {
      let numbers = Array(rows[row * width..<(row + 1) * width])
      bytes.withUnsafeMutableBufferPointer {
        scales.append(cscan_to_int8(numbers, width, $0.baseAddress.map { $0 + row * width }))
      }
    }
    let expected = (0..<5).map { row in
      (0..<width).reduce(0.0) { $0 + Double(rows[row * width + $1]) * Double(query[$1]) }
    }
    withEachLevel { level in
      for (type, tolerance) in [
        (CSCAN_FLOAT32, 1e-5), (CSCAN_FLOAT16, 2e-3), (CSCAN_INT8, 2e-2),
      ] {
        let scores = rows.withUnsafeBytes { floats in
          halves.withUnsafeBytes { halves in
            bytes.withUnsafeBytes { bytes in
              let values = [floats, halves, bytes][Int(type.rawValue)].baseAddress
              return scales.withUnsafeBufferPointer { scales in
                var table = cscan_rows(
                  values: values, scales: scales.baseAddress, width: width, type: type)
                var scores = [Float](repeating: 0, count: 5)
                cscan_scores(&table, query, [0, 1, 2, 3, 4], 5, &scores)
                return scores
              }
            }
          }
        }
        for row in 0..<5 {
          #expect(
            abs(Double(scores[row]) - expected[row]) < tolerance,
            "\(level) \(type) width \(width) row \(row)")
        }
      }
    }
  }

  @Test("Every half-precision number survives being widened and narrowed")
  func halvesSurvive() {
    let all = (0...UInt16.max).map { $0 }
    var wide = [Float](repeating: 0, count: all.count)
    cscan_from_float16(all, all.count, &wide)
    var back = [UInt16](repeating: 0, count: all.count)
    cscan_to_float16(wide, wide.count, &back)
    for (half, again) in zip(all, back) {
      let isNumber = half & 0x7c00 != 0x7c00 || half & 0x3ff == 0
      #expect(isNumber ? again == half : again & 0x7c00 == 0x7c00 && again & 0x3ff != 0)
    }
    #expect(wide[0x3c00] == 1 && wide[0xc000] == -2 && wide[0x0001] == 0x1p-24)
  }

  @Test("Narrowing rounds to the nearest, ties to even")
  func narrowingRounds() {
    let cases: [(Float, UInt16)] = [
      (1 + 0x1p-11, 0x3c00), (1 + 3 * 0x1p-11, 0x3c02), (1 + 0x1.8p-11, 0x3c01),
      (65_519, 0x7bff), (65_520, 0x7c00), (0x1p-25, 0), (0x1.8p-25, 1), (-0x1p-26, 0x8000),
    ]
    for (number, half) in cases {
      var out: UInt16 = 0
      cscan_to_float16([number], 1, &out)
      #expect(out == half, "\(number)")
    }
  }

  @Test("The checksum is XXH64")
  func checksumIsXXH64() {
    func hash(_ text: String) -> UInt64 { cscan_checksum(Array(text.utf8), text.utf8.count) }
    #expect(hash("") == 0xef46_db37_51d8_e999)
    #expect(hash("a") == 0xd24e_c4f1_a98c_6e5b)
    #expect(hash("abc") == 0x44bc_2cf5_ad77_0999)
    #expect(
      hash("Nobody inspects the spammish repetition") == 0xfbce_a83c_8a37_8bf1)
  }

  @Test("Equal scores come in the order of their rows, and what is not a number never comes")
  func orderIsFixed() {
    let rows: [Float] = [1, 2, .nan, 2, 1, 2]
    var hits = [cscan_hit](repeating: cscan_hit(), count: 4)
    let found = rows.withUnsafeBytes { bytes in
      var table = cscan_rows(
        values: bytes.baseAddress, scales: nil, width: 1, type: CSCAN_FLOAT32)
      return cscan_nearest(&table, [1], nil, 0, 6, 4, &hits)
    }
    #expect(found == 4)
    #expect(hits.map(\.row) == [1, 3, 5, 0])
  }
}
