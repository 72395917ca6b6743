internal import Pictures

/// The order in which training sees samples when each brings others along that are hard to tell from
/// it.
///
/// A step's batch is part drawn, part brought. The drawn ones are those of ``SampleOrder``, so every
/// sample is drawn once an epoch; one after another they bring one of their neighbours each, drawn
/// at random, until the batch is full. Where none has a neighbour left that is not in the batch yet,
/// any samples fill it. A function of the seed and the step, nothing else.
package struct HardNegativeOrder: Sendable {
  private let order: SampleOrder
  private let brought: Int
  private let neighbours: CaptionNeighbours?
  private let count: Int

  /// - Parameters:
  ///   - count: How many samples there are.
  ///   - batch: How many samples a step sees, drawn and brought.
  ///   - share: Of the batch that is brought; none without neighbours.
  ///   - neighbours: Of exactly the samples.
  /// - Precondition: `count` and `batch` are positive, and no more are seen than there are.
  package init(
    count: Int, batch: Int, seed: UInt64, share: Double = 0, neighbours: CaptionNeighbours? = nil
  ) {
    let wanted = neighbours == nil ? 0 : Self.brought(by: share, of: batch)
    brought = max(0, min(wanted, batch - 1))
    order = SampleOrder(count: count, batch: batch - brought, seed: seed)
    self.neighbours = neighbours
    self.count = count
  }

  /// How many of a batch a share is.
  package static func brought(by share: Double, of batch: Int) -> Int {
    Int((share * Double(batch)).rounded())
  }

  /// The samples of step `step`, counted from 0: first the drawn ones, then those that they brought.
  package func indices(ofStep step: Int) -> [Int] {
    let drawn = order.indices(ofStep: step)
    guard let neighbours, brought > 0 else { return drawn }
    var random = RandomStream(seed: order.seed, 5, UInt64(step))
    var chosen = drawn
    var taken = Set(drawn)
    var (place, idle) = (0, 0)
    while chosen.count < drawn.count + brought, idle < drawn.count {
      let free = neighbours[drawn[place]].filter { !taken.contains(Int($0)) }
      place = (place + 1) % drawn.count
      guard !free.isEmpty else {
        idle += 1
        continue
      }
      idle = 0
      let found = Int(free[random.below(free.count)])
      taken.insert(found)
      chosen.append(found)
    }
    while chosen.count < drawn.count + brought {
      let any = random.below(count)
      if taken.insert(any).inserted { chosen.append(any) }
    }
    return chosen
  }

  /// How many times every sample has been drawn when `step` steps are done; what others have brought
  /// comes on top.
  package func epochs(afterSteps step: Int) -> Double { order.epochs(afterSteps: step) }
}
