/// What a pickle describes, as data: no class is looked up, nothing is called.
///
/// A pickle is a program for a machine with a stack. Where Python's machine would import a class or
/// call a function, this one notes its name and what it would have been given.
///
/// All values lie in one list and refer to each other by their place in it, so that neither depth
/// nor cycles cost more than the pickle's own length.
struct Pickle {
  typealias Value = Int32

  enum Node {
    case none
    case bool(Bool)
    case int(Int)
    case text(String)
    /// The name of a class or function, as `torch._utils._rebuild_tensor_v2`.
    case global(String)
    case list(Int)
    case tuple(Int)
    /// Keys and values, one after the other.
    case dictionary(Int)
    case object(Int)
    /// What stands for data kept outside of the pickle.
    case persistent(Value)
    /// Anything else: floats, bytes, sets, numbers of more than 64 bits.
    case opaque
  }

  /// What a function would have returned, or a class made.
  struct Object {
    /// The function or class.
    let maker: Value
    let arguments: Value
    /// Given to `__setstate__`, or else its attributes.
    var state: Value?
    /// A list of what was added to it as to a dictionary: keys and values.
    var pairs: Int?
    /// A list of what was added to it as to a list.
    var elements: Int?
  }

  var nodes: [Node] = []
  var lists: [[Value]] = []
  var objects: [Object] = []
  /// What the pickle is of.
  var root: Value = 0

  subscript(value: Value) -> Node { nodes[Int(value)] }

  func text(_ value: Value) -> String? {
    guard case .text(let text) = self[value] else { return nil }
    return text
  }
  func int(_ value: Value) -> Int? {
    guard case .int(let number) = self[value] else { return nil }
    return number
  }
  func global(_ value: Value) -> String? {
    guard case .global(let name) = self[value] else { return nil }
    return name
  }
  /// The members of a tuple or list.
  func members(_ value: Value) -> [Value]? {
    switch self[value] {
    case .tuple(let index), .list(let index): lists[index]
    default: nil
    }
  }
  func ints(_ value: Value) -> [Int]? {
    guard let members = members(value), members.count <= StoredTensor.maximumRank else {
      return nil
    }
    let numbers = members.compactMap(int)
    return numbers.count == members.count ? numbers : nil
  }
}
