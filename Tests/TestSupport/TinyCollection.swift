import Foundation
import Pictures

/// Eight striped pictures with captions in three languages, all in the split “train”.
package struct TinyCollection {
  private static let colours: [(name: String, korean: String, pixel: [UInt8])] = [
    ("red", "빨강", [220, 20, 20]), ("green", "초록", [20, 200, 20]), ("blue", "파랑", [20, 20, 220]),
    ("yellow", "노랑", [230, 230, 20]), ("black", "검정", [10, 10, 10]),
    ("white", "하양", [250, 250, 250]), ("pink", "분홍", [250, 120, 180]),
    ("cyan", "하늘", [20, 220, 220]),
  ]

  package let folder: TemporaryFolder
  package var path: String { folder.path + "/captions.jsonl" }

  package init() throws {
    folder = try TemporaryFolder()
    var lines = ""
    for (index, colour) in Self.colours.enumerated() {
      let pixels = (0..<24 * 24).flatMap { place -> [UInt8] in
        // Stripes distinguish pictures even when colours are changed.
        place / 3 % (index + 2) == 0 ? [128, 128, 128] : colour.pixel
      }
      let file = Picture(width: 24, height: 24, pixels: pixels)
      try Data(file.png()).write(to: URL(fileURLWithPath: "\(folder.path)/\(colour.name).png"))
      let record: [String: Any] = [
        "id": colour.name, "image": "\(colour.name).png", "concept": colour.name,
        "captions": ["en": [colour.name], "ko": [colour.korean], "de": ["ein " + colour.name]],
        "split": "train", "source": "test", "license": "CC0-1.0",
      ]
      let data = try JSONSerialization.data(withJSONObject: record, options: .sortedKeys)
      lines += String(decoding: data, as: UTF8.self) + "\n"
    }
    try Data(lines.utf8).write(to: URL(fileURLWithPath: path))
  }

  /// Settings of a network that learns the collection in a second.
  package static func assignments(steps: Int) -> [String] {
    [
      "training.steps=\(steps)", "training.batch=8", "training.captionsPerPicture=3",
      "training.vocabulary=400", "training.rate=0.003", "training.precision=float32",
      "training.validationMinutes=0", "training.average=0.5", "training.warmup=0.2",
      "training.smallPictures=[]", "training.augmentation={}", "training.rateScales={}",
      #"training.preprocessing={"size":16,"fit":"pad","filter":"bicubic","mean":[0.5,0.5,0.5],"standardDeviation":[0.5,0.5,0.5],"centring":"rounded"}"#,
      #"model.image={"kind":"vit","size":16,"patch":4,"width":32,"depth":1,"heads":2,"stem":"patch","pooling":"mean"}"#,
      #"model.text={"kind":"transformer","vocabulary":0,"contextLength":16,"width":32,"depth":1,"heads":2,"pooling":"mean"}"#,
      "model.width=24",
    ]
  }
}
