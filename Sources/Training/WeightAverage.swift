import Layers
import Torch

/// The exponential moving average of a network's weights, which is steadier than the weights.
///
/// It follows what changes from step to step: what is learned, and the running statistics of batch
/// norms, which belong to the weights that they were gathered with.
///
/// - Source: Polyak & Juditsky 1992; Tarvainen & Valpola 2017, arXiv:1703.01780.
struct WeightAverage {
  let parameters: [Parameter]
  private let followed: [Parameter]
  private let decay: Double

  /// - Parameters:
  ///   - parameters: Those of the network that is kept; what recipes remember besides, such as queues
  ///     and momentum copies, has no use for an average.
  init(of parameters: [Parameter], decay: Double) {
    followed = parameters.filter { $0.isTrainable || $0.isStatistic }
    self.decay = decay
    self.parameters = followed.map {
      Parameter("average.\($0.name)", $0.value.detached().copied(), isTrainable: false)
    }
  }

  /// Follows the weights as they are after `step` steps.
  func follow(step: Int) {
    // Young averages forget faster, or the random beginning would weigh on them for long.
    let keep = min(decay, Double(1 + step) / Double(10 + step))
    for (slow, fast) in zip(parameters, followed) { slow.move(towards: fast, by: 1 - keep) }
  }

  /// The averages, by the names of the parameters that they are of.
  var values: [String: Tensor] {
    Dictionary(uniqueKeysWithValues: zip(followed, parameters).map { ($0.name, $1.value) })
  }

  /// Lends the averages to the network while `body` runs.
  func lending<Result>(_ body: () throws -> Result) rethrows -> Result {
    let own = followed.map { $0.value.detached().copied() }
    for (fast, slow) in zip(followed, parameters) { fast.assign(slow.value) }
    defer { for (fast, numbers) in zip(followed, own) { fast.assign(numbers) } }
    return try body()
  }
}
