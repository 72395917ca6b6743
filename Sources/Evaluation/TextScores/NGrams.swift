/// N-grams as numbers: every different n-gram gets one, and longer ones are found by the number of
/// their beginning and their last word. No n-gram is ever put together as a text.
struct NGramTable {
  /// An n-gram of a text, and how often it occurs there.
  struct Counted {
    let gram: Int
    let order: Int
    var count: Int
  }

  private var grams: [UInt64: Int32] = [:]

  /// The number of different n-grams so far; their numbers lie below it.
  var count: Int { grams.count }

  /// The n-grams of 1 to `maximumOrder` of these words, each once, in ascending numbers.
  mutating func counts(of words: [Int32], upTo maximumOrder: Int) -> [Counted] {
    var found: [(gram: Int, order: Int)] = []
    found.reserveCapacity(words.count * maximumOrder)
    for start in words.indices {
      // No n-gram has the number −1, so single words begin with nothing.
      var prefix: Int32 = -1
      for order in 1...min(maximumOrder, words.count - start) {
        let key =
          UInt64(UInt32(bitPattern: prefix)) << 32
          | UInt64(UInt32(bitPattern: words[start + order - 1]))
        prefix = number(of: key)
        found.append((Int(prefix), order))
      }
    }
    found.sort { $0.gram < $1.gram }
    var counted: [Counted] = []
    counted.reserveCapacity(found.count)
    for (gram, order) in found {
      if counted.last?.gram == gram {
        counted[counted.count - 1].count += 1
      } else {
        counted.append(Counted(gram: gram, order: order, count: 1))
      }
    }
    return counted
  }

  private mutating func number(of key: UInt64) -> Int32 {
    if let known = grams[key] { return known }
    let number = Int32(grams.count)
    grams[key] = number
    return number
  }
}

/// Words as numbers: equal words have equal ones.
struct WordTable {
  private var numbers: [ArraySlice<Unicode.Scalar>: Int32] = [:]

  mutating func numbers(of words: [ArraySlice<Unicode.Scalar>]) -> [Int32] {
    words.map { word in
      if let known = numbers[word] { return known }
      let number = Int32(numbers.count)
      numbers[word] = number
      return number
    }
  }
}

extension [NGramTable.Counted] {
  /// How often an n-gram is among them; found by halving, as they are in ascending order.
  func count(of gram: Int) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle].gram < gram { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low].gram == gram ? self[low].count : 0
  }
}
