import Files
import Foundation

/// Reads a pickle of any protocol, 0 to 5, without ever executing what it asks for.
///
/// - Source: CPython, Lib/pickletools.py, which describes every opcode.
struct Unpickler {
  /// The most bytes and values a pickle may have: tensors' numbers lie outside of it.
  static let maximumBytes = 64 << 20
  static let maximumValues = 1 << 21

  private var cursor: ByteCursor
  private let end: Int
  private var pickle = Pickle()
  private var stack: [Pickle.Value] = []
  /// Heights of the stack.
  private var marks: [Int] = []
  private var memo: [Int: Pickle.Value] = [:]

  /// Reads the pickle at the cursor, which then stands behind it.
  static func read(_ cursor: inout ByteCursor) throws(Damage) -> Pickle {
    var reader = Unpickler(cursor)
    do { try reader.run() } catch {
      throw Damage("its pickle is damaged at byte \(reader.cursor.position): \(error.reason)")
    }
    cursor = reader.cursor
    return reader.pickle
  }

  private init(_ cursor: ByteCursor) {
    self.cursor = cursor
    end = cursor.position + min(cursor.left, Self.maximumBytes)
  }

  private mutating func run() throws(Damage) {
    while true {
      guard cursor.position < end else {
        throw Damage(cursor.left == 0 ? "it is cut short" : "it is too long")
      }
      let byte = try cursor.byte()
      guard let code = PickleOpcode(rawValue: byte) else {
        throw Damage("\(byte) is not an instruction that a file can hold")
      }
      switch code {
      case .stop:
        pickle.root = try pop()
        return
      case .none, .newTrue, .newFalse, .int, .binInt, .binInt1, .binInt2, .long, .long1, .long4:
        try readNumber(code)
      case .unicode, .binUnicode, .shortBinUnicode, .binUnicode8, .string, .binString,
        .shortBinString:
        try readText(code)
      case .float, .binFloat, .binBytes, .shortBinBytes, .binBytes8, .byteArray8, .emptySet,
        .addItems, .frozenSet, .ext1, .ext2, .ext4:
        try skip(code)
      case .emptyList, .emptyDict, .emptyTuple, .list, .dict, .tuple, .tuple1, .tuple2, .tuple3,
        .append, .appends, .setItem, .setItems:
        try readContainer(code)
      case .global, .stackGlobal, .reduce, .newObj, .newObjEx, .inst, .obj, .build, .persistentID,
        .binPersistentID:
        try readObject(code)
      case .put, .binPut, .longBinPut, .memoize, .get, .binGet, .longBinGet:
        try readMemo(code)
      case .mark: marks.append(stack.count)
      case .pop:
        // A mark is also popped.
        if stack.count > height { stack.removeLast() } else { _ = try popMarked() }
      case .popMark: _ = try popMarked()
      case .dup: stack.append(try top())
      case .proto:
        let version = try cursor.byte()
        guard version <= 5 else { throw Damage("protocol \(version) is not known") }
      case .frame: _ = try cursor.take(8)
      }
    }
  }
}

// MARK: - The stack

extension Unpickler {
  /// How far the stack may be taken down.
  private var height: Int { marks.last ?? 0 }

  private mutating func push(_ node: Pickle.Node) throws(Damage) {
    guard pickle.nodes.count < Self.maximumValues else { throw Damage("it has too many values") }
    stack.append(Pickle.Value(pickle.nodes.count))
    pickle.nodes.append(node)
  }

  private func top() throws(Damage) -> Pickle.Value {
    guard stack.count > height, let value = stack.last else {
      throw Damage("it takes more from the stack than is there")
    }
    return value
  }

  private mutating func pop() throws(Damage) -> Pickle.Value {
    let value = try top()
    stack.removeLast()
    return value
  }

  /// Everything above the last mark, which goes too.
  private mutating func popMarked() throws(Damage) -> [Pickle.Value] {
    guard let mark = marks.popLast() else { throw Damage("a mark is missing") }
    let values = Array(stack[mark...])
    stack.removeSubrange(mark...)
    return values
  }

  private mutating func list(_ values: [Pickle.Value] = []) -> Int {
    pickle.lists.append(values)
    return pickle.lists.count - 1
  }
}

// MARK: - Values

