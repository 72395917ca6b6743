import Files
import Torch

/// Finds the tensors in what `torch.save` pickled: dictionaries, lists, modules and TorchScript
/// objects become names with dots, as `state_dict.visual.proj`.
///
/// - Source: pytorch/pytorch, torch/_utils.py (`_rebuild_…`) and torch/serialization.py.
struct PickledTensors {
  /// How deep dictionaries may lie in each other, and how many values may be looked at. A value may
  /// be used in many places, so that a short pickle can unfold to more than any memory.
  static let maximumDepth = 100
  static let maximumSteps = 2_000_000

  private let pickle: Pickle
  private let isBigEndian: Bool
  private let bytes: (String) throws(Damage) -> Range<Int>
  private var table = TensorTable()
  private var path: [String] = []
  private var steps = 0

  /// - Parameters:
  ///   - isBigEndian: The order of the bytes of each number.
  ///   - bytes: Where the storage with a key lies.
  /// - Throws: ``Damage``
  static func find(
    in pickle: Pickle, isBigEndian: Bool = false,
    bytes: @escaping (String) throws(Damage) -> Range<Int>
  ) throws(Damage) -> TensorTable {
    var finder = PickledTensors(pickle: pickle, isBigEndian: isBigEndian, bytes: bytes)
    try finder.walk(pickle.root)
    if finder.table.places.isEmpty, case .object(let index) = pickle[pickle.root],
      let name = pickle.global(pickle.objects[index].maker)
    {
      throw Damage("it holds no tensors but what “\(name)” would make, which is never called")
    }
    return finder.table
  }

  private init(
    pickle: Pickle, isBigEndian: Bool, bytes: @escaping (String) throws(Damage) -> Range<Int>
  ) {
    self.pickle = pickle
    self.isBigEndian = isBigEndian
    self.bytes = bytes
  }

  private mutating func walk(_ value: Pickle.Value) throws(Damage) {
    switch pickle[value] {
    case .dictionary(let index): try walk(pairs: pickle.lists[index])
    case .list(let index), .tuple(let index): try walk(elements: pickle.lists[index])
    case .object(let index): try walk(pickle.objects[index])
    default: break
    }
  }

  /// Goes on at a value; `name` is empty if it has the name of what it lies in.
  private mutating func enter(_ name: @autoclosure () -> String, _ value: Pickle.Value)
    throws(Damage)
  {
    switch pickle[value] {
    case .dictionary, .list, .tuple, .object: break
    // A quick way past what holds no tensors, as long lists of numbers.
    default: return
    }
    try step(1)
    guard path.count < Self.maximumDepth else { throw Damage("it is nested too deeply") }
    path.append(name())
    try walk(value)
    path.removeLast()
  }

  private mutating func step(_ count: Int) throws(Damage) {
    steps += count
    guard steps <= Self.maximumSteps else { throw Damage("it has too many values") }
  }

  private mutating func walk(elements: [Pickle.Value]) throws(Damage) {
    try step(elements.count)
    for (index, element) in elements.enumerated() { try enter("\(index)", element) }
  }

  private mutating func walk(pairs: [Pickle.Value], isState: Bool = false) throws(Damage) {
    try step(pairs.count)
    // As in a dictionary, the last value of a key holds.
    var last: [String: Pickle.Value] = [:]
    var names: [String] = []
    for index in stride(from: 0, to: pairs.count - 1, by: 2) {
      guard let name = pickle.text(pairs[index]) ?? pickle.int(pairs[index]).map({ "\($0)" }) else {
        continue
      }
      if last.updateValue(pairs[index + 1], forKey: name) == nil { names.append(name) }
    }
    for name in names {
      guard let value = last[name] else { continue }
      // A module keeps what it consists of in these, and they are no part of its parameters' names.
      let isPart = isState && ["_parameters", "_buffers", "_modules"].contains(name)
      try enter(isPart ? "" : name, value)
    }
  }

