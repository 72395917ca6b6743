import Foundation
import TestSupport
import Testing

@testable import Hub

@Suite("Settings from the environment")
struct SettingsTests {
  private func settings(_ environment: [String: String]) -> HubSettings {
    HubSettings(environment: environment, home: "/home/ann")
  }

  @Test(
    "The cache is where the other tools have it",
    arguments: [
      ([:], "/home/ann/.cache/huggingface/hub"),
      (["XDG_CACHE_HOME": "/x"], "/x/huggingface/hub"),
      (["XDG_CACHE_HOME": "/x", "HF_HOME": "/y"], "/y/hub"),
      (["HF_HOME": "~/y"], "/home/ann/y/hub"),
      (["HF_HOME": "/y", "HUGGINGFACE_HUB_CACHE": "/z"], "/z"),
      (["HF_HUB_CACHE": "/w", "HUGGINGFACE_HUB_CACHE": "/z"], "/w"),
      (["HF_HUB_CACHE": "", "HF_HOME": ""], "/home/ann/.cache/huggingface/hub"),
    ] as [([String: String], String)])
  func cache(environment: [String: String], folder: String) {
    #expect(settings(environment).cacheFolder == folder)
  }

  @Test("A mirror, time limits and switches are read")
  func others() {
    let plain = settings([:])
    #expect(plain.endpoint == "https://huggingface.co" && !plain.isOffline)
    #expect(plain.usesSymbolicLinks && plain.metadataTimeout == 10)
    let set = settings([
      "HF_ENDPOINT": "https://mirror.example//", "HF_HUB_ETAG_TIMEOUT": "3",
      "HF_HUB_DOWNLOAD_TIMEOUT": "-1", "HF_HUB_DISABLE_SYMLINKS": "yes",
    ])
    #expect(set.endpoint == "https://mirror.example" && set.metadataTimeout == 3)
    #expect(set.downloadTimeout == 10 && !set.usesSymbolicLinks)
    #expect(settings(["HF_HUB_OFFLINE": "1"]).isOffline)
    #expect(settings(["TRANSFORMERS_OFFLINE": "true"]).isOffline)
    #expect(!settings(["HF_HUB_OFFLINE": "0"]).isOffline)
  }

  @Test("The token comes from a variable, else from a file, unless that is forbidden")
  func token() throws {
    let folder = try TemporaryFolder()
    try Data("hf_file\n".utf8).write(to: URL(fileURLWithPath: folder.path + "/token"))
    let home = ["HF_HOME": folder.path]
    func token(_ more: [String: String]) -> String? {
      settings(home.merging(more) { _, new in new }).token
    }
    #expect(token([:]) == "hf_file")
    #expect(token(["HUGGING_FACE_HUB_TOKEN": "hf_old"]) == "hf_old")
    #expect(token(["HUGGING_FACE_HUB_TOKEN": "hf_old", "HF_TOKEN": " hf_new\n"]) == "hf_new")
    #expect(token(["HF_TOKEN_PATH": "/no/such/file"]) == nil)
    #expect(token(["HF_HUB_DISABLE_IMPLICIT_TOKEN": "1", "HF_TOKEN": "hf_new"]) == nil)
    #expect(token(["HF_TOKEN": "two\r\nX-Header: lines"]) == nil)
  }

  @Test("A proxy is used but for the hosts that are excepted")
  func proxy() {
    let proxy = ["HTTPS_PROXY": "http://proxy:3128"]
    #expect(settings(proxy).proxy == "http://proxy:3128")
    #expect(settings(proxy.merging(["NO_PROXY": "a.b, .co"]) { $1 }).proxy == nil)
    #expect(settings(proxy.merging(["NO_PROXY": "face.co"]) { $1 }).proxy != nil)
    #expect(settings(proxy.merging(["HF_ENDPOINT": "http://mirror"]) { $1 }).proxy == nil)
  }

  @Test("A wait is a number of seconds or a date")
  func retryAfter() {
    let now = Date(timeIntervalSince1970: 1_445_412_420)  // 21 Oct 2015 07:27 GMT
    func seconds(_ text: String?) -> Double? { RetryPolicy.seconds(retryAfter: text, now: now) }
    #expect(seconds("120") == 120)
    #expect(seconds("Wed, 21 Oct 2015 07:28:00 GMT") == 60)
    #expect(seconds("Wed, 21 Oct 2015 07:20:00 GMT") == 0)
    #expect(seconds("soon") == nil && seconds(nil) == nil && seconds("inf") == nil)
    let policy = RetryPolicy()
    #expect([1, 2, 3, 9].map(policy.delay) == [1, 2, 4, 30])
  }

  @Test("The time left is what is missing at the rate of late")
  func timeLeft() async {
    let clock = Clock()
    let heard = Heard()
    let meter = ProgressMeter({ heard.add($0) }, now: { clock.next() })
    await meter.begin(files: 1, bytes: 1000)
    await meter.count(present: 500)
    await meter.count(arrived: 100)
    #expect(heard.all.last?.bytesDone == 600)
    #expect(heard.all.last?.rate == 100)
    #expect(heard.all.last?.secondsLeft == 4)
  }

  /// Half a second goes by with each look.
  private final class Clock: Sendable {
    private let heard = Heard()
    func next() -> Double {
      heard.add(HubProgress())
      return Double(heard.all.count) / 2
    }
  }
}