extension Unpickler {
  private mutating func readNumber(_ code: PickleOpcode) throws(Damage) {
    switch code {
    case .newTrue: try push(.bool(true))
    case .newFalse: try push(.bool(false))
    case .binInt1: try push(.int(Int(try cursor.byte())))
    case .binInt2: try push(.int(Int(try cursor.little(UInt16.self))))
    case .binInt: try push(.int(Int(try cursor.little(Int32.self))))
    case .long1: try pushLong(try cursor.take(Int(try cursor.byte())))
    case .long4: try pushLong(try cursor.take(try cursor.length(Int32.self)))
    case .int:
      let line = try cursor.line()
      // 00 and 01 are how the oldest protocols write a bool.
      try push(line == "01" ? .bool(true) : line == "00" ? .bool(false) : decimal(line))
    case .long:
      let line = try cursor.line()
      try push(decimal(line.hasSuffix("L") ? String(line.dropLast()) : line))
    default: try push(.none)
    }
  }

  /// A number of any size, little-endian, two's complement.
  private mutating func pushLong(_ place: Range<Int>) throws(Damage) {
    guard place.count <= 8 else { return try push(.opaque) }
    var number: UInt64 = 0
    for (shift, byte) in cursor.bytes[place].enumerated() { number |= UInt64(byte) << (8 * shift) }
    let unused = 64 - 8 * place.count
    try push(.int(place.isEmpty ? 0 : Int(Int64(bitPattern: number << unused) >> unused)))
  }

  private func decimal(_ line: String) -> Pickle.Node { Int(line).map { .int($0) } ?? .opaque }

  private mutating func readText(_ code: PickleOpcode) throws(Damage) {
    switch code {
    case .unicode: try push(.text(unescaped(try cursor.line())))
    case .string:
      let line = try cursor.line()
      guard line.utf8.count >= 2, let quote = line.utf8.first, quote == line.utf8.last,
        quote == 0x22 || quote == 0x27
      else { throw Damage("a text has no quotation marks") }
      try push(.text(String(line.dropFirst().dropLast())))
    case .shortBinUnicode, .shortBinString: try pushText(Int(try cursor.byte()))
    case .binUnicode8: try pushText(try cursor.length(UInt64.self))
    default: try pushText(try cursor.length(UInt32.self))
    }
  }

  private mutating func pushText(_ count: Int) throws(Damage) {
    try push(.text(cursor.text(try cursor.take(count))))
  }

  /// `\u` and `\U` with their digits as the characters they stand for.
  private func unescaped(_ line: String) -> String {
    guard line.contains("\\") else { return line }
    var result = String.UnicodeScalarView()
    var rest = line.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      let digits = scalar == "\\" ? (rest.first == "u" ? 4 : rest.first == "U" ? 8 : 0) : 0
      let code = String(rest.dropFirst().prefix(digits))
      if digits > 0, let number = UInt32(code, radix: 16), let escaped = Unicode.Scalar(number) {
        result.append(escaped)
        rest = rest.dropFirst(digits + 1)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }

  /// What has no part in naming or shaping a tensor.
  private mutating func skip(_ code: PickleOpcode) throws(Damage) {
    switch code {
    case .addItems:
      _ = try popMarked()
      return
    case .float: _ = try cursor.line()
    case .binFloat: _ = try cursor.take(8)
    case .binBytes: _ = try cursor.take(try cursor.length(UInt32.self))
    case .shortBinBytes: _ = try cursor.take(Int(try cursor.byte()))
    case .binBytes8, .byteArray8: _ = try cursor.take(try cursor.length(UInt64.self))
    case .frozenSet: _ = try popMarked()
    case .ext1: _ = try cursor.take(1)
    case .ext2: _ = try cursor.take(2)
    case .ext4: _ = try cursor.take(4)
    default: break
    }
    try push(.opaque)
  }
}

// MARK: - Containers

extension Unpickler {
  private mutating func readContainer(_ code: PickleOpcode) throws(Damage) {
    switch code {
    case .emptyList: try push(.list(list()))
    case .emptyDict: try push(.dictionary(list()))
    case .emptyTuple: try push(.tuple(list()))
    case .list: try push(.list(list(try popMarked())))
    case .dict: try push(.dictionary(list(try pairs(try popMarked()))))
    case .tuple: try push(.tuple(list(try popMarked())))
    case .tuple1: try pushTuple(1)
    case .tuple2: try pushTuple(2)
    case .tuple3: try pushTuple(3)
    case .append: try append([try pop()])
    case .appends: try append(try popMarked())
    case .setItem:
      let value = try pop()
      try set([try pop(), value])
    default: try set(try pairs(try popMarked()))
    }
  }

