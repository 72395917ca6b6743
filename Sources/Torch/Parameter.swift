internal import CTorch

/// Numbers that learning changes: the one mutable thing in a network.
///
/// Not sendable, on purpose: a network belongs to the one task that trains or runs it.
package final class Parameter {
  /// Where it lies in its network, as `text.blocks.3.attention.query.weight`.
  package let name: String
  /// The numbers as they are now; gradients flow back into them if `isTrainable`.
  package private(set) var value: Tensor
  package var isTrainable: Bool {
    didSet {
      value = Tensor(ct_leaf(value.pointer, isTrainable), on: value)
      forgetLayout()
    }
  }

  /// The numbers laid out for inference; they must not outlive a change of the numbers.
  private var layout: PackedWeight?
  private var isReadBefore = false

  package init(_ name: String, _ value: Tensor, isTrainable: Bool = true) {
    self.name = name
    self.isTrainable = isTrainable
    self.value = Tensor(ct_leaf(value.pointer, isTrainable), on: value)
  }

  package var shape: [Int] { value.shape }
  package var count: Int { value.count }

  /// What the last ``Tensor/backward()`` calls have added up, if any reached it.
  package var gradient: Tensor? { ct_grad(value.pointer).map { Tensor($0) } }

  /// Moves the numbers a fraction of the way towards another's: the exponential moving average.
  package func move(towards other: Parameter, by fraction: Double) {
    guard ct_lerp(value.pointer, other.value.pointer, fraction) else {
      fatalError("\(name): \(String(cString: ct_error()))")
    }
    forgetLayout()
  }

  /// Takes the numbers of `numbers`, outside of learning: what a queue or a checkpoint does.
  ///
  /// They are copied into place, so that an optimizer that holds this parameter sees them.
  package func assign(_ numbers: Tensor) {
    guard ct_copy_in(value.pointer, numbers.pointer) else {
      fatalError("\(name): \(String(cString: ct_error()))")
    }
    forgetLayout()
  }

  /// Moves the numbers to another device; call it before an optimizer is made.
  package func move(to device: Device) {
    value = Tensor(ct_leaf(value.to(device).pointer, isTrainable), on: value)
    forgetLayout()
  }

  /// Whether nothing changes these numbers, so that other forms of them may be kept.
  package var isFrozen: Bool { !isTrainable && value.dtype == .float32 && value.device == .cpu }

  /// The matrix laid out in `precision`, kept for the next time.
  ///
  /// - Parameters:
  ///   - now: Whether to lay it out if this is the first time it is read.
  /// - Returns: Nil the first time unless `now`, and where memory does not suffice.
  package func packed(_ precision: InferencePrecision, chunk: Int, now: Bool) -> PackedWeight? {
    if let layout, layout.precision == precision { return layout }
    guard now || isReadBefore else {
      isReadBefore = true
      return nil
    }
    layout = PackedWeight(value, precision, chunk: chunk)
    return layout
  }

  private func forgetLayout() { (layout, isReadBefore) = (nil, false) }
}
