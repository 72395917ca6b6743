import Layers
package import Torch

/// A network that follows another slowly: what it gives for a picture changes little from step to
/// step, so that past embeddings stay comparable.
///
///     slow ← m · slow + (1 − m) · fast
///
/// - Source: He et al. 2020 (MoCo), eq. 2, arXiv:1911.05722; BAAI-WuDao/BriVL at bb8d95b,
///   `models/vl_model.py:198`.
package struct MomentumCopy {
  private let pairs: [(slow: Parameter, fast: Parameter)]
  private let momentum: Double
  private let copiesStatistics: Bool

  /// Pairs the parameters in their order and makes both equal; the copy is not learned any more.
  ///
  /// - Parameters:
  ///   - slow: Those of the copy.
  ///   - fast: Those of the network that is learned, made by the same code and so in the same order.
  ///   - momentum: m, what the copy keeps of itself each step. Published by BriVL: 0.99.
  ///   - copiesStatistics: Whether the running means and variances of batch norms are taken over each
  ///     step. Published: they are not; the copy gathers its own.
  package init(
    _ slow: [Parameter], of fast: [Parameter], momentum: Double, copiesStatistics: Bool = false
  ) {
    precondition(
      slow.count == fast.count, "\(slow.count) parameters cannot follow \(fast.count).")
    pairs = Array(zip(slow, fast))
    self.momentum = momentum
    self.copiesStatistics = copiesStatistics
    for (slow, fast) in pairs {
      precondition(
        slow.shape == fast.shape,
        "\(slow.name) \(slow.shape) cannot follow \(fast.name) \(fast.shape).")
      slow.isTrainable = false
    }
    start()
  }

  /// Makes the copy equal: at the beginning, and after other weights were read into the network.
  package func start() {
    for (slow, fast) in pairs { slow.assign(fast.value) }
  }

  /// Moves the copy: once a step, before it embeds the keys.
  package func follow() {
    for (slow, fast) in pairs {
      if fast.isTrainable {
        slow.move(towards: fast, by: 1 - momentum)
      } else if copiesStatistics, fast.isStatistic {
        slow.assign(fast.value)
      }
    }
  }
}
