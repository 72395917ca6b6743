import Layers
package import Recipes
package import Torch
import Towers

/// The numbers of a part of a network, as `train` tells them.
package struct ParameterCount: Sendable, Encodable, Equatable {
  /// `images`, `texts`, `projections`, or the first part of the parameters' names.
  package let name: String
  package private(set) var learned = 0
  /// Not learned: frozen, or followed as momentum copies and queues are.
  package private(set) var frozen = 0

  package var total: Int { learned + frozen }

  /// By part, in the parameters' order. Running statistics of batch norms are no parameters.
  package static func counts(of parameters: [Parameter]) -> [ParameterCount] {
    var counts: [ParameterCount] = []
    for parameter in parameters where !parameter.isStatistic {
      let name =
        switch parameter.role {
        case .imageTower: "images"
        case .textTower: "texts"
        case .imageProjection, .textProjection: "projections"
        case .scale, .bias: "scale"
        case nil: String(parameter.name.prefix { $0 != "." })
        }
      let index = counts.firstIndex { $0.name == name } ?? counts.endIndex
      if index == counts.endIndex { counts.append(ParameterCount(name: name)) }
      if parameter.isTrainable {
        counts[index].learned += parameter.count
      } else {
        counts[index].frozen += parameter.count
      }
    }
    return counts
  }

  private init(name: String) { self.name = name }
}

extension TrainingPlan {
  /// The parameters that are not to be learned.
  ///
  /// - Throws: ``TrainingError/badSetting(key:value:need:)`` for a name that none has, and where nothing
  ///   is left to learn.
  package func frozenParameters(among parameters: [Parameter]) throws(TrainingError) -> [Parameter]
  {
    for (key, name) in frozen.map({ ("frozen", $0) }) + learned.map({ ("learned", $0) })
    where !parameters.contains(where: { $0.name.hasPrefix(name) }) {
      let parts = Set(
        parameters.map { $0.name.contains(".") ? $0.name.prefix { $0 != "." } + "." : $0.name[...] }
      ).sorted()
      throw .badSetting(
        key: "training.\(key)", value: "“\(name)”",
        need: "the beginning of parameters' names, such as \(parts.joined(separator: ", "))")
    }
    let locked = parameters.filter { freezes($0) }
    guard parameters.contains(where: { $0.isTrainable && !freezes($0) }) else {
      throw .badSetting(
        key: "training.frozen", value: "\(frozen)",
        need: "fewer names: these leave nothing to learn")
    }
    return locked
  }
}
