package import Layers
package import Towers

/// The families of published models that can be loaded; the first that knows a folder reads it.
package let families: [Family] = [
  .kelip, .koCLIP, .nllbCLIP, .brivl, .mCLIP, .openCLIP, .chineseCLIP, .siglip, .clip,
  .openAICLIP, .textBackbone, .sentenceBERT, .imageBackbone, .timmBackbone,
]

/// A way in which models are published: one architecture in one layout of files.
package struct Family: Sendable {
  /// As in ``ModelCard`` and messages: `clip`, `nllb-clip`.
  package let name: String
  /// What it is and who made it, for people.
  package let title: String
  /// Models that are published this way.
  package let published: [Published]
  /// What its ids and vectors are checked against, for models that do not say otherwise.
  package let reference: Reference
  /// What a folder of this family says of itself; nil if the folder is another family's.
  ///
  /// - Throws: ``ModelError`` if the folder is of this family but cannot be used.
  package let read: @Sendable (PublishedFolder) throws(ModelError) -> ModelFiles?

  package init(
    name: String, title: String, published: [Published], reference: Reference = .transformers,
    read: @escaping @Sendable (PublishedFolder) throws(ModelError) -> ModelFiles?
  ) {
    self.name = name
    self.title = title
    self.published = published
    self.reference = reference
    self.read = read
  }
}

/// What computes the ids and vectors that ours are compared with, on random numbers.
package enum Reference: String, Sendable {
  case transformers
  case openCLIP = "open_clip"
  case timm
  /// The program that its authors released.
  case authors
  /// The authors' released code, written anew for the comparison.
  case restatement
}

/// A model that others have published on the Hugging Face Hub.
package struct Published: Sendable, Equatable {
  /// Its name there: `openai/clip-vit-base-patch32`, with `@revision` where it is not the main one.
  package let name: String
  /// BCP 47 tags, or what the publisher says where that is no list: `201 languages`.
  package let languages: [String]
  /// As the publisher says, in SPDX where possible; nil if it does not.
  package let license: String?
  /// Size of the file with its numbers, in bytes, where known.
  package let bytes: Int?
  /// What it is checked against, if not what its family is.
  package let reference: Reference?
  /// Whether it was also checked with its own numbers.
  package let isProvenWhole: Bool

  package init(
    _ name: String, languages: [String], license: String?, bytes: Int? = nil,
    reference: Reference? = nil, isProvenWhole: Bool = false
  ) {
    self.name = name
    self.languages = languages
    self.license = license
    self.bytes = bytes
    self.reference = reference
    self.isProvenWhole = isProvenWhole
  }
}

/// All that is needed to load a model: where its files are and how to read them.
package struct ModelFiles: Sendable {
  /// One file of numbers (or the index of several).
  package struct Weights: Sendable {
    package let path: String
    /// Where our parameters lie in it; nil if it has our own names.
    package let keys: KeyMap?
    /// Which sides of the model it holds.
    package let towers: DualEncoder.Towers

    package init(path: String, keys: KeyMap?, towers: DualEncoder.Towers = .both) {
      self.path = path
      self.keys = keys
      self.towers = towers
    }
  }

  package var card: ModelCard
  package var weights: [Weights]
  /// Our parameters that no published file has; they keep their initial value.
  package var absent: Set<String>
  /// Tensors that a file may have and that nothing here uses, as in ``KeyMap``: `*` and `%`.
  package var ignored: [String]
  /// The tokenizer's file or folder; nil for models without texts.
  package var tokenizer: String?
  /// Whether it is a backbone: one tower, pretrained for something else than vectors of pictures or
  /// texts, so that how it makes one is for those to say who build on it.
  package var isBackbone: Bool

  package init(
    card: ModelCard, weights: [Weights], absent: Set<String> = [], ignored: [String] = [],
    tokenizer: String?, isBackbone: Bool = false
  ) {
    self.card = card
    self.weights = weights
    self.absent = absent
    self.ignored = ignored
    self.tokenizer = tokenizer
    self.isBackbone = isBackbone
  }
}
