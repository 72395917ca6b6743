import Checkpoints
import TestSupport
import Testing
import Torch

/// Tests of losses against a file of inputs, values and gradients in float64.
protocol LossReferences {
  var file: SafetensorsFile { get }
}

extension LossReferences {
  func tensor(_ name: String) throws -> Tensor { try file.tensor(name) }

  func parameter(_ name: String) throws -> Parameter {
    Parameter(name, try file.tensor(name).copied())
  }

  /// Compares value and gradients with PyTorch's, and the gradients with differences of the loss.
  func expectEqual(
    _ name: String, _ parameters: [Parameter], at location: SourceLocation = #_sourceLocation,
    _ loss: () throws -> Tensor
  ) throws {
    let value = try loss()
    #expect(
      isClose(value.item, try tensor(name).item, tolerance: 1e-12), sourceLocation: location)
    try value.backward()
    for parameter in parameters {
      let expected = try tensor("\(name).\(parameter.name)").array(of: Double.self)
      let found = try #require(parameter.gradient).array(of: Double.self)
      #expect(expected.count == parameter.count, sourceLocation: location)
      #expect(
        isClose(expected, found, tolerance: 1e-12), "\(parameter.name)", sourceLocation: location)
      let slopes = try differences(of: loss, by: parameter)
      #expect(
        isClose(slopes, found, tolerance: 1e-7),
        "differences by \(parameter.name)", sourceLocation: location)
    }
  }

  /// (loss(x + h) − loss(x − h)) / 2h for each number of the parameter.
  private func differences(of loss: () throws -> Tensor, by parameter: Parameter) throws -> [Double]
  {
    let (numbers, step) = (try parameter.value.array(of: Double.self), 1e-5)
    defer { parameter.assign(Tensor(numbers, shape: parameter.shape)) }
    return try numbers.indices.map { index in
      let ends = try [step, -step].map { move in
        var moved = numbers
        moved[index] += move
        parameter.assign(Tensor(moved, shape: parameter.shape))
        return try withoutGradient { try loss().item }
      }
      return (ends[0] - ends[1]) / (2 * step)
    }
  }
}
