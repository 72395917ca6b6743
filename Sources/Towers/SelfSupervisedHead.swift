package import Layers
package import Torch

/// The perceptron that self-supervised learning has behind the image tower, and that is thrown away
/// afterwards.
///
///     linear → batch norm → relu → linear → batch norm → relu → linear → length one
///
/// - Shapes: `[batch, inputs] → [batch, outputs]`
/// - Source: Mu et al. 2021 (SLIP), §3, arXiv:2112.12750; facebookresearch/SLIP at c6faf5d,
///   `models.py:213`.
package struct SelfSupervisedHead {
  private let maps: [Linear]
  private let norms: [BatchNorm]

  /// - Parameters:
  ///   - inputs: Width of the image tower.
  ///   - inner: Width inside. Published by SLIP: 4,096.
  ///   - outputs: Width of the embeddings. Published by SLIP: 256.
  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(_ inputs: Int, inner: Int = 4_096, outputs: Int = 256, in scope: Scope)
    throws(CheckpointError)
  {
    var (maps, norms): ([Linear], [BatchNorm]) = ([], [])
    for (index, (from, to)) in [(inputs, inner), (inner, inner), (inner, outputs)].enumerated() {
      maps.append(
        try Linear(
          from, to, initializer: .uniform(bound: 1 / Double(from).squareRoot()),
          in: scope / "maps" / index))
      if index < 2 { norms.append(try BatchNorm(to, in: scope / "norms" / index)) }
    }
    (self.maps, self.norms) = (maps, norms)
  }

  /// - Parameters:
  ///   - features: What the image tower gives, not projected.
  /// - Returns: Embeddings of length one.
  package func callAsFunction(_ features: Tensor) -> Tensor {
    var x = features
    for (map, norm) in zip(maps, norms) { x = norm(map(x)).relu() }
    return maps[2](x).normalized()
  }
}
