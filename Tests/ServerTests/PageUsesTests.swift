import Foundation
import Search
import Testing

/// What can be done on the page besides searching.
extension PageTests {
  private func text(_ selector: String, _ page: BrowserPage) async throws -> String {
    try await page.value("document.querySelector('\(selector)').textContent")
  }

  @Test("The language a question was read in is said, and so is what a person should know")
  func saysReadings() async throws {
    try await withPage { page in
      #expect(try await page.value("document.querySelector('#readings').hidden"))
      try await search("빨간 사과", page)
      #expect(try await text("#readings", page) == "read as Korean, 98%")
      try await page.run("document.querySelector('#language').value = 'ko'")
      try await search("빨간 사과", page)
      // Whoever says the language need not be told it.
      #expect(try await page.value("document.querySelector('#readings').hidden"))
      try await search("qapla", page)
      #expect(try await text("#readings .note", page) == "a fake model has not learned Klingon.")
    }
  }

  @Test("A picture is asked which labels fit it, from the keyboard, and the address keeps it")
  func asksLabels() async throws {
    try await withPage("/?q=cat") { page in
      try await page.press("ArrowDown")
      try await page.press("Enter")
      try await page.wait("document.querySelector('#detail').open")
      try await page.run("document.querySelector('#labels').focus()")
      try await page.type("고양이, dog، bird")
      // Arrows move in the text here, not to the next picture.
      try await page.press("ArrowLeft")
      #expect(try await page.value("document.querySelector('#detail').dataset.id") == "7")
      try await page.press("Enter")
      try await page.wait("document.querySelectorAll('#bars li').length === 3")
      #expect(
        try await page.value(
          "[...document.querySelectorAll('#bars .label')].map(e => e.textContent)")
          == ["고양이", "dog", "bird"])
      #expect(try await text("#bars .share", page) == "57.1%")
      let width: Double = try await page.value(
        "document.querySelector('#bars b').offsetWidth / "
          + "document.querySelector('#bars i').offsetWidth")
      #expect(abs(width - 4.0 / 7) < 0.01)
      let fields = "new URLSearchParams(location.search)"
      #expect(try await page.value("\(fields).get('open')") == "7")
      #expect(try await page.value("\(fields).get('labels')") == "고양이, dog، bird")
      try await page.screenshot("labels")
      try await page.run("location.reload(); document.querySelector('#bars').replaceChildren()")
      try await page.wait("document.querySelectorAll('#bars li').length === 3")
      #expect(try await page.value("document.querySelector('#detail').dataset.id") == "7")
      try await page.press("Escape")
      try await page.wait("location.search === '?q=cat'")
    }
  }

  @Test("What cannot be asked of a picture is said beside the question")
  func explainsUses() async throws {
    try await withPage("/?q=cat&open=7&labels=a%2Ca", expecting: 2) { page in
      try await page.wait("document.querySelector('#ask-status').classList.contains('wrong')")
      #expect(try await text("#ask-status", page) == "“a” is given twice; give each label once.")
      try await page.run("document.querySelector('#place').focus()")
      try await page.type("nowhere")
      try await page.press("Enter")
      try await page.wait("document.querySelector('#ask-status').textContent.includes('a fake')")
      #expect(try await page.value("document.querySelector('#heat').hidden"))
    }
  }

  @Test("A heat map is drawn over the part of the picture it covers, and can be put away")
  func drawsHeatMap() async throws {
    try await withPage("/?q=cat&open=7") { page in
      try await page.wait("document.querySelector('#detail').open")
      try await page.wait("document.querySelector('#detail-picture').naturalWidth > 0")
      try await page.run("document.querySelector('#place').focus()")
      try await page.type("whiskers")
      try await page.press("Enter")
      try await page.wait("!document.querySelector('#heat').hidden")
      #expect(try await text("#ask-status", page) == "“whiskers” is strongest at the top right.")
      let label: String = try await page.value(
        "document.querySelector('#heat').getAttribute('aria-label')")
      #expect(label == "Where “whiskers” is: strongest at the top right")
      // The drawing is square; the map covers its middle half, at its whole height.
      let place: [Double] = try await page.value(
        """
        (() => { const h = document.querySelector('#heat').getBoundingClientRect();
          const p = document.querySelector('#detail-picture').getBoundingClientRect();
          const side = Math.min(p.width, p.height), left = p.x + (p.width - side) / 2;
          return [(h.x - left) / side, (h.y - p.y) / side, h.width / side, h.height / side] })()
        """)
      for (found, expected) in zip(place, [0.25, 0, 0.5, 1]) {
        #expect(abs(found - expected) < 0.01, "\(place)")
      }
      // The largest cosine is yellow, the smallest dark.
      let colours: [[Int]] = try await page.value(
        """
        (() => { const h = document.querySelector('#heat'), c = h.getContext('2d');
          return [[h.width - 2, 1], [1, h.height - 2]].map(
            ([x, y]) => [...c.getImageData(x, y, 1, 1).data].slice(0, 3)) })()
        """)
      for (found, expected) in zip(colours.joined(), [253, 231, 37, 68, 1, 84]) {
        #expect(abs(found - expected) <= 8, "\(colours)")
      }
      try await page.screenshot("heat-map")
      try await page.click("#heat-on")
      #expect(try await page.value("document.querySelector('#heat').hidden"))
      try await page.click("#heat-on")
      #expect(try await page.value("location.search.includes('place=whiskers')"))
      // Another picture begins without it.
      try await page.run("document.querySelector('#original').focus()")
      try await page.press("ArrowRight")
      try await page.wait("document.querySelector('#detail').dataset.id === '6'")
      #expect(try await page.value("document.querySelector('#heat').hidden"))
      #expect(try await page.value("location.search === '?q=cat&open=6'"))
    }
  }

  @Test("A picture that was chosen is asked about, too")
  func asksAboutFiles() async throws {
    let drawing = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString).svg"
    try Data("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>".utf8)
      .write(to: URL(fileURLWithPath: drawing))
    defer { try? FileManager.default.removeItem(atPath: drawing) }
    try await withPage { page in
      try await page.choose(drawing, in: "#file")
      try await page.wait("\(Self.hits)[0] === 20")
      try await page.click("#inspect")
      try await page.wait("document.querySelector('#detail').open")
      #expect(try await page.value("document.querySelector('#similar').hidden"))
      try await page.run("document.querySelector('#labels').focus()")
      try await page.type("circle; square")
      try await page.press("Enter")
      try await page.wait("document.querySelectorAll('#bars li').length === 2")
      #expect(try await page.value("location.search") == "")
      try await page.click("#minus-this")
      try await page.wait("document.querySelector('.part.minus') && \(Self.idle)")
      // A file's bytes cannot stand in an address.
      #expect(try await page.value("location.search") == "")
    }
  }

  @Test("Hits and words are added and taken away by keys, weighed, and kept in the address")
  func combines() async throws {
    try await withPage("/?q=red+apple") { page in
      let parts = "new URLSearchParams(location.search).getAll('part')"
      try await page.press("ArrowDown")
      try await page.press("-")
      try await page.wait("\(parts).length === 2 && \(Self.idle)")
      #expect(try await page.value(parts) == ["1*text*red apple", "-1*like*3"])
      // The picture itself is no answer.
      let hits: [Int] = try await page.value(Self.hits)
      #expect(!hits.contains(3) && hits.count == 24)
      #expect(
        try await text("#status", page).contains("1 of the question’s own left out"))
      #expect(try await page.value("document.activeElement.id") == "mix-text")
      try await page.type("tufaha jekundu")
      try await page.press("Enter")
      try await page.wait("\(parts).length === 3 && \(Self.idle)")
      try await page.run(
        """
        const weight = document.querySelector('.part:nth-child(3) .share');
        weight.value = '0.5';
        weight.dispatchEvent(new Event('change'))
        """)
      try await page.wait("\(parts)[2] === '0.5*text*tufaha jekundu' && \(Self.idle)")
      try await page.click(".part:nth-child(2) .sign")
      try await page.wait("\(parts)[1] === '1*like*3' && \(Self.idle)")
      #expect(try await page.value("document.activeElement.className") == "sign")
      try await page.screenshot("combined")
      let address: String = try await page.value("location.href")
      try await page.open(address)
      try await page.wait("document.querySelectorAll('.part').length === 3 && \(Self.idle)")
      #expect(
        try await page.value(parts) as [String] == [
          "1*text*red apple", "1*like*3", "0.5*text*tufaha jekundu",
        ])
      try await page.click(".part:nth-child(1) .quiet")
      try await page.wait("\(parts).length === 2 && \(Self.idle)")
      // An ordinary search ends it.
      try await page.run("document.querySelector('#q').focus()")
      try await page.type("cat")
      try await page.press("Enter")
      try await page.wait("location.search === '?q=cat' && \(Self.idle)")
      #expect(try await page.value("document.querySelector('#mix').hidden"))
      try await page.run("history.back()")
      try await page.wait("document.querySelectorAll('.part').length === 2")
    }
  }

  @Test("More and less of a picture is asked for from its window, and words from a button")
  func combinesFromWindow() async throws {
    try await withPage { page in
      let parts = "new URLSearchParams(location.search).getAll('part')"
      try await page.click("#open-mix")
      #expect(try await page.value("document.activeElement.id") == "mix-text")
      try await page.type("cat")
      try await page.click("#mix-minus")
      try await page.wait("\(parts)[0] === '-1*text*cat' && \(Self.idle)")
      try await page.click("li:nth-child(2) .hit")
      try await page.wait("document.querySelector('#detail').open")
      try await page.click("#plus-this")
      try await page.wait("\(parts)[1] === '1*like*6' && \(Self.idle)")
      #expect(try await page.value("document.querySelector('#detail').open") == false)
      try await page.click("#mix-close")
      try await page.wait("location.search === '' && !document.querySelector('#start').hidden")
    }
  }

  @Test("Two languages stand side by side, with their overlap and what only one finds")
  func comparesLanguages() async throws {
    try await withPage("/?q=cat") { page in
      try await page.click("#open-lens")
      try await page.wait("!document.querySelector('#lens').hidden")
      // What was searched for is the first text; the second is waited for.
      #expect(try await page.value("document.querySelector('#lens-texts input').value") == "cat")
      #expect(
        try await page.value("document.activeElement.closest('li:nth-child(2)') !== null"))
      try await page.type("빨간 사과")
      try await page.press("Enter")
      try await page.wait("document.querySelectorAll('#lens-columns .hit').length === 24")
      #expect(
        try await page.value("location.search")
          == "?lens=cat&in=&lens=%EB%B9%A8%EA%B0%84+%EC%82%AC%EA%B3%BC&in=")
      let summary = try await text("#lens-summary", page)
      #expect(summary.hasPrefix("11 of the first 12 in both; the order of all 40 pictures agrees"))
      let languages: [String] = try await page.value(
        "[...document.querySelectorAll('#lens-columns .soft')].map(e => e.textContent)")
      #expect(languages == ["read as English, 98%", "read as Korean, 98%"])
      let alone: [[Int]] = try await page.value(
        """
        [...document.querySelectorAll('#lens-columns section')].map(s =>
          [...s.querySelectorAll('.alone .hit')].map(h => h.hit.id))
        """)
      #expect(alone == [[12], [0]])
      #expect(try await text(".place", page) == "#8 in Korean")
      #expect(try await text(".alone .place", page).hasPrefix("only here · #"))
      try await page.screenshot("lens")
      // Keys go through a column, and a hit opens as elsewhere.
      try await page.run("document.querySelector('#lens-columns .hit').focus()")
      try await page.press("ArrowRight")
      try await page.press("Enter")
      try await page.wait("document.querySelector('#detail').open")
      #expect(try await page.value("document.querySelector('#detail').dataset.id") == "6")
      try await page.press("Escape")
      try await page.wait("!document.querySelector('#detail').open")
      #expect(try await page.value("document.activeElement.hit.id") == 6)
      try await page.click("#lens-close")
      try await page.wait("location.search === '' && document.querySelector('#lens').hidden")
    }
  }

  @Test("The uses fit a phone and the dark, and every control of theirs has a name")
  func fitsUses() async throws {
    let places = [
      "lens": "/?lens=cat&in=&lens=red+apple&in=en&lens=x&in=ko",
      "combined": "/?part=1*text*" + String(repeating: "long", count: 40)
        + "&part=1*text*red+apple&part=-0.5*like*3",
      "asking": "/?q=cat&open=7&labels=a%2Cb&place=c",
    ]
    for (name, place) in places.sorted(by: { $0.key < $1.key }) {
      try await withPage(place, width: 360) { page in
        try await page.resize(width: 360, height: 720, isPhone: true)
        try await page.wait(
          name == "asking"
            ? "!document.querySelector('#heat').hidden" : "document.querySelector('.hit')")
        #expect(try await page.value("document.documentElement.scrollWidth") == 360, "\(name)")
        let small: [String] = try await page.value(
          """
          [...document.querySelectorAll('button, select, input:not([type=checkbox])')]
            .filter(e => e.offsetParent && !e.matches('.away, [type=range]'))
            .filter(e => e.offsetHeight < 36 || e.offsetWidth < 36).map(e => e.outerHTML)
          """)
        #expect(small.isEmpty, "\(name): \(small)")
        let nameless: [String] = try await page.value(
          """
          [...document.querySelectorAll('button, select, input')].filter(e => e.offsetParent)
            .filter(e => !(e.ariaLabel || e.textContent.trim() || e.labels?.length))
            .map(e => e.outerHTML)
          """)
        #expect(nameless.isEmpty, "\(name): \(nameless)")
        try await page.screenshot("phone-\(name)")
        try await page.resize(width: 1100, height: 800)
        try await page.call(
          "Emulation.setEmulatedMedia",
          #"{"features": [{"name": "prefers-color-scheme", "value": "dark"}]}"#)
        try await page.screenshot("dark-\(name)")
      }
    }
  }
}
