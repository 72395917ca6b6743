package import Layers
package import Torch

/// The text tower of BriVL (WenLan): BERT, a small transformer on top, and a perceptron.
///
///     ids, filled up → BERT → each token to length one → depth × (attention, perceptron)
///     → mean over the real tokens → perceptron
///
/// BERT reads the filling like any other token, and the transformer on top does not: so the vector of
/// a text depends on the length it is filled up to, which is part of the model.
///
/// - Shapes: ids `[batch, length]` → `[batch, width]`
/// - Source: Huo et al. 2021, §3, arXiv:2103.06561; BAAI-WuDao/BriVL, as released.
package struct BriVLText: TextTower {
  package struct Settings: Codable, Sendable, Equatable {
    /// Its pooling and head are not used.
    package var bert: BERT.Settings
    /// Tokens that each text is filled up to. Published: 80.
    package var length: Int
    /// Blocks on top of BERT, and their heads and inner width.
    package var depth: Int
    package var heads: Int
    package var inner: Int
    /// What those blocks drop; BERT has its own rates.
    package var dropout: DropoutRates
    package var head: PerceptronHead.Settings

    package init(
      bert: BERT.Settings = .chineseRoBERTa, length: Int = 80, depth: Int = 4, heads: Int = 4,
      inner: Int = 2048, dropout: DropoutRates = .none,
      head: PerceptronHead.Settings = .init(
        inner: 2048, width: 2048, activation: .relu, hasBias: true)
    ) {
      self.bert = bert
      self.length = length
      self.depth = depth
      self.heads = heads
      self.inner = inner
      self.dropout = dropout
      self.head = head
    }
  }

  package var width: Int { settings.head.width }
  package var contextLength: Int { settings.length }

  private let settings: Settings
  private let bert: BERT
  private let blocks: [TransformerBlock]
  private let head: PerceptronHead

  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package init(_ settings: Settings, in scope: Scope) throws(CheckpointError) {
    self.settings = settings
    var inside = settings.bert
    inside.pooling = .first
    inside.head = nil
    bert = try BERT(inside, in: scope / "bert")
    let style = TransformerBlock.Style(
      inner: settings.inner, activation: .relu, normPlace: .after, dropout: settings.dropout)
    blocks = try [TransformerBlock](
      depth: settings.depth, width: inside.width, heads: settings.heads, style: style,
      in: scope / "blocks")
    head = try PerceptronHead(settings.head, inputs: inside.width, in: scope / "head")
  }

  package func callAsFunction(_ texts: TokenBatch) -> Tensor {
    let filling = Filling(length: settings.length, padding: settings.bert.padding)
    let padded = filling.fill(texts, on: texts.padded.ids.device).padded
    let x = bert.states(padded.ids, lengths: nil).normalized()
    return head(padded.mean(of: blocks(x, lengths: padded.lengths)))
  }
}

extension BriVLText.Settings: TextTowerKind {
  package static let kind = "brivl"
  package var words: String { "BriVL's, with blocks of its own behind a BERT" }
  package var vocabulary: Int {
    get { bert.vocabulary }
    set { bert.vocabulary = newValue }
  }
  package var contextLength: Int { length }
  package var tableName: String { "bert." + bert.tableName }
  package var tableWidth: Int { bert.width }
  package var countsFromPadding: Bool { bert.countsFromPadding }
  package var paddingToken: Int32? {
    get { bert.paddingToken }
    set { bert.paddingToken = newValue }
  }
  package var readsFilling: Bool { true }
  package var dropouts: [TowerDropout] {
    [
      TowerDropout(dropout, TowerDropout.inBlocks),
      TowerDropout(bert.dropout, TowerDropout.inBlocks, part: "bert"),
    ]
  }

  package func makeTower(in scope: Scope) throws(CheckpointError) -> any TextTower {
    try BriVLText(self, in: scope)
  }

  package func check(_ name: String) throws(CheckpointError) { try bert.check(name + ".bert") }

  package func part(begunWith other: any TowerKind) -> String? {
    other is BERT.Settings ? "bert" : nil
  }

  package func holding(_ other: any TextTowerKind) -> (any TextTowerKind)? {
    guard let bert = other as? BERT.Settings else { return nil }
    var tower = self
    tower.bert = bert
    tower.length = min(tower.length, bert.contextLength)
    return tower
  }
}

extension TextTowerSettings {
  package static func brivl(_ settings: BriVLText.Settings) -> TextTowerSettings {
    TextTowerSettings(settings)
  }
}

extension DropoutRates {
  /// Those of PyTorch's `TransformerEncoderLayer`, which BriVL's release leaves as they are.
  package static let encoderLayer = DropoutRates(hidden: 0.1, attention: 0.1, activation: 0.1)
}

extension BERT.Settings {
  /// chinese-roberta-wwm-ext of base size: despite its name a BERT, positions from 0.
  package static let chineseRoBERTa = BERT.Settings(
    vocabulary: 21_128, width: 768, depth: 12, heads: 12, inner: 3072, positions: 512,
    positionScheme: .zeroBased, segments: 2, epsilon: 1e-12, padding: 0,
    dropout: .init(hidden: 0.1, attention: 0.1), pooling: .first)
}

extension KeyMap {
  /// The text tower in BriVL's files, under `textencoder.`.
  package static let brivlText: KeyMap =
    KeyMap.huggingFaceBERT.prefixed(ours: "bert.", theirs: "backbone.bert.") + [
      "blocks.*.attention.qkv.%": "learnable.textAtt.layers.*.self_attn.in_proj_%",
      "blocks.*.attention.out.%": "learnable.textAtt.layers.*.self_attn.out_proj.%",
      "blocks.*.attention_norm.%": "learnable.textAtt.layers.*.norm1.%",
      "blocks.*.inner.%": "learnable.textAtt.layers.*.linear1.%",
      "blocks.*.outer.%": "learnable.textAtt.layers.*.linear2.%",
      "blocks.*.perceptron_norm.%": "learnable.textAtt.layers.*.norm2.%",
      "head.inner.%": "learnable.textFC.fc1.%",
      "head.outer.%": "learnable.textFC.fc2.%",
    ]
}