  private mutating func walk(_ object: Pickle.Object) throws(Damage) {
    let maker = pickle.global(object.maker) ?? ""
    let arguments = pickle.members(object.arguments) ?? []
    switch maker {
    case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2",
      "torch._utils._rebuild_tensor_v3":
      try add(arguments)
    case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state",
      "torch.jit._pickle.restore_type_tag", "torch.jit._pickle.build_tensorlist":
      if let first = arguments.first { try enter("", first) }
    case "torch._tensor._rebuild_from_type_v2":
      // A subclass of Tensor: the function that makes the tensor, its class, the arguments.
      if arguments.count >= 3 {
        guard path.count < Self.maximumDepth else { throw Damage("it is nested too deeply") }
        path.append("")
        try walk(Pickle.Object(maker: arguments[0], arguments: arguments[2]))
        path.removeLast()
      }
    case let name
    where name.hasPrefix("torch._utils._rebuild_")
      || name == "numpy.core.multiarray._reconstruct"
      || name == "numpy._core.multiarray._reconstruct":
      try table.refuse(key, "is made by “\(name)”, a kind of tensor that is not read")
    default:
      try walkOther(object, maker, arguments)
    }
  }

  /// A dictionary of another class, a module, a namespace, an object of TorchScript: whatever it
  /// is, it matters only where it holds tensors.
  private mutating func walkOther(
    _ object: Pickle.Object, _ maker: String, _ arguments: [Pickle.Value]
  ) throws(Damage) {
    let found = table.places.count
    if let pairs = object.pairs { try walk(pairs: pickle.lists[pairs]) }
    if let elements = object.elements { try walk(elements: pickle.lists[elements]) }
    if maker == "collections.OrderedDict", let first = arguments.first,
      let items = pickle.members(first)
    {
      let pairs = items.compactMap(pickle.members).filter { $0.count == 2 }
      try walk(pairs: Array(pairs.joined()))
    }
    if let state = object.state {
      // A class with slots has two dictionaries.
      for part in pickle.members(state)?.prefix(2) ?? [state] {
        if case .dictionary(let index) = pickle[part] {
          try walk(pairs: pickle.lists[index], isState: true)
        }
      }
    }
    if table.places.count == found, !path.isEmpty, maker != "collections.OrderedDict" {
      try table.refuse(key, "is what “\(maker)” would make, which is never called")
    }
  }

  /// The name of the value that is being looked at; a lone tensor has none of its own.
  private var key: String {
    path.isEmpty ? "tensor" : path.filter { !$0.isEmpty }.joined(separator: ".")
  }

  private mutating func add(_ arguments: [Pickle.Value]) throws(Damage) {
    let key = self.key
    do {
      if let place = try tensor(arguments) {
        try table.add(key, place)
      } else {
        try table.refuse(key, "has numbers of a type that is not supported")
      }
    } catch { throw Damage("“\(key.prefix(200))”: \(error.reason)") }
  }

  /// The tensor that `_rebuild_tensor_v2` would make: storage, offset, sizes, strides, whether it
  /// needs a gradient, hooks, and (v2) marks or (v3) its type.
  ///
  /// - Returns: Nil if its numbers are of a type that is not supported.
  private func tensor(_ arguments: [Pickle.Value]) throws(Damage) -> StoredTensor? {
    guard arguments.count >= 4, case .persistent(let identifier) = pickle[arguments[0]],
      let storage = try PickledStorage(identifier, in: pickle),
      let offset = pickle.int(arguments[1]), let shape = pickle.ints(arguments[2]),
      let strides = pickle.ints(arguments[3])
    else { throw Damage("it is not described as PyTorch does") }
    var dtype = storage.dtype
    if arguments.count >= 7 {
      if let name = pickle.global(arguments[6]), name.hasPrefix("torch.") {
        dtype = DType(pyTorch: String(name.dropFirst(6)))
      } else if case .dictionary(let index) = pickle[arguments[6]], !pickle.lists[index].isEmpty {
        // Conjugated or negated when it is next read.
        dtype = nil
      }
    }
    guard let dtype else { return nil }
    let place = try bytes(storage.key)
    let (first, overflow) = offset.addingReportingOverflow(storage.offset)
    guard !overflow, let size = product([storage.count], storage.size), size <= place.count else {
      throw Damage("its storage has \(place.count) bytes, not the \(storage.count) numbers claimed")
    }
    return try StoredTensor(
      dtype: dtype, shape: shape, strides: strides, offset: first, in: place,
      isSwapped: isBigEndian)
  }
}
