/// Numbers that a model's authors have printed for pictures that anyone can get.
package struct PublishedOutputs: Sendable {
  /// What the numbers are.
  package enum Kind: Sendable {
    /// Cosines of each text (row) with each picture (column).
    case cosines
    /// Softmax over all texts of scale · cosine, one row a picture.
    case probabilities
  }

  /// The models' names on the hub.
  package let models: [String]
  package let kind: Kind
  /// File names, and where each is to be had.
  package let pictures: [(file: String, origin: String)]
  package let texts: [String]
  package let numbers: [[Float]]
  /// Half a unit of the last digit printed, and what another library's rounding adds.
  package let tolerance: Float
  /// Where they are printed.
  package let source: String
}

/// All outputs that are known, by model.
package let publishedOutputs: [PublishedOutputs] = [
  PublishedOutputs(
    models: ["koclip/koclip-base"], kind: .probabilities,
    pictures: [
      ("000000039769.jpg", "http://images.cocodataset.org/val2017/000000039769.jpg")
    ],
    texts: ["소파 위에 고양이", "강아지와 강아지 주인", "쳇바퀴를 달리는 햄스터", "자동차"],
    numbers: [[0.8447439, 0.0036492967, 0.045890223, 0.105716504]], tolerance: 2e-3,
    source: "the authors' notebook, github.com/jaketae/koclip"),
  PublishedOutputs(
    models: ["navervision/KELIP"], kind: .cosines,
    pictures: [
      "horse.png", "rocket.jpg", "astronaut.png", "coffee.png", "chelsea.png", "page.png",
      "camera.png", "motorcycle_right.png",
    ].map { ($0, "the sample pictures of scikit-image (skimage.data)") },
    texts: [
      "말의 흑백 실루엣", "a rocket standing on a launchpad",
      "a portrait of an astronaut with the American flag", "받침접시에 담긴 커피 한 잔",
      "a facial photo of a tabby cat", "a page of text about segmentation",
      "삼각대에서 카메라를 보는 사람", "차고에 서 있는 빨간 오토바이",
    ],
    numbers: [
      [0.38, 0.23, 0.23, 0.24, 0.21, 0.29, 0.32, 0.21],
      [0.30, 0.48, 0.38, 0.28, 0.28, 0.31, 0.38, 0.30],
      [0.29, 0.34, 0.48, 0.28, 0.34, 0.28, 0.34, 0.29],
      [0.23, 0.19, 0.23, 0.34, 0.25, 0.25, 0.26, 0.22],
      [0.27, 0.24, 0.28, 0.30, 0.50, 0.29, 0.28, 0.30],
      [0.36, 0.32, 0.32, 0.34, 0.33, 0.51, 0.35, 0.32],
      [0.24, 0.24, 0.30, 0.22, 0.25, 0.27, 0.40, 0.24],
      [0.21, 0.19, 0.25, 0.23, 0.23, 0.27, 0.26, 0.37],
    ], tolerance: 6e-3, source: "the authors' notebook, github.com/navervision/KELIP"),
]
