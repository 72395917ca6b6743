import Evaluation
import Foundation
package import Pictures

extension PictureOverlay {
  /// The overlay as an SVG file that needs no other: the picture is in it.
  ///
  /// Each part of the picture says its numbers when it is pointed at.
  ///
  /// - Throws: ``PictureError`` if the picture cannot be encoded.
  package func svg() throws(PictureError) -> String {
    let drawing = Drawing(picture: picture, panels: panels.count, measure: measure)
    var markup = ""
    for (index, panel) in panels.enumerated() { markup += drawing.markup(panel, at: index) }
    let names = panels.map { "“\($0.text)”" }.joined(separator: ", ")
    let title = "Where in the picture: \(names)".escapedForMarkup
    let description = panels.map(\.summary).joined(separator: " ").escapedForMarkup
    let (width, height) = (number(drawing.width), number(drawing.height))
    let data = try drawing.data
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" \
      width="\(width)" height="\(height)" role="img" aria-labelledby="title description" \
      font-family="system-ui,'Noto Sans',sans-serif" font-size="13" fill="#1f2328">
      <title id="title">\(title)</title><desc id="description">\(description)</desc>
      <defs><filter id="pale"><feColorMatrix type="saturate" values=".2"/></filter>\
      <linearGradient id="scale">\(Self.stops)</linearGradient>
      <image id="picture" width="\(number(drawing.pictureWidth))" \
      height="\(number(drawing.pictureHeight))" preserveAspectRatio="none" \
      href="\(data)"/></defs>
      <rect width="\(width)" height="\(height)" fill="#ffffff"/>
      \(markup)</svg>

      """
  }

  private static var stops: String {
    let colours = HeatColours.all
    return colours.enumerated().map { index, colour in
      "<stop offset=\"\(number(Double(index) / Double(colours.count - 1)))\" "
        + "stop-color=\"\(colour)\"/>"
    }.joined()
  }
}

extension PictureOverlay.Panel {
  fileprivate var range: (low: Float, high: Float) {
    (cells.map(\.value).min() ?? 0, cells.map(\.value).max() ?? 0)
  }

  fileprivate var best: PictureOverlay.Cell? { cells.max { $0.value < $1.value } }

  fileprivate var summary: String {
    "“\(text)” fits best here: \(best?.title ?? "nowhere"). From "
      + "\(PictureOverlay.decimal(range.low)) to \(PictureOverlay.decimal(range.high)) in "
      + "\(cells.count) parts."
  }
}

/// Where everything stands, in pixels of the drawing.
private struct Drawing {
  let picture: Picture
  let measure: String
  let pictureWidth, pictureHeight: Double
  let width, height: Double
  private let panelsInRow: Int

  private static let margin = 12.0
  private static let titleHeight = 24.0
  private static let legendHeight = 30.0

  init(picture: Picture, panels: Int, measure: String) {
    self.picture = picture
    self.measure = measure
    let long = Double(max(picture.width, picture.height))
    let scale = min(max(long, 360), 800) / long
    // A strip of a picture keeps room for its title and legend.
    pictureWidth = max((Double(picture.width) * scale).rounded(), 240)
    pictureHeight = max((Double(picture.height) * scale).rounded(), 60)
    let most = max(1, Int(1600 / (pictureWidth + Self.margin)))
    let rows = max(1, (panels + most - 1) / most)
    panelsInRow = max(1, (panels + rows - 1) / rows)
    width = Double(panelsInRow) * (pictureWidth + Self.margin) + Self.margin
    height =
      Double(rows) * (pictureHeight + Self.titleHeight + Self.legendHeight + Self.margin)
      + Self.margin
  }

  /// The picture as a data URI, no larger than it is shown on a fine screen.
  var data: String {
    get throws(PictureError) {
      let long = max(picture.width, picture.height)
      let scale = min(1, 1200 / Double(long))
      func side(_ pixels: Int) -> Int { max(1, Int((Double(pixels) * scale).rounded())) }
      let shown =
        scale < 1
        ? picture.resized(
          width: side(picture.width), height: side(picture.height), filter: .bicubic) : picture
      let isSmall = long <= 256
      let bytes = isSmall ? try shown.png() : try shown.jpeg(quality: 88)
      return "data:image/\(isSmall ? "png" : "jpeg");base64,"
        + Data(bytes).base64EncodedString()
    }
  }

  func markup(_ panel: PictureOverlay.Panel, at index: Int) -> String {
    let x = Self.margin + Double(index % panelsInRow) * (pictureWidth + Self.margin)
    let top =
      Self.margin + Double(index / panelsInRow)
      * (pictureHeight + Self.titleHeight + Self.legendHeight + Self.margin)
    let shown = panel.text.truncated(toDisplayWidth: max(8, Int(pictureWidth / 8)))
    let language = panel.language.map { " xml:lang=\"\($0.escapedForMarkup)\"" } ?? ""
    return """
      <g\(language)><text x="\(number(x + pictureWidth / 2))" y="\(number(top + 15))" \
      text-anchor="middle" font-weight="600">\(shown.escapedForMarkup)</text></g>
      <svg x="\(number(x))" y="\(number(top + Self.titleHeight))" \
      width="\(number(pictureWidth))" height="\(number(pictureHeight))"><use href="#picture" filter="url(#pale)"/>
      \(cells(panel))</svg>
      \(legend(panel, x: x, y: top + Self.titleHeight + pictureHeight + 8))

      """
  }

  private func cells(_ panel: PictureOverlay.Panel) -> String {
    let (low, high) = panel.range
    var (markup, labels) = ("", "")
    for cell in panel.cells {
      let share = high > low ? Double((cell.value - low) / (high - low)) : 1
      markup +=
        "<rect \(place(cell)) fill=\"\(HeatColours.colour(share))\" fill-opacity=\".55\" "
        + "stroke=\"#ffffff\" stroke-opacity=\".35\" stroke-width=\".6\">"
        + "<title>\(cell.title.escapedForMarkup)</title></rect>"
      if let label = cell.label {
        labels +=
          "<text x=\"\(number((cell.left + cell.width / 2) * pictureWidth))\" "
          + "y=\"\(number((cell.top + cell.height / 2) * pictureHeight + 5))\">"
          + "\(label.escapedForMarkup)</text>"
      }
    }
    if let best = panel.best {
      for (colour, width) in [("#000000", 4.0), ("#ffffff", 2.0)] {
        markup +=
          "<rect \(place(best)) fill=\"none\" stroke=\"\(colour)\" "
          + "stroke-width=\"\(number(width))\" pointer-events=\"none\"/>"
      }
    }
    guard !labels.isEmpty else { return markup }
    return markup
      + "<g font-size=\"15\" font-weight=\"600\" text-anchor=\"middle\" fill=\"#ffffff\" "
      + "stroke=\"#000000\" stroke-width=\"3\" stroke-opacity=\".7\" paint-order=\"stroke\" "
      + "pointer-events=\"none\">\(labels)</g>"
  }

  private func place(_ cell: PictureOverlay.Cell) -> String {
    "x=\"\(number(cell.left * pictureWidth))\" y=\"\(number(cell.top * pictureHeight))\" "
      + "width=\"\(number(cell.width * pictureWidth))\" "
      + "height=\"\(number(cell.height * pictureHeight))\""
  }

  /// A bar of all colours between the lowest and the highest number.
  private func legend(_ panel: PictureOverlay.Panel, x: Double, y: Double) -> String {
    let bar = pictureWidth - 165
    func text(_ text: String, _ x: Double, _ anchor: String) -> String {
      "<text x=\"\(number(x))\" y=\"\(number(y + 11))\" text-anchor=\"\(anchor)\" "
        + "font-size=\"12\">\(text)</text>"
    }
    return text("\(measure) \(PictureOverlay.decimal(panel.range.low))", x, "start")
      + "<rect x=\"\(number(x + 110))\" y=\"\(number(y))\" width=\"\(number(bar))\" height=\"14\" "
      + "fill=\"url(#scale)\"/>"
      + text(PictureOverlay.decimal(panel.range.high), x + pictureWidth, "end")
  }
}

/// A coordinate, short.
private func number(_ value: Double) -> String {
  var text = String(format: "%.2f", value)
  while text.hasSuffix("0") { text.removeLast() }
  if text.hasSuffix(".") { text.removeLast() }
  return text
}
