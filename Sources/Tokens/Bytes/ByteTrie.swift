/// A trie over bytes as a double array: one step costs two loads.
///
/// A node is a place in the arrays. The child of `node` by byte `b` is `base[node] + b + 1`, if
/// that place's `check` is `node`. `values` holds the number of the entry that ends at a node.
struct ByteTrie: Sendable {
  struct Node: Sendable {
    var base: Int32 = 0
    var check: Int32 = -1
    var value: Int32 = -1
  }

  private(set) var nodes: [Node] = [Node()]
  static let root: Int32 = 0

  /// - Parameter entries: Bytes and the number, at least 0, that they stand for. Of equal entries
  ///   the last one counts; empty ones are left out.
  init(_ entries: [(bytes: ArraySlice<UInt8>, value: Int32)]) {
    let sorted = entries.enumerated().filter { !$1.bytes.isEmpty }.sorted { a, b in
      a.element.bytes.elementsEqual(b.element.bytes)
        ? a.offset < b.offset : a.element.bytes.lexicographicallyPrecedes(b.element.bytes)
    }.map(\.element)
    nodes = [Node](repeating: Node(), count: 512)
    var builder = Builder(entries: sorted)
    builder.build(&nodes)
  }

  /// The child by one byte, or a negative number.
  @inline(__always)
  static func child(
    _ nodes: UnsafeBufferPointer<Node>, _ node: Int32, _ byte: UInt8
  ) -> Int32 {
    let place = Int(nodes[Int(node)].base) + Int(byte) + 1
    return place < nodes.count && nodes[place].check == node ? Int32(truncatingIfNeeded: place) : -1
  }

  /// The node at the end of a path, if there is one.
  func node(at path: some Sequence<UInt8>) -> Int32? {
    nodes.withUnsafeBufferPointer { nodes in
      var node = Self.root
      for byte in path {
        node = Self.child(nodes, node, byte)
        if node < 0 { return nil }
      }
      return node
    }
  }

  /// Places the children of one node after the other.
  private struct Builder {
    let entries: [(bytes: ArraySlice<UInt8>, value: Int32)]
    /// No place before this one is worth trying.
    var firstFree = 1
    var isTaken: [Bool] = [Bool](repeating: false, count: 512)

    init(entries: [(bytes: ArraySlice<UInt8>, value: Int32)]) { self.entries = entries }

    mutating func build(_ nodes: inout [Node]) {
      isTaken[0] = true
      var waiting: [(node: Int32, low: Int, high: Int, depth: Int)] = []
      if !entries.isEmpty { waiting.append((0, 0, entries.count, 0)) }
      var children: [(byte: UInt8, low: Int, high: Int)] = []
      while let (node, from, high, depth) = waiting.popLast() {
        var low = from
        while low < high, entries[low].bytes.count == depth {
          nodes[Int(node)].value = entries[low].value
          low += 1
        }
        children.removeAll(keepingCapacity: true)
        while low < high {
          let byte = entries[low].bytes[entries[low].bytes.startIndex + depth]
          var end = low + 1
          while end < high, entries[end].bytes[entries[end].bytes.startIndex + depth] == byte {
            end += 1
          }
          children.append((byte, low, end))
          low = end
        }
        guard !children.isEmpty else { continue }
        let base = self.base(for: children, &nodes)
        nodes[Int(node)].base = Int32(base)
        for child in children {
          let place = base + Int(child.byte) + 1
          isTaken[place] = true
          nodes[place].check = node
          waiting.append((Int32(place), child.low, child.high, depth + 1))
        }
      }
      while let last = nodes.last, last.check < 0, nodes.count > 1 { nodes.removeLast() }
    }

    /// The first base under which all children fall on free places.
    private mutating func base(
      for children: [(byte: UInt8, low: Int, high: Int)], _ nodes: inout [Node]
    ) -> Int {
      while isTaken[firstFree] {
        firstFree += 1
        grow(to: firstFree + 300, &nodes)
      }
      let first = Int(children[0].byte) + 1
      var place = max(firstFree, first)
      var tried = 0
      var taken = 0
      while true {
        grow(to: place + 300, &nodes)
        tried += 1
        if isTaken[place] {
          taken += 1
        } else {
          let base = place - first
          if children.allSatisfy({ !isTaken[base + Int($0.byte) + 1] }) {
            // A stretch this full will not take many more; later searches begin behind it.
            if tried > 64, taken * 20 > tried * 19 { firstFree = max(firstFree, place) }
            return base
          }
        }
        place += 1
        if tried == 4096 { firstFree = max(firstFree, place - 256) }
      }
    }

    private mutating func grow(to size: Int, _ nodes: inout [Node]) {
      guard size >= nodes.count else { return }
      let more = max(size, nodes.count * 2) - nodes.count
      nodes.append(contentsOf: repeatElement(Node(), count: more))
      isTaken.append(contentsOf: repeatElement(false, count: more))
    }
  }
}
