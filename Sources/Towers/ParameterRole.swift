package import Torch

/// What a parameter is in a dual encoder, as the first part of its name says.
///
/// The raw value is that part: ``DualEncoder`` makes its parameters in scopes of these names.
package enum ParameterRole: String, Sendable {
  case imageTower = "image"
  case textTower = "text"
  case imageProjection = "image_projection"
  case textProjection = "text_projection"
  /// The logarithm of 1/τ.
  case scale = "log_scale"
  /// What sigmoid losses add to scores.
  case bias

  /// Nil for what a recipe keeps besides its encoder: queues, momentum copies, decoders.
  package init?(of name: String) { self.init(rawValue: String(name.prefix { $0 != "." })) }
}

extension Parameter {
  /// What it is in a dual encoder; nil if it is no part of one.
  package var role: ParameterRole? { ParameterRole(of: name) }
}
