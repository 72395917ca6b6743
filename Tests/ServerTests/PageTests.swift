import Foundation
import Search
import Testing

@Suite(
  "The page in a browser", .serialized, .enabled(if: Browser.path != nil, Browser.missing),
  .timeLimit(.minutes(3)))
struct PageTests {
  static let hits = "[...document.querySelectorAll('.hit')].map(hit => hit.hit.id)"
  static let idle = "!document.querySelector('[aria-busy]')"

  /// Opens the page of a running server; afterwards nothing may have gone wrong in it.
  func withPage(
    _ place: String = "/", width: Int = 1100, engine: FakeEngine = FakeEngine(),
    expecting complaints: Int = 0,
    _ body: @Sendable (BrowserPage) async throws -> Void
  ) async throws {
    let browser = try Browser(try #require(Browser.path))
    try await withServer(engine) { port in
      let page = try await browser.page("http://127.0.0.1:\(port)\(place)", width: width)
      try await page.wait("document.querySelector('#language').options.length > 1")
      try await page.wait(Self.idle)
      try await body(page)
      #expect(await page.complaints().count == complaints)
    }
  }

  func search(_ text: String, _ page: BrowserPage) async throws {
    try await page.run("document.querySelector('#q').select()")
    try await page.type(text)
    try await page.press("Enter")
    try await page.wait("location.search.includes('q=') && \(Self.idle)")
  }

  @Test("Words in any script and Enter show pictures, scores and captions")
  func searches() async throws {
    // The last picture's file is gone: it is asked for twice, and the hit stands without it.
    try await withPage(expecting: 2) { page in
      #expect(try await page.value("document.activeElement.id") == "q")
      try await page.screenshot("start")
      for words in ["빨간 사과", "tufaha jekundu", "red apple"] {
        try await search(words, page)
        let hits: [Int] = try await page.value(Self.hits)
        #expect(hits.count == 24 && hits.first == 3, "\(words)")
      }
      try await page.wait(
        "[...document.querySelectorAll('.hit img')].every(p => p.complete && p.naturalWidth > 0)")
      #expect(try await page.value("document.querySelector('.score').textContent") == "0.900")
      #expect(try await page.value("document.querySelector('.caption').lang") == "en")
      let status: String = try await page.value("document.querySelector('#status').textContent")
      #expect(status.hasPrefix("24 of 40 pictures"))
      #expect(try await page.value("document.title") == "red apple – Pictoglot")
      let addresses: [String] = try await page.value(
        "[...document.querySelectorAll('.hit img')].slice(0, 3).map(p => p.getAttribute('src'))")
      #expect(
        addresses == ["/api/picture/3?v=v1", "/api/picture/2?v=v1", "/api/picture/4?v=v1&size=384"])
      let shot = try await page.screenshot("results")
      #expect(shot.count > 20_000)
      try await page.click("#more")
      try await page.wait("document.querySelectorAll('.hit').length === 40")
      #expect(try await page.value("document.querySelector('#more').hidden"))
      try await page.run("document.querySelector('li:last-child').scrollIntoView()")
      try await page.wait(
        "document.querySelector('li:last-child img').alt === 'This picture cannot be shown.'")
    }
  }

  @Test("Everything can be done from the keyboard")
  func obeysKeys() async throws {
    try await withPage("/?q=cat") { page in
      func focus() async throws -> Int {
        try await page.value("document.activeElement.hit?.id ?? -1")
      }
      let hits: [Int] = try await page.value(Self.hits)
      try await page.press("ArrowDown")
      #expect(try await focus() == hits[0])
      try await page.press("ArrowRight")
      #expect(try await focus() == hits[1])
      let columns: Int = try await page.value(
        "getComputedStyle(document.querySelector('#results')).gridTemplateColumns.split(' ').length"
      )
      #expect(columns > 3)
      try await page.press("ArrowDown")
      #expect(try await focus() == hits[1 + columns])
      try await page.press("ArrowUp")
      try await page.press("ArrowLeft")
      #expect(try await focus() == hits[0])
      try await page.press("Enter")
      try await page.wait("document.querySelector('#detail').open")
      try await page.press("ArrowRight")
      try await page.wait("document.querySelector('#detail').dataset.id == \(hits[1])")
      try await page.screenshot("detail")
      try await page.press("Escape")
      try await page.wait("!document.querySelector('#detail').open")
      #expect(try await focus() == hits[1])
      try await page.press("End")
      #expect(try await focus() == hits[23])
      try await page.press("/")
      #expect(try await page.value("document.activeElement.id") == "q")
      try await page.type("red apple")
      #expect(try await page.value("document.querySelector('#q').value") == "red apple")
      try await page.press("Escape")
      try await page.wait("!document.querySelector('#start').hidden")
      #expect(try await page.value("document.querySelector('#q').value") == "")
    }
  }

