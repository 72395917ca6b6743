/// A file of the page, built into the program.
struct PageFile: Sendable {
  var mediaType: String
  var bytes: [UInt8]

  private static let all: [String: PageFile] = [
    "": PageFile(mediaType: "text/html; charset=utf-8", bytes: PackageResources.index_html),
    "page.css": style(PackageResources.page_css), "uses.css": style(PackageResources.uses_css),
    "page.js": script(PackageResources.page_js), "dom.js": script(PackageResources.dom_js),
    "languages.js": script(PackageResources.languages_js),
    "results.js": script(PackageResources.results_js),
    "detail.js": script(PackageResources.detail_js),
    "uses.js": script(PackageResources.uses_js), "mix.js": script(PackageResources.mix_js),
    "lens.js": script(PackageResources.lens_js), "theme.js": script(PackageResources.theme_js),
    "icon.svg": PageFile(mediaType: "image/svg+xml", bytes: PackageResources.icon_svg),
  ]

  private static func script(_ bytes: [UInt8]) -> PageFile {
    PageFile(mediaType: "text/javascript; charset=utf-8", bytes: bytes)
  }

  private static func style(_ bytes: [UInt8]) -> PageFile {
    PageFile(mediaType: "text/css; charset=utf-8", bytes: bytes)
  }

  /// The file at a path, without the first slash.
  static func named(_ path: Substring) -> PageFile? {
    all[path == "index.html" ? "" : String(path)]
  }

  func reply(to question: Question) -> Reply {
    // FNV-1a: only has to differ between versions of the program.
    let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    let headers = ["etag": "\"\(String(hash, radix: 16))\"", "cache-control": "no-cache"]
    if question.headers["if-none-match"] == headers["etag"] {
      return Reply(status: 304, headers: headers)
    }
    var reply = Reply(headers: headers, bytes: bytes)
    reply.headers["content-type"] = mediaType
    return reply
  }
}
