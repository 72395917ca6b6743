import Corpora
import Evaluation
import Files
import Models
import Pictures
import Torch
import Towers
import Vectors

/// Recall@10 from text to image on a held-out part, while a network learns.
struct Validator {
  private let samples: [Sample]
  private let groups: [Int]
  private let pixels: [Float]
  private let captions: [(language: String, ids: [[Int32]], owners: [Int])]
  private let card: ModelCard
  private let device: Device

  /// Decodes the pictures once; pictures that cannot be read are left out.
  init(
    _ corpus: Corpus, languages: [String], card: ModelCard, reader: TextReader, device: Device
  ) throws {
    let decoded = concurrentMap(corpus.samples.count) { index in
      Result { card.preprocessing(try corpus.picture(of: corpus.samples[index])) }
    }
    var samples: [Sample] = []
    var pixels: [Float] = []
    for (sample, outcome) in zip(corpus.samples, decoded) {
      guard case .success(let numbers) = outcome else { continue }
      samples.append(sample)
      pixels += numbers
    }
    self.samples = samples
    self.pixels = pixels
    self.card = card
    self.device = device
    groups = Corpus(path: corpus.path, samples: samples).relevanceGroups
    captions = languages.compactMap { language in
      var ids: [[Int32]] = []
      var owners: [Int] = []
      for (index, sample) in samples.enumerated() {
        for text in sample.captions[language] ?? [] {
          ids.append(reader.ids(of: text, in: language))
          owners.append(index)
        }
      }
      return ids.isEmpty ? nil : (language, ids, owners)
    }
  }

  /// Recall@10 by language, and their mean.
  func callAsFunction(_ encoder: DualEncoder) throws -> [String: Double] {
    let size = card.preprocessing.size
    var images = VectorRows(width: encoder.width)
    for start in stride(from: 0, to: samples.count, by: 128) {
      let end = min(start + 128, samples.count)
      let part = Array(pixels[start * 3 * size * size..<end * 3 * size * size])
      let vectors = withoutGradient {
        encoder.embed(images: Tensor(part, shape: [end - start, 3, size, size]).to(device)).floats
      }
      images.append(VectorRows(vectors, width: encoder.width))
    }
    let data = RetrievalData(
      images: images, imageIDs: samples.map(\.id),
      imageConcepts: groups,
      languages: captions.map { language, ids, owners in
        let texts = withoutGradient {
          encoder.embed(texts: TokenBatch(ids, padding: card.text.padding, on: device)).floats
        }
        return LanguageCaptions(
          language: language, texts: ids.map { _ in "" },
          embeddings: VectorRows(texts, width: encoder.width), imageIndices: owners)
      })
    let report = evaluateRetrieval(data, options: .quick)
    var recalls: [String: Double] = [:]
    for language in report.languages {
      recalls[language.language] = language.textToImage.recall(at: 10)?.value.value
    }
    if !recalls.isEmpty {
      // In an order of its own, that of the values being another one each time.
      let sum = recalls.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value }
      recalls["mean"] = sum / Double(recalls.count)
    }
    return recalls
  }
}
