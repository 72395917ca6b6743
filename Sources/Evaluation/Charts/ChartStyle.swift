import Foundation

/// What all charts share: colours for light and dark, and the frame of an SVG.
enum ChartStyle {
  /// Colours that people with any colour vision can distinguish, on light and dark backgrounds.
  ///
  /// - Source: Okabe, Ito 2008, “Color Universal Design”; darkened or lightened for the ground.
  private static let light = ["#0072b2", "#d55e00", "#009e73", "#b8548b", "#946b00", "#3d8fbf"]
  private static let dark = ["#4aa8e0", "#f28c4a", "#3fc39a", "#e08fbd", "#e3b341", "#8cc8ec"]

  /// The style of all charts.
  ///
  /// Colours are written out: not every reader of SVG knows variables.
  static let sheet = """
    .chart{font:12px system-ui,"Noto Sans",sans-serif}.chart .title{font-weight:600}
    .chart .grid,.chart .line,.chart .mark{fill:none}
    .chart .line{stroke-width:1.8;stroke-linejoin:round}.chart .muted{opacity:.45}
    \(ground(light, ink: "#1f2328", soft: "#59636e", faint: "#d8dee4"))
    @media(prefers-color-scheme:dark){\
    \(ground(dark, ink: "#e6edf3", soft: "#9198a1", faint: "#30363d"))}
    """

  private static func ground(
    _ colours: [String], ink: String, soft: String, faint: String
  ) -> String {
    ".chart text{fill:\(ink)}.chart .soft{fill:\(soft)}.chart .grid{stroke:\(faint)}"
      + ".chart .mark{stroke:\(ink)}"
      + colours.enumerated().map {
        ".chart .s\($0){fill:\($1)}.chart .line.s\($0){fill:none;stroke:\($1)}"
      }.joined()
  }

  static let colours = 6

  /// A whole SVG: it scales with its container, and screen readers get a description.
  ///
  /// A page that holds the sheet once needs no sheet in each chart.
  static func frame(
    width: Double, height: Double, label: String, isStandalone: Bool, _ content: String
  ) -> String {
    let name = isStandalone ? " xmlns=\"http://www.w3.org/2000/svg\"" : ""
    return "<svg\(name) class=\"chart\" viewBox=\"0 0 \(number(width)) \(number(height))\" "
      + "role=\"img\" aria-label=\"\(label.escapedForMarkup)\">"
      + (isStandalone ? "<style>\(sheet)</style>" : "") + content + "</svg>"
  }

  /// A coordinate, short.
  static func number(_ value: Double) -> String {
    let text = String(format: "%.1f", value)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  static func text(
    _ text: String, x: Double, y: Double, anchor: String = "start", style: String = "",
    turned: Bool = false
  ) -> String {
    let turn =
      turned ? " transform=\"rotate(-90 \(number(x)) \(number(y)))\"" : ""
    let style = style.isEmpty ? "" : " class=\"\(style)\""
    return "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\"\(style)\(turn)>"
      + "\(text.escapedForMarkup)</text>"
  }

  static func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String = "grid"
  ) -> String {
    "<path class=\"\(style)\" d=\"M\(number(x1)) \(number(y1))L\(number(x2)) \(number(y2))\"/>"
  }

  static func title(_ text: String) -> String { "<title>\(text.escapedForMarkup)</title>" }

  /// About how wide a text is at 12 pixels.
  static func width(_ text: String) -> Double { Double(text.displayWidth) * 6.6 }

  /// Small squares with names, in as many lines as they need.
  static func legend(
    _ names: [String], x: Double, y: Double, width: Double
  ) -> (markup: String, height: Double) {
    var markup = ""
    var (at, line) = (x, y)
    for (index, name) in names.enumerated() {
      let needed = Self.width(name) + 30
      if at > x, at + needed > width { (at, line) = (x, line + 17) }
      markup +=
        "<rect class=\"s\(index % colours)\" x=\"\(number(at))\" "
        + "y=\"\(number(line - 9))\" width=\"10\" height=\"10\" rx=\"2\"/>"
      markup += text(name, x: at + 14, y: line)
      at += needed
    }
    return (markup, names.isEmpty ? 0 : line - y + 20)
  }
}
