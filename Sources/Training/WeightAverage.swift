import Torch

/// The exponential moving average of a network's weights, which is steadier than the weights.
///
/// - Source: Polyak & Juditsky 1992; Tarvainen & Valpola 2017, arXiv:1703.01780.
struct WeightAverage {
  let parameters: [Parameter]
  private let followed: [Parameter]
  private let decay: Double

  init(of parameters: [Parameter], decay: Double) {
    followed = parameters
    self.decay = decay
    self.parameters = parameters.map {
      Parameter("average.\($0.name)", $0.value.detached().copied(), isTrainable: false)
    }
  }

  /// Follows the weights as they are after `step` steps.
  func follow(step: Int) {
    // Young averages forget faster, or the random beginning would weigh on them for long.
    let keep = min(decay, Double(1 + step) / Double(10 + step))
    for (slow, fast) in zip(parameters, followed) { slow.move(towards: fast, by: 1 - keep) }
  }
}
