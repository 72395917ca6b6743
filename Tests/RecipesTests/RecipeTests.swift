import Foundation
import Recipes
import Settings
import TestSupport
import Testing
import Towers

@Suite("Recipes")
struct RecipeTests {
  @Test("Every recipe's file is in the list, and no name is given twice")
  func listIsComplete() throws {
    let folder = root().appendingPathComponent("Sources/Recipes").path
    let conforming = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      try String(contentsOfFile: folder + "/" + $0, encoding: .utf8).contains(": Recipe {")
    }
    #expect(conforming.count == recipes.count)
    #expect(Set(recipes.map { $0.name }).count == recipes.count)
  }

  @Test("A setting given last wins, and nested keys are reached by dots")
  func overrides() throws {
    let settings = try Concepts.published.overriding(
      with: ["training": ["batch": 32, "rate": 0.5]],
      ["training.rate=0.25", "loss=sigmoid", "training.steps=7", "training.languages=size^0.5"])
    #expect(settings.training.batch == 32)
    #expect(settings.training.rate == 0.25)
    #expect(settings.loss == .sigmoid)
    #expect(settings.training.steps == 7)
    #expect(settings.training.languages == .bySize(exponent: 0.5))
  }

  @Test(
    "A setting that does not exist is refused with the closest one",
    arguments: [
      ("training.batchh=3", "“training.batchh”. Did you mean “training.batch”?"),
      ("trainin.batch=3", "“trainin”. Did you mean “training”?"),
      ("nothinglikeit=3", "There is no setting “nothinglikeit”."),
    ])
  func refusesUnknown(assignment: String, message: String) {
    #expect { try Concepts.published.overriding(with: [:], [assignment]) } throws: {
      "\($0)".contains(message)
    }
  }

  @Test(
    "A value of the wrong kind is refused by its key",
    arguments: ["training.batch=many", "training.languages=some", "loss=triplet", "batch"])
  func refusesWrongValues(assignment: String) {
    #expect { try Concepts.published.overriding(with: [:], [assignment]) } throws: {
      let key = assignment.split(separator: "=")[0]
      return $0 is SettingsError && "\($0)".contains(key)
    }
  }

  @Test(
    "A value of another kind is answered with the kind that is needed",
    arguments: [
      ("training.batch=8.5", "“training.batch”", "a whole one"),
      ("training.batch=99999999999999999999", "“training.batch”", "another number"),
      ("training.rate=quick", "“training.rate”", "a number"),
      ("training.captionLanguages=ko", "“training.captionLanguages”", "a list"),
      ("training.augmentation.flip=2", "“training.augmentation.flip”", "a probability"),
      ("training.augmentation.scale=[1]", "“training.augmentation.scale”", "two numbers"),
      ("training=5", "“training”", "set one of them"),
    ])
  func tellsKinds(assignment: String, key: String, words: String) {
    #expect { try KELIP.published.overriding([assignment]) } throws: {
      "\($0)".contains(words) && "\($0)".contains(key)
    }
  }

  @Test(
    "A word that is none of a setting's is refused with those that are, whatever layer knows them",
    arguments: [
      ("training.schedule=cosin", "there is no “cosin”; use one of cosine, linear, constant"),
      ("training.precision=half", "use one of float32, bfloat16"),
      ("training.preprocessing.fit=stretch", "use one of crop, squash, pad"),
      ("model.textProjection=matrix", "use one of none, linear, affine"),
    ])
  func refusesUnknownWords(assignment: String, words: String) {
    #expect { try KELIP.published.overriding([assignment]) } throws: {
      let key = assignment.split(separator: "=")[0]
      return "\($0)".contains(words) && "\($0)".contains(key)
    }
  }

  @Test("A crop needs only its size, and what crops do not have is refused by its place")
  func crops() throws {
    let settings = try KELIP.published.overriding(
      [#"training.crops=[{"size":64},{"size":32,"count":3,"weight":0.5}]"#])
    #expect(
      settings.training.crops == [.init(size: 64), .init(size: 32, count: 3, weight: 0.5)])
    for (crops, words) in [
      (#"[{"size":64},{"count":2}]"#, "training.crops[1].size"),
      (#"[{"size":64,"sclae":[0.1,1]}]"#, "training.crops[0].sclae"),
    ] {
      #expect { try KELIP.published.overriding(["training.crops=" + crops]) } throws: {
        "\($0)".contains(words)
      }
    }
  }

  @Test("A tower of another kind in a file takes the place of the recipe's")
  func otherTower() throws {
    let bag: SettingsTree = [
      "kind": "bag", "vocabulary": 0, "contextLength": 32, "width": 128, "depth": 1,
    ]
    let settings = try NLLBCLIP.published.overriding(with: ["model": ["text": bag]])
    #expect(settings.model.text?.contextLength == 32)
    // And given back whole, as shown settings are.
    let again = try NLLBCLIP.published.overriding(with: SettingsTree(settings))
    #expect(try JSONEncoder().encode(again).count == JSONEncoder().encode(settings).count)
    #expect(again.model.text?.contextLength == 32)
  }
}
