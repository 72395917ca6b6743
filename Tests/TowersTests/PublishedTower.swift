import Checkpoints
import Layers
import TestSupport
import Testing
import Torch

/// A tiny tower in the layout of those who published it, with what it computes.
struct PublishedTower {
  private let file: SafetensorsFile
  private let keys: KeyMap
  private let source: MappedSource
  let scope: Scope

  init(_ name: String, _ keys: KeyMap) throws {
    file = try SafetensorsFile(path: fixture("towers_image/\(name).safetensors"))
    self.keys = keys
    source = MappedSource([.init(file, keys)])
    scope = Scope(source)
  }

  func tensor(_ key: String) throws -> Tensor { try file.tensor(key).to(.float32) }

  /// Tensors of the network itself that no parameter has asked for.
  func unused(besides ignored: [String] = []) -> [String] {
    source.unused(
      besides: ignored + ["gradient.%", "result", "result.%", "pixels", "small", "boxes"])
  }

  /// Compares a result and the gradients that the file knows.
  func expect(
    _ result: Tensor, is name: String = "result", gradients: Bool = true,
    at location: SourceLocation = #_sourceLocation
  ) throws {
    let expected = try file.tensor(name)
    #expect(result.shape == expected.shape, sourceLocation: location)
    #expect(isClose(result.floats, expected.floats), "\(name)", sourceLocation: location)
    guard gradients else { return }
    let weights = Tensor((1...result.shape[1]).map { Float($0) })
    try (result * result * weights).sum().backward()
    var compared = 0
    for parameter in scope.parameters where parameter.isTrainable {
      guard let place = keys(parameter.name) else { continue }
      let names = place.keys.map { "gradient." + $0 }
      guard names.allSatisfy({ file.entries[$0] != nil }) else { continue }
      let stored = Tensor.concatenated(try names.map { try file.tensor($0) }, axis: 0)
      let expected = (place.isTransposed ? stored.transposed() : stored).floats
      let largest = expected.map(abs).max() ?? 1
      let found = parameter.gradient?.floats.map { $0 / largest } ?? []
      #expect(
        isClose(found, expected.map { $0 / largest }, tolerance: 2e-5), "\(parameter.name)",
        sourceLocation: location)
      compared += 1
    }
    #expect(compared > 3, sourceLocation: location)
  }
}

/// Notes the size of each parameter that a network asks for, and makes none.
final class CountingSource: ParameterSource {
  private(set) var sizes: [String: Int] = [:]

  func tensor(_ key: String, _ shape: [Int], _ initializer: Initializer)
    throws(CheckpointError) -> Tensor
  {
    sizes[key] = shape.reduce(1, *)
    return .zeros([1])
  }

  /// All that is learned: running means and variances are not.
  var count: Int { sizes.filter { !$0.key.contains(".running_") }.values.reduce(0, +) }
}
