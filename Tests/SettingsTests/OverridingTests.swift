import Settings
import Testing

@Suite("Settings laid over others")
struct OverridingTests {
  /// Settings with one of each kind of value.
  struct Sample: Overridable, Equatable {
    var name = "sample"
    var count = 3
    var rate = 0.5
    var isOn = true
    var limit: Int?
    var sizes = [1, 2]
    var scales: [String: Double] = [:]
    var order = Order.forward
    var shape = Shape.circle(Circle(radius: 1))
    var other: Circle?
  }

  enum Order: String, Choice {
    case forward, backward
  }

  struct Circle: Codable, Equatable {
    var radius: Double
    var width: Int?
  }

  struct Square: Codable, Equatable {
    var side: Double
    var corner: Double?
  }

  /// A part that comes in kinds, as towers do.
  enum Shape: Codable, Equatable {
    case circle(Circle)
    case square(Square)

    private enum Key: CodingKey { case kind }

    init(from decoder: any Decoder) throws {
      switch try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .kind) {
      case "square": self = .square(try Square(from: decoder))
      default: self = .circle(try Circle(from: decoder))
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      switch self {
      case .circle(let circle):
        try container.encode("circle", forKey: .kind)
        try circle.encode(to: encoder)
      case .square(let square):
        try container.encode("square", forKey: .kind)
        try square.encode(to: encoder)
      }
    }
  }

  @Test("What is not named stays, and what is given last wins")
  func lastWins() throws {
    let tree: SettingsTree = ["count": 4, "rate": 0.25, "scales": ["a": 2]]
    let settings = try Sample().overriding(
      with: tree, ["rate=1", "order=backward", "isOn=false", "sizes=[5]", "name=plain text"])
    var wanted = Sample()
    (wanted.count, wanted.rate, wanted.scales) = (4, 1, ["a": 2])
    (wanted.order, wanted.isOn, wanted.sizes) = (.backward, false, [5])
    wanted.name = "plain text"
    #expect(settings == wanted)
    #expect(try Sample().overriding() == Sample())
  }

  @Test("An optional setting is known from its type, set by its key and unset by null")
  func optional() throws {
    let set = try Sample().overriding(["limit=7", "shape.width=2", #"other={"radius":3}"#])
    #expect(set.limit == 7 && set.other == Circle(radius: 3))
    #expect(set.shape == .circle(Circle(radius: 1, width: 2)))
    #expect(try set.overriding(["other.width=4"]).other?.width == 4)
    #expect(try set.overriding(with: ["limit": .nothing]).limit == nil)
    #expect(try set.overriding(["other=null"]).other == nil)
  }

  @Test("A part of another kind takes the place of the whole, and then has its own settings")
  func kinds() throws {
    let tree: SettingsTree = ["shape": ["kind": "square", "side": 2]]
    let settings = try Sample().overriding(with: tree, ["shape.corner=0.5"])
    #expect(settings.shape == .square(Square(side: 2, corner: 0.5)))
    #expect(throws: SettingsError.unknown(key: "shape.width", closest: nil)) {
      try Sample().overriding(with: ["shape": ["kind": "square", "side": 2, "width": 1]])
    }
  }

  @Test(
    "A key that does not exist is refused with the closest that does",
    arguments: [
      ("coun=3", "There is no setting “coun”. Did you mean “count”?"),
      ("limt=3", "There is no setting “limt”. Did you mean “limit”?"),
      ("shape.radus=3", "There is no setting “shape.radus”. Did you mean “shape.radius”?"),
      ("shap.radius=3", "There is no setting “shap”. Did you mean “shape”?"),
      ("nothinglikeit=3", "There is no setting “nothinglikeit”."),
      ("other.radius=3", "There is no setting “other”. Did you mean “order”?"),
    ])
  func unknown(assignment: String, message: String) {
    #expect {
      try Sample().overriding([assignment])
    } throws: {
      "\($0)" == message
    }
  }

  @Test(
    "A value that does not fit is refused by its key, with what is needed",
    arguments: [
      ("count=many", "The setting “count” cannot be used: it needs a whole number."),
      (
        "count=2.5",
        "The setting “count” cannot be used: it needs another number, as a whole one."
      ),
      ("rate=quick", "The setting “rate” cannot be used: it needs a number."),
      ("isOn=1", "The setting “isOn” cannot be used: it needs true or false."),
      ("name=5", "The setting “name” cannot be used: it needs a word."),
      (
        "sizes=5", #"The setting “sizes” cannot be used: it needs a list, as ["one","two"]."#
      ),
      (#"sizes=[1,"x"]"#, "The setting “sizes[1]” cannot be used: it needs a whole number."),
      ("scales.a=x", "The setting “scales.a” cannot be used: it needs a number."),
      (
        "order=sideways",
        "The setting “order” cannot be used: there is no “sideways”; use one of forward, backward."
      ),
      (
        "shape=5",
        "The setting “shape” cannot be used: it is a group of settings; set one of them, such as "
          + "shape.NAME."
      ),
      (
        #"shape={"kind":"square"}"#, "The setting “shape.side” cannot be used: it is missing."
      ),
      ("count", "“count” is not a setting; write key=value, such as training.batch=64."),
    ])
  func misfit(assignment: String, message: String) {
    #expect {
      try Sample().overriding([assignment])
    } throws: {
      "\($0)" == message
    }
  }

  @Test("Settings of an earlier run are completed in the branch that has grown, and nowhere else")
  func restoring() throws {
    struct Run: Overridable, Equatable {
      var plan = Circle(radius: 1, width: 9)
      var name = "new"
    }
    let old: SettingsTree = ["plan": ["radius": 2], "name": "old"]
    let restored = try Run().restoring(old, completing: "plan")
    #expect(restored.plan == Circle(radius: 2, width: 9) && restored.name == "old")
    #expect(try Run().restoring(old, completing: "name").plan.width == nil)
  }

  @Test(
    "The distance of two words is the letters to change, whatever their case",
    arguments: [("", "", 0), ("abc", "abc", 0), ("Batch", "batchh", 1), ("kitten", "sitting", 3)])
  func distance(a: String, b: String, wanted: Int) {
    #expect(editDistance(a, b) == wanted && editDistance(b, a) == wanted)
  }
}
