package import Layers
package import Torch

/// The settings of one kind of tower: what builds it, and everything the rest of the program asks
/// about it.
///
/// A new kind conforms in the tower's own file and is named in one list, ``imageTowers`` or
/// ``textTowers``. No other code distinguishes kinds.
package protocol TowerKind: Codable, Equatable, Sendable {
  /// What files call this kind: the `vit` of `"kind": "vit"`.
  static var kind: String { get }
  /// What the tower is, for people: “a vision transformer”.
  var words: String { get }
  /// What each part of the tower drops while it learns.
  var dropouts: [TowerDropout] { get }

  /// Refuses sizes that nothing can be computed with.
  ///
  /// - Parameters:
  ///   - name: The key of these settings, `model.image`, for messages.
  /// - Throws: ``CheckpointError/impossible(setting:reason:)``
  func check(_ name: String) throws(CheckpointError)

  /// The scope of a linear map behind the tower's vector that files of such towers may lack, and that is
  /// then drawn when training begins with them; nil if there is none.
  var pooler: String? { get }

  /// The part of this tower that `other` becomes when training begins with it: `network` for an
  /// EfficientNet inside BriVL's tower. Nil where `other` becomes the whole tower.
  func part(begunWith other: any TowerKind) -> String?

  /// The shape of a parameter that can be resized for a tower in which it has another shape; nil
  /// for all others.
  ///
  /// - Parameters:
  ///   - parameter: Its name within the tower: `positions`.
  func shape(ofResizable parameter: String) -> [Int]?

  /// Such a parameter in another shape; nil if it cannot have that shape.
  func resized(_ parameter: String, _ numbers: Tensor, to shape: [Int]) -> Tensor?
}

extension TowerKind {
  package var pooler: String? { nil }
  package func part(begunWith other: any TowerKind) -> String? { nil }
  package func shape(ofResizable parameter: String) -> [Int]? { nil }
  package func resized(_ parameter: String, _ numbers: Tensor, to shape: [Int]) -> Tensor? { nil }
}

/// The settings of one kind of image tower.
package protocol ImageTowerKind: TowerKind {
  // Said again, as it has a default here: otherwise callers would get the default and not the kind's.
  func check(_ name: String) throws(CheckpointError)

  /// Side of the images it takes, in pixels.
  var size: Int { get set }
  /// Side of a patch, in pixels, for towers that cut images of one size into patches; nil for those
  /// that take any size.
  var patchSide: Int? { get }
  /// The most parts of an image, each named by a box, that it looks at; 0 for towers that see
  /// images as a whole.
  var mostBoxes: Int { get }

  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  func makeTower(in scope: Scope) throws(CheckpointError) -> any ImageTower

  /// This tower with `other` inside, for training that begins with `other`; nil if it has no place
  /// for it.
  func holding(_ other: any ImageTowerKind) -> (any ImageTowerKind)?
}

extension ImageTowerKind {
  package var patchSide: Int? { nil }
  package var mostBoxes: Int { 0 }
  package func holding(_ other: any ImageTowerKind) -> (any ImageTowerKind)? { nil }

  package func check(_ name: String) throws(CheckpointError) {
    try requireSize(name + ".size", 1...100_000, size)
  }
}

/// The settings of one kind of text tower.
package protocol TextTowerKind: TowerKind {
  /// Token ids that it knows.
  var vocabulary: Int { get set }
  /// The most tokens a text may have.
  var contextLength: Int { get }
  /// The name of its table of tokens, within the tower.
  var tableName: String { get }
  /// Width of that table.
  var tableWidth: Int { get }
  /// The id of the token that fills up short texts; nil for towers that do not need to know it.
  var paddingToken: Int32? { get set }
  /// The id of the token at which a text is read; nil for towers that do not need to know it.
  var endToken: Int32? { get set }
  /// Whether positions are counted from the number behind the padding token's.
  var countsFromPadding: Bool { get }
  /// Whether it reads what fills up short texts.
  var readsFilling: Bool { get }

  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  func makeTower(in scope: Scope) throws(CheckpointError) -> any TextTower

  /// This tower with `other` inside, for training that begins with `other`; nil if it has no place
  /// for it.
  func holding(_ other: any TextTowerKind) -> (any TextTowerKind)?

  /// This tower, taken from a backbone, with what a recipe decides of it: how it makes one vector
  /// of a text.
  ///
  /// - Parameters:
  ///   - wanted: The tower that the recipe names, of any kind.
  func adapted(to wanted: any TextTowerKind) -> any TextTowerKind
}

extension TextTowerKind {
  package var tableName: String { "tokens.weight" }
  package var paddingToken: Int32? {
    get { nil }
    set {}
  }
  package var endToken: Int32? {
    get { nil }
    set {}
  }
  package var countsFromPadding: Bool { false }
  package var readsFilling: Bool { false }
  package func holding(_ other: any TextTowerKind) -> (any TextTowerKind)? { nil }
  package func adapted(to wanted: any TextTowerKind) -> any TextTowerKind { self }
}

/// What one part of a tower drops while it learns.
package struct TowerDropout: Sendable {
  /// The key of the part's settings inside the tower's, `bert`; nil for the tower itself.
  package let part: String?
  package let rates: DropoutRates
  /// The keys of the rates that this part has.
  let known: [String]

  init(_ rates: DropoutRates, _ known: [String], part: String? = nil) {
    (self.rates, self.known, self.part) = (rates, known, part)
  }

  /// The rates of transformer blocks.
  static let inBlocks = ["hidden", "attention", "activation", "path"]
}
