import Testing

@testable import Hub

@Suite("Names of models")
struct NameTests {
  private func name(_ text: String, folders: [String] = []) throws -> ModelName {
    try ModelName(text) { folders.contains($0) }
  }

  @Test(
    "Every way to write a name is understood",
    arguments: [
      ("org/repo", "org/repo", nil), ("org/repo@v1.0", "org/repo", "v1.0"),
      ("hf-hub:org/repo", "org/repo", nil), ("hf-hub:org/repo@refs/pr/1", "org/repo", "refs/pr/1"),
      ("hf-hub:gpt2", "gpt2", nil), (" koclip/koclip-base-pt\n", "koclip/koclip-base-pt", nil),
    ] as [(String, String, String?)])
  func repositories(text: String, id: String, revision: String?) throws {
    #expect(try name(text) == .repository(.init(id, revision: revision)))
  }

  @Test("A folder that exists wins over a repository of the same name")
  func foldersWin() throws {
    #expect(try name("org/repo", folders: ["org/repo"]) == .folder("org/repo"))
    #expect(try name("local-dir:/a b") == .folder("/a b"))
  }

  @Test(
    "A name written out is read back as the same",
    arguments: ["org/repo", "org/repo@main", "hf-hub:gpt2", "hf-hub:gpt2@v1", "local-dir:/a/b"])
  func roundTrip(text: String) throws {
    #expect(try name(text).description == text)
  }

  @Test(
    "Nonsense is refused, and the reason said",
    arguments: [
      ("", .empty), ("local-dir:", .empty), ("./missing", .noFolder("./missing")),
      ("ViT-B-32", .noOrganization("ViT-B-32")), ("a/b/c", .badRepository("a/b/c")),
      ("org/../x", .badRepository("org/../x")), ("org/a--b", .badRepository("org/a--b")),
      ("org/höhe", .badRepository("org/höhe")), ("org/repo.git", .badRepository("org/repo.git")),
      ("hf-hub:", .badRepository("")), ("org/repo@", .badRevision("", of: "org/repo")),
      ("org/repo@../../x", .badRevision("../../x", of: "org/repo")),
      ("org/repo@/etc", .badRevision("/etc", of: "org/repo")),
      ("org/repo@a b", .badRevision("a b", of: "org/repo")),
    ] as [(String, ModelNameError)])
  func nonsense(text: String, reason: ModelNameError) {
    #expect(throws: reason) { try name(text) }
    #expect(!reason.description.contains("\n"))
  }
}
