package import Torch

/// A place in a network where parameters are made, as a folder is where files are.
///
/// `scope / "blocks" / 3` steps inside. What is made there is called `blocks.3.weight`
/// everywhere: in checkpoints, in the optimizer's groups, in error messages.
///
/// Where the numbers come from is the scope's business and not the layer's: drawn at random to
/// train from nothing, or read from a checkpoint. So a layer is written once.
package struct Scope {
  private let root: Root
  private let prefix: String

  /// What all scopes of one network share.
  private final class Root {
    let source: any ParameterSource
    var parameters: [Parameter] = []
    init(_ source: any ParameterSource) { self.source = source }
  }

  package init(_ source: any ParameterSource) { self.init(Root(source), "") }

  private init(_ root: Root, _ prefix: String) {
    self.root = root
    self.prefix = prefix
  }

  package static func / (scope: Scope, name: String) -> Scope {
    Scope(scope.root, scope.prefix + name + ".")
  }
  package static func / (scope: Scope, index: Int) -> Scope { scope / "\(index)" }

  /// A number of this place, for what is drawn here: the 64-bit Fowler–Noll–Vo hash of its name.
  var number: UInt64 {
    prefix.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  /// Makes the parameter `name` here.
  ///
  /// - Throws: ``CheckpointError`` if the source lacks the key or holds it in another shape.
  package func parameter(
    _ name: String, _ shape: [Int], _ initializer: Initializer, isTrainable: Bool = true
  ) throws(CheckpointError) -> Parameter {
    let key = prefix + name
    let numbers = try root.source.tensor(key, shape, initializer)
    let parameter = Parameter(key, numbers, isTrainable: isTrainable)
    root.parameters.append(parameter)
    return parameter
  }

  /// Every parameter made here or further inside, in the order of making.
  package var parameters: [Parameter] { root.parameters.filter { $0.name.hasPrefix(prefix) } }
}

/// Where a scope's numbers come from.
package protocol ParameterSource {
  /// The numbers of the parameter `key`, in `shape`.
  ///
  /// - Throws: ``CheckpointError`` if this source cannot give them.
  func tensor(_ key: String, _ shape: [Int], _ initializer: Initializer) throws(CheckpointError)
    -> Tensor
}

/// How a parameter begins when it is trained from nothing.
package enum Initializer: Sendable {
  case zeros
  case ones
  case constant(Double)
  case normal(standardDeviation: Double)
  /// Evenly from −bound to bound.
  case uniform(bound: Double)
  /// Evenly, so that the variance passes unchanged through a layer (Glorot & Bengio 2010).
  case xavier(inputs: Int, outputs: Int)

  package func draw(_ shape: [Int], using generator: Generator) -> Tensor {
    switch self {
    case .zeros: .zeros(shape)
    case .ones: .ones(shape)
    case .constant(let value): .full(shape, value)
    case .normal(let deviation): .normal(shape, using: generator) * deviation
    case .uniform(let bound): .uniform(shape, using: generator) * (2 * bound) - bound
    case .xavier(let inputs, let outputs):
      Initializer.uniform(bound: (6 / Double(inputs + outputs)).squareRoot())
        .draw(shape, using: generator)
    }
  }
}

/// Draws every parameter afresh, in the order in which they are made.
package struct RandomSource: ParameterSource {
  private let generator: Generator

  package init(seed: UInt64) { generator = Generator(seed: seed) }

  package func tensor(_ key: String, _ shape: [Int], _ initializer: Initializer)
    throws(CheckpointError) -> Tensor
  {
    do {
      return try catchingTorchErrors { initializer.draw(shape, using: generator) }
    } catch { throw .impossible(setting: key, reason: Self.reason(shape)) }
  }

  /// All that can go wrong in drawing numbers is a size below nothing, or that there is no room.
  private static func reason(_ shape: [Int]) -> String {
    guard shape.allSatisfy({ $0 >= 0 }) else { return "\(shape) has a negative size" }
    let gigabytes = shape.reduce(4e-9) { $0 * Double($1) }.rounded()
    return "\(shape) weights take \(gigabytes) GB, more than the free memory; make it smaller"
  }
}