  @Test("Clicks open a picture, and similar ones from there; back goes back")
  func obeysClicks() async throws {
    try await withPage("/?q=cat") { page in
      try await page.click("li:nth-child(2) .hit")
      try await page.wait("document.querySelector('#detail').open")
      let facts: String = try await page.value("document.querySelector('#facts').textContent")
      #expect(facts.contains("drawing-6") && facts.contains("CC0-1.0"))
      try await page.click("#similar")
      try await page.wait("location.search === '?like=6' && \(Self.idle)")
      let similar: [Int] = try await page.value(Self.hits)
      #expect(similar.first == 6)
      try await page.run("history.back()")
      try await page.wait("\(Self.hits)[0] === 7")
      #expect(try await page.value("document.querySelector('#q').value") == "cat")
      #expect(try await page.value("document.querySelector('#picture').hidden"))
      try await page.click(".name")
      try await page.wait("document.querySelector('#examples button')")
      try await page.click("#examples li:nth-child(2) button")
      try await page.wait("\(Self.hits)[0] === 3")
      try await page.click("#go")
    }
  }

  @Test("A picture is searched for when it is chosen, dropped or pasted, alone and with words")
  func searchesByPicture() async throws {
    let drawing = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString).svg"
    try Data("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>".utf8)
      .write(to: URL(fileURLWithPath: drawing))
    defer { try? FileManager.default.removeItem(atPath: drawing) }
    try await withPage { page in
      try await page.choose(drawing, in: "#file")
      try await page.wait("\(Self.hits)[0] === 20")
      #expect(try await page.value("document.querySelector('#mixture').hidden"))
      try await page.type("cat")
      #expect(try await page.value("document.querySelector('#mixture').hidden") == false)
      try await page.press("Enter")
      try await page.wait("location.search === '?q=cat&weight=0.5' && \(Self.idle)")
      try await page.screenshot("mixture")
      try await page.click("#drop")
      try await page.wait("\(Self.hits)[0] === 7")
      for (event, holder) in [
        ("DragEvent('drop'", "dataTransfer"), ("ClipboardEvent('paste'", "clipboardData"),
      ] {
        try await page.run("document.querySelector('#q').value = ''")
        try await page.run(
          """
          const files = new DataTransfer();
          files.items.add(new File(['<svg xmlns="http://www.w3.org/2000/svg"/>'], 'd.svg',
            {type: 'image/svg+xml'}));
          document.dispatchEvent(new \(event), {bubbles: true, \(holder): files}))
          """)
        try await page.wait("\(Self.hits)[0] === 20")
        try await page.click("#drop")
        try await page.wait("!document.querySelector('#start').hidden")
      }
      try await page.run(
        """
        const files = new DataTransfer();
        files.items.add(new File(['hello'], 'letter.txt', {type: 'text/plain'}));
        document.dispatchEvent(new DragEvent('drop', {bubbles: true, dataTransfer: files}))
        """)
      try await page.wait("!document.querySelector('#problem').hidden")
      let reason: String = try await page.value("document.querySelector('#reason').textContent")
      #expect(reason == "“letter.txt” is not a picture.")
    }
  }

  @Test("Right-to-left writing runs from the right, in the field and in captions")
  func runsRightToLeft() async throws {
    try await withPage { page in
      try await page.run("document.querySelector('#language').value = 'ar'")
      try await search("تفاحة حمراء", page)
      #expect(
        try await page.value("getComputedStyle(document.querySelector('#q')).direction") == "rtl")
      let caption = "document.querySelector('.caption')"
      #expect(try await page.value("\(caption).textContent") == "تفاحة حمراء")
      #expect(try await page.value("\(caption).lang") == "ar")
      #expect(try await page.value("getComputedStyle(\(caption)).direction") == "rtl")
      #expect(try await page.value("location.search.includes('language=ar')"))
      try await page.screenshot("right-to-left")
    }
  }

  @Test("The page fits a phone, and what is touched is large enough")
  func fitsPhones() async throws {
    try await withPage("/?q=cat", width: 360) { page in
      try await page.resize(width: 360, height: 720, isPhone: true)
      #expect(try await page.value("document.documentElement.scrollWidth") == 360)
      let small: [String] = try await page.value(
        """
        [...document.querySelectorAll('button, select')].filter(e => e.offsetParent)
          .filter(e => e.offsetHeight < 36 || e.offsetWidth < 36).map(e => e.id)
        """)
      #expect(small.isEmpty)
      let columns: Int = try await page.value(
        "getComputedStyle(document.querySelector('#results')).gridTemplateColumns.split(' ').length"
      )
      #expect(columns == 2)
      try await page.screenshot("phone")
    }
  }

  @Test("Colours follow the system until the reader chooses")
  func followsColours() async throws {
    try await withPage("/?q=cat") { page in
      let back = "getComputedStyle(document.body).backgroundColor"
      let light: String = try await page.value(back)
      try await page.call(
        "Emulation.setEmulatedMedia",
        #"{"features": [{"name": "prefers-color-scheme", "value": "dark"}]}"#)
      let dark: String = try await page.value(back)
      #expect(light != dark)
      try await page.screenshot("dark")
      try await page.click("#theme")
      #expect(try await page.value(back) == light)
      try await page.run("window.isOld = true; location.reload()")
      try await page.wait(
        "!window.isOld && document.querySelector('#language')?.options.length > 1")
      #expect(try await page.value(back) == light)
      try await page.click("#theme")
      #expect(try await page.value(back) == dark)
    }
  }

  @Test("Nothing found and everything wrong are said in words")
  func explains() async throws {
    try await withPage(expecting: 1) { page in
      try await search("nothing", page)
      let status: String = try await page.value("document.querySelector('#status').textContent")
      #expect(status == "No pictures found. Try other words.")
      try await search("boom", page)
      #expect(
        try await page.value("document.querySelector('#reason').textContent")
          == "The server could not answer; its own messages say why.")
      try await page.screenshot("problem")
      // As a browser says that nobody listens any more.
      try await page.run(
        "window.asking = fetch; window.fetch = async () => { throw new TypeError() }")
      try await page.click("#again")
      try await page.wait("document.querySelector('#reason').textContent.includes('still running')")
      try await page.run("window.fetch = window.asking")
      try await search("cat", page)
      #expect(try await page.value("document.querySelector('#problem').hidden"))
    }
  }

  @Test("Every control has a name that can be read aloud")
  func hasNames() async throws {
    struct Tree: Decodable, Sendable {
      struct Node: Decodable, Sendable {
        struct Value: Decodable, Sendable {
          var value: String?
        }
        var ignored: Bool
        var role: Value?
        var name: Named?
      }
      struct Named: Decodable, Sendable {
        var value: String?
      }
      var nodes: [Node]
    }
    try await withPage("/?q=cat") { page in
      let tree: Tree = try await page.connection.call(
        "Accessibility.getFullAXTree", session: page.session)
      let controls = tree.nodes.filter {
        !$0.ignored
          && ["button", "link", "searchbox", "combobox", "slider"].contains($0.role?.value ?? "")
      }
      #expect(controls.count > 28)
      #expect(controls.allSatisfy { $0.name?.value?.isEmpty == false })
      let roles = Set(tree.nodes.compactMap { $0.role?.value })
      #expect(roles.isSuperset(of: ["main", "banner", "search", "status", "list"]))
    }
  }
}
