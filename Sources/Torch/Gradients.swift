internal import CTorch

/// Runs `body` without recording how tensors are computed.
///
/// The setting is the thread's, so `body` cannot suspend.
package func withoutGradient<Result>(_ body: () throws -> Result) rethrows -> Result {
  let before = ct_set_grad_enabled(false)
  defer { _ = ct_set_grad_enabled(before) }
  return try body()
}

/// Whether how tensors are computed is being recorded on this thread.
package var recordsGradients: Bool {
  let before = ct_set_grad_enabled(true)
  _ = ct_set_grad_enabled(before)
  return before
}

/// Runs `body` with matrix products in `dtype` while everything that needs the range stays float32.
///
/// - Parameters:
///   - dtype: `.bfloat16` or `.float16`; `.float32` runs `body` as it is.
package func withAutocast<Result>(
  _ dtype: DType, on device: Device, _ body: () throws -> Result
) rethrows -> Result {
  guard dtype != .float32 else { return try body() }
  let before = ct_autocast_enter(device.type, true, dtype.rawValue)
  defer { ct_autocast_leave(device.type, before) }
  return try body()
}

extension Tensor {
  /// Adds to the gradient of every trainable parameter this number depends on.
  ///
  /// - Throws: ``TorchError`` with libtorch's message, out of memory among others.
  package func backward() throws(TorchError) { try check(ct_backward(pointer)) }

  /// The same from a given gradient of this tensor, in its shape.
  ///
  /// - Throws: ``TorchError`` with libtorch's message.
  package func backward(from gradient: Tensor) throws(TorchError) {
    try check(ct_backward_from(pointer, gradient.pointer))
  }

  /// The same numbers, cut off from how they were computed.
  package func detached() -> Tensor { Tensor(ct_detach(pointer), on: self) }
}

/// AdamW over a list of parameters, in libtorch's fused kernel.
///
/// - Source: Loshchilov & Hutter 2019, algorithm 2, arXiv:1711.05101.
package final class AdamW {
  /// Parameters that share settings.
  package struct Group {
    package let parameters: [Parameter]
    package let weightDecay: Double
    /// What the step's learning rate is multiplied with.
    package let rateScale: Double

    package init(_ parameters: [Parameter], weightDecay: Double, rateScale: Double = 1) {
      self.parameters = parameters
      self.weightDecay = weightDecay
      self.rateScale = rateScale
    }
  }

  private struct State {
    let group: Group
    let first, second, steps: [Parameter]
  }

  private let states: [State]
  private let betas: (Double, Double)
  private let epsilon: Double

  package init(_ groups: [Group], betas: (Double, Double) = (0.9, 0.98), epsilon: Double = 1e-6) {
    states = groups.filter { !$0.parameters.isEmpty }.map { group in
      func zeros(_ kind: String, _ shape: (Parameter) -> [Int]) -> [Parameter] {
        group.parameters.map {
          Parameter(
            "\(kind).\($0.name)", .zeros(shape($0), on: $0.value.device), isTrainable: false)
        }
      }
      return State(
        group: group, first: zeros("first_moment", \.shape),
        second: zeros("second_moment", \.shape),
        steps: zeros("steps") { _ in [] })
    }
    self.betas = betas
    self.epsilon = epsilon
  }

  /// What a checkpoint must keep besides the parameters themselves.
  package var memory: [Parameter] { states.flatMap { $0.first + $0.second + $0.steps } }

  private var parameters: [Parameter] { states.flatMap(\.group.parameters) }

  /// Moves every parameter that has a gradient.
  ///
  /// - Throws: ``TorchError`` with libtorch's message.
  package func step(rate: Double) throws(TorchError) {
    for state in states {
      try check(
        ct_fused_adamw(
          state.group.parameters.map(\.value.pointer), state.first.map(\.value.pointer),
          state.second.map(\.value.pointer), state.steps.map(\.value.pointer),
          Int32(state.group.parameters.count), rate * state.group.rateScale, betas.0, betas.1,
          state.group.weightDecay, epsilon))
    }
  }

  package func clearGradients() {
    ct_zero_grad(parameters.map(\.value.pointer), Int32(parameters.count))
  }

  /// Scales all gradients down together if their norm is above `maximum`.
  ///
  /// - Returns: The norm before.
  /// - Throws: ``TorchError`` with libtorch's message.
  package func clipGradients(to maximum: Double) throws(TorchError) -> Double {
    var norm = 0.0
    try check(
      ct_clip_grad_norm(parameters.map(\.value.pointer), Int32(parameters.count), maximum, &norm))
    return norm
  }
}