  private mutating func pushTuple(_ count: Int) throws(Damage) {
    var members: [Pickle.Value] = []
    for _ in 0..<count { members.append(try pop()) }
    try push(.tuple(list(members.reversed())))
  }

  private func pairs(_ values: [Pickle.Value]) throws(Damage) -> [Pickle.Value] {
    guard values.count.isMultiple(of: 2) else { throw Damage("a key has no value") }
    return values
  }

  /// Adds to the list, or the object like one, on top of the stack.
  private mutating func append(_ values: [Pickle.Value]) throws(Damage) {
    switch pickle[try top()] {
    case .list(let index): pickle.lists[index] += values
    case .object(let index):
      if let elements = pickle.objects[index].elements {
        pickle.lists[elements] += values
      } else {
        pickle.objects[index].elements = list(values)
      }
    case .opaque: break
    default: throw Damage("it adds to what is not a list")
    }
  }

  /// Sets keys of the dictionary, or the object like one, on top of the stack.
  private mutating func set(_ values: [Pickle.Value]) throws(Damage) {
    switch pickle[try top()] {
    case .dictionary(let index): pickle.lists[index] += values
    case .object(let index):
      if let pairs = pickle.objects[index].pairs {
        pickle.lists[pairs] += values
      } else {
        pickle.objects[index].pairs = list(values)
      }
    case .opaque: break
    default: throw Damage("it sets keys of what is not a dictionary")
    }
  }
}

// MARK: - Objects and the memo

extension Unpickler {
  private mutating func readObject(_ code: PickleOpcode) throws(Damage) {
    switch code {
    case .global: try push(.global(try twoLines()))
    case .stackGlobal:
      let (name, module) = (try pop(), try pop())
      guard let name = pickle.text(name), let module = pickle.text(module) else {
        throw Damage("the name of a class is not a text")
      }
      try push(.global(module + "." + name))
    case .inst:
      let name = try twoLines()
      let arguments = try popMarked()
      try push(.global(name))
      try pushObject(try pop(), arguments)
    case .obj:
      let values = try popMarked()
      guard let maker = values.first else { throw Damage("an object has no class") }
      try pushObject(maker, Array(values.dropFirst()))
    case .newObjEx:
      _ = try pop()
      fallthrough
    case .reduce, .newObj:
      let (arguments, maker) = (try pop(), try pop())
      try pushObject(maker, arguments)
    case .build:
      let state = try pop()
      if case .object(let index) = pickle[try top()] { pickle.objects[index].state = state }
    case .persistentID:
      try push(.text(try cursor.line()))
      try push(.persistent(try pop()))
    default: try push(.persistent(try pop()))
    }
  }

  private mutating func twoLines() throws(Damage) -> String {
    let module = try cursor.line()
    return module + "." + (try cursor.line())
  }

  private mutating func pushObject(_ maker: Pickle.Value, _ arguments: [Pickle.Value])
    throws(Damage)
  {
    try push(.tuple(list(arguments)))
    try pushObject(maker, try pop())
  }

  private mutating func pushObject(_ maker: Pickle.Value, _ arguments: Pickle.Value) throws(Damage)
  {
    pickle.objects.append(Pickle.Object(maker: maker, arguments: arguments))
    try push(.object(pickle.objects.count - 1))
  }

  private mutating func readMemo(_ code: PickleOpcode) throws(Damage) {
    switch code {
    case .put: try remember(Int(try cursor.line()))
    case .binPut: try remember(Int(try cursor.byte()))
    case .longBinPut: try remember(Int(try cursor.little(UInt32.self)))
    case .memoize: try remember(memo.count)
    case .get: try recall(Int(try cursor.line()))
    case .binGet: try recall(Int(try cursor.byte()))
    default: try recall(Int(try cursor.little(UInt32.self)))
    }
  }

  private mutating func remember(_ place: Int?) throws(Damage) {
    guard let place, memo.count < Self.maximumValues else { throw Damage("its memo is damaged") }
    memo[place] = try top()
  }

  private mutating func recall(_ place: Int?) throws(Damage) {
    guard let place, let value = memo[place] else { throw Damage("its memo has no such place") }
    stack.append(value)
  }
}
