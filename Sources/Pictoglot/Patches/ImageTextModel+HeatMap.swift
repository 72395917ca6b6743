import Languages
import Models
package import Pictures
package import Search
import Vectors

/// How near each part of a picture is to a text.
public struct PictureHeatMap: Sendable, Equatable {
  /// How many parts lie below each other.
  public let rows: Int
  /// How many parts lie beside each other.
  public let columns: Int
  /// How near each part is to the text, row after row from the top left, `[rows · columns]`.
  ///
  /// It is the cosine of part and text, from −1 to 1. For models that take the mean of what they see
  /// in the parts it is weighed by how much the part adds to that mean, the strongest part with 1.
  /// Compare them with each other: which value means that something is there differs between models
  /// and texts.
  public let similarities: [Float]
  /// Where all parts together lie in the upright picture.
  public let region: Region

  /// A part of a picture, in fractions of its width and height.
  ///
  /// Models that cut pictures to a square do not see all of them: then it is smaller than the
  /// picture. For models that see pictures with a margin it reaches beyond: `left` or `top` is below
  /// 0.
  public struct Region: Sendable, Equatable {
    /// Its left edge; 0 is the picture's.
    public let left: Double
    /// Its top edge; 0 is the picture's.
    public let top: Double
    /// Its width; 1 is the picture's.
    public let width: Double
    /// Its height; 1 is the picture's.
    public let height: Double
  }

  /// How near the part in a row and column is, both from 0.
  public subscript(row: Int, column: Int) -> Float { similarities[row * columns + column] }

  /// The part nearest to the text.
  public var peak: (row: Int, column: Int) {
    let best = similarities.indices.max { similarities[$0] < similarities[$1] } ?? 0
    return (best / columns, best % columns)
  }

  init(_ reply: HeatMapReply) {
    (rows, columns, similarities) = (reply.rows, reply.columns, reply.values)
    region = Region(
      left: reply.region.left, top: reply.region.top, width: reply.region.width,
      height: reply.region.height)
  }
}

extension ImageTextModel {
  /// Says where in a picture a text is to be seen, from one pass through the model.
  ///
  ///     let map = try await model.heatMap(pictureFile: "street.jpg", of: "a red bicycle")
  ///     print(map.peak, map[0, 0], map.region)
  ///
  /// - Parameters:
  ///   - language: The text's BCP 47 tag; detected if nil.
  /// - Throws: An error that names the file and says why it is not a picture that can be read, or
  ///   that this model sees pictures only as a whole; ``patches(pictureFile:of:rows:columns:language:)``
  ///   works with every model.
  /// - Source: Zhou et al. 2022 (MaskCLIP), arXiv:2112.01071, for models with a class token; Zhou et
  ///   al. 2016 (class activation mapping), arXiv:1512.04150, for those that take a mean.
  public func heatMap(pictureFile path: String, of text: String, language: String? = nil)
    async throws -> PictureHeatMap
  {
    let query = Query(text, language: try language.map { try LanguageTag(asked: $0) })
    return PictureHeatMap(try await heatMap(of: try Picture(contentsOf: path), for: query))
  }

  /// The same for a picture file's bytes.
  ///
  /// - Throws: An error that says why the bytes are not a picture that can be read, or that this
  ///   model sees pictures only as a whole.
  public func heatMap(picture bytes: [UInt8], of text: String, language: String? = nil)
    async throws -> PictureHeatMap
  {
    let query = Query(text, language: try language.map { try LanguageTag(asked: $0) })
    return PictureHeatMap(try await heatMap(picture: bytes, of: query))
  }

  /// How near each part of a picture is to each text; the picture is seen once.
  ///
  /// - Throws: ``SearchError/noHeatMap(model:reason:)`` for models that see pictures as a whole;
  ///   ``SearchError`` for a text that cannot be read; an error if the network fails.
  package func heatMaps(of picture: Picture, for texts: [Query]) async throws -> [HeatMapReply] {
    let texts = try await embed(locating: texts)
    guard let patches = try model.embed(patchesOf: picture) else {
      throw SearchError.noHeatMap(
        model: name, reason: "its image tower pools boxes, not patches")
    }
    return zip(texts.vectors, texts.readings).map { text, reading in
      HeatMapReply(
        rows: patches.rows, columns: patches.columns,
        values: similarities(of: patches.vectors, to: text),
        region: .init(
          left: patches.left, top: patches.top, width: patches.width, height: patches.height),
        reading: reading)
    }
  }

  private func heatMap(of picture: Picture, for text: Query) async throws -> HeatMapReply {
    guard let map = try await heatMaps(of: picture, for: [text]).first else {
      throw SearchError.emptyQuery
    }
    return map
  }
}

extension ImageTextModel: PictureMapper {
  package func heatMap(picture bytes: [UInt8], of text: Query) async throws -> HeatMapReply {
    let picture: Picture
    do { picture = try Picture(decoding: bytes) } catch {
      throw SearchError.unreadablePicture(reason: "\(error)")
    }
    return try await heatMap(of: picture, for: text)
  }
}
