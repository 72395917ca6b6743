import Foundation
import TestSupport
import Testing

/// How a model lies on the hub: its repository's files, in the small.
///
/// The names are those that the hub's pages show, with all that lies beside a model and is not for
/// it: other frameworks' files, other libraries' folders, pictures.
struct PublishedLayout: Sendable, CustomTestStringConvertible {
  /// Its name on the hub.
  let name: String
  /// The folder of the fixtures with its numbers in the small, and what the reference makes of them.
  let fixture: String
  /// The files of its repository.
  let files: [String]
  /// Where the contents of a file are, other than in the fixture under its name: a path from the
  /// fixture. What is nowhere is a trap, and must not be asked for.
  var contents: [String: String] = [:]
  /// Settings that no fixture has.
  var settings: [String: String] = [:]
  /// The files of numbers that are to be fetched.
  let numbers: [String]
  /// What is fetched of other models.
  var companions: [String: [String]] = [:]

  var testDescription: String { name }

  private static func names(_ text: String) -> [String] {
    text.split { $0 == " " || $0 == "\n" }.map(String.init)
  }

  /// What transformers' repositories have besides numbers.
  private static let texts = names(
    ".gitattributes README.md config.json preprocessor_config.json special_tokens_map.json "
      + "tokenizer.json tokenizer_config.json vocab.json merges.txt")
  /// What may lie beside any numbers.
  private static let others = names(
    "flax_model.msgpack tf_model.h5 rust_model.ot onnx/model.onnx onnx/model_quantized.onnx "
      + "openvino/openvino_model.bin openvino/openvino_model.xml coreml/model.mlpackage/data.bin "
      + "runs/events.out.tfevents.1 training_args.bin optimizer.pt scheduler.pt picture.png")

  static let clip: [PublishedLayout] = [
    PublishedLayout(
      name: "openai/clip-vit-base-patch32", fixture: "families_image/clip",
      files: texts + others + ["pytorch_model.bin"],
      contents: ["pytorch_model.bin": "model.safetensors"], numbers: ["pytorch_model.bin"]),
    PublishedLayout(
      name: "openai/clip-vit-large-patch14", fixture: "families_image/clip",
      files: texts + others + ["pytorch_model.bin", "model.safetensors"],
      numbers: ["model.safetensors"]),
    // Both libraries' files: open_clip's are read, with open_clip's preprocessing.
    PublishedLayout(
      name: "laion/CLIP-ViT-B-32-laion2B-s34B-b79K", fixture: "families_image/open_clip",
      files: texts + others + [
        "open_clip_config.json", "open_clip_model.safetensors", "open_clip_pytorch_model.bin",
        "model.safetensors", "pytorch_model.bin",
      ], contents: clipsSettings, numbers: ["open_clip_model.safetensors"]),
    PublishedLayout(
      name: "laion/CLIP-ViT-g-14-laion2B-s12B-b42K", fixture: "families_image/open_clip",
      files: texts + [
        "open_clip_config.json", "open_clip_pytorch_model.safetensors",
        "open_clip_pytorch_model.bin", "model.safetensors", "pytorch_model.bin",
      ],
      contents: clipsSettings.merging(
        ["open_clip_pytorch_model.safetensors": "open_clip_model.safetensors"]) { first, _ in first
        }, numbers: ["open_clip_pytorch_model.safetensors"]),
    PublishedLayout(
      name: "laion/CLIP-ViT-bigG-14-laion2B-39B-b160k", fixture: "families_image/open_clip",
      files: texts + [
        "open_clip_config.json", "open_clip_model.safetensors", "open_clip_pytorch_model.bin",
        "pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin",
        "pytorch_model.bin.index.json",
      ], contents: clipsSettings, numbers: ["open_clip_model.safetensors"]),
    PublishedLayout(
      name: "laion/CLIP-ViT-L-14-DataComp.XL-s13B-b90K", fixture: "families_image/open_clip",
      files: texts + [
        "open_clip_config.json", "open_clip_pytorch_model.bin", "pytorch_model.bin",
        "model.safetensors",
      ], contents: clipsSettings.merging(binary) { first, _ in first },
      numbers: ["open_clip_pytorch_model.bin"]),
    PublishedLayout(
      name: "apple/DFN5B-CLIP-ViT-H-14-378", fixture: "families_image/open_clip_custom",
      files: texts + ["open_clip_config.json", "open_clip_pytorch_model.bin", "LICENSE"],
      contents: clipsSettings.merging(binary) { first, _ in first },
      numbers: ["open_clip_pytorch_model.bin"]),
    PublishedLayout(
      name: "timm/vit_base_patch32_clip_224.openai", fixture: "families_image/open_clip",
      files: texts + [
        "open_clip_config.json", "open_clip_model.safetensors", "open_clip_pytorch_model.bin",
        "model.safetensors", "pytorch_model.bin",
      ],
      settings: [
        "config.json": "{\"architecture\": \"vit_base_patch32_clip_224\", \"num_classes\": 512}"
      ], numbers: ["open_clip_model.safetensors"]),
  ]

  /// The other library's settings, which must change nothing.
  private static let clipsSettings = [
    "config.json": "../clip/config.json",
    "preprocessor_config.json": "../clip/preprocessor_config.json",
  ]
  private static let binary = ["open_clip_pytorch_model.bin": "open_clip_model.safetensors"]

  static let siglip: [PublishedLayout] = [
    PublishedLayout(
      name: "google/siglip-base-patch16-224", fixture: "families_image/siglip",
      files: texts + others + ["model.safetensors", "pytorch_model.bin", "spiece.model"],
      numbers: ["model.safetensors"]),
    PublishedLayout(
      name: "google/siglip-so400m-patch16-256-i18n", fixture: "families_image/siglip_i18n",
      files: names(
        "README.md config.json preprocessor_config.json special_tokens_map.json spiece.model "
          + "tokenizer_config.json model.safetensors"), numbers: ["model.safetensors"]),
    PublishedLayout(
      name: "timm/ViT-B-16-SigLIP", fixture: "families_image/open_clip_custom",
      files: names(
        "README.md open_clip_config.json open_clip_model.safetensors open_clip_pytorch_model.bin "
          + "special_tokens_map.json tokenizer.json tokenizer_config.json"),
      settings: [
        "tokenizer.json": withSentinels(TestSupport.fixture("families_image/open_clip_custom"))
      ],
      numbers: ["open_clip_model.safetensors"]),
  ]

  static let pairs: [PublishedLayout] = [
    PublishedLayout(
      name: "visheratin/nllb-clip-base-oc", fixture: "families_text/nllb_open_clip",
      files: names(
        "README.md merges.txt open_clip_config.json open_clip_pytorch_model.bin "
          + "sentencepiece.bpe.model special_tokens_map.json tokenizer.json tokenizer_config.json "
          + "vocab.json"),
      contents: binary, numbers: ["open_clip_pytorch_model.bin"],
      companions: ["facebook/nllb-tiny": ["config.json"]]),
    PublishedLayout(
      name: "visheratin/nllb-clip-base", fixture: "families_text/nllb_huggingface",
      files: names(
        "README.md config.json configuration_nllb_clip.py modeling_nllb_clip.py "
          + "pytorch_model.bin"),
      contents: ["pytorch_model.bin": "model.safetensors"], numbers: ["pytorch_model.bin"],
      companions: [
        "facebook/nllb-200-distilled-600M": [
          "config.json", "tokenizer.json", "tokenizer_config.json",
        ]
      ]),
    PublishedLayout(
      name: "koclip/koclip-base", fixture: "families_text/koclip_flax",
      files: names(
        "README.md config.json flax_model.msgpack preprocessor_config.json "
          + "special_tokens_map.json tokenizer.json tokenizer_config.json vocab.txt"),
      numbers: ["flax_model.msgpack"]),
    PublishedLayout(
      name: "koclip/koclip-base-pt", fixture: "families_text/koclip_pytorch",
      files: texts + ["pytorch_model.bin", "vocab.txt"], numbers: ["pytorch_model.bin"]),
    PublishedLayout(
      name: "koclip/koclip-large", fixture: "families_text/koclip_large",
      files: texts + others + ["model.safetensors", "vocab.txt"], numbers: ["model.safetensors"]),
    PublishedLayout(
      name: "navervision/KELIP", fixture: "families_image/kelip",
      files: names(
        "README.md config.json pytorch_model.bin special_tokens_map.json "
          + "tokenizer.json tokenizer_config.json"),
      contents: ["pytorch_model.bin": "model.safetensors"], numbers: ["pytorch_model.bin"]),
    PublishedLayout(
      name: "OFA-Sys/chinese-clip-vit-base-patch16", fixture: "families_text/chinese_clip",
      files: names(
        "README.md clip_cn_vit-b-16.pt config.json festival.jpg preprocessor_config.json "
          + "pytorch_model.bin vocab.txt"),
      contents: ["pytorch_model.bin": "model.safetensors"],
      settings: ["vocab.txt": wordList(of: TestSupport.fixture("families_text/chinese_clip"))],
      numbers: ["pytorch_model.bin"]),
    PublishedLayout(
      name: "M-CLIP/XLM-Roberta-Large-Vit-B-32", fixture: "families_text/M-CLIP-Vit-B-32",
      files: names(
        "README.md config.json pytorch_model.bin sentencepiece.bpe.model "
          + "special_tokens_map.json tf_model.h5 tokenizer.json tokenizer_config.json"),
      numbers: ["pytorch_model.bin"],
      companions: [
        "openai/clip-vit-base-patch32": [
          "config.json", "model.safetensors", "preprocessor_config.json", "tokenizer.json",
          "tokenizer_config.json",
        ], "xlm-roberta-tiny": ["config.json", "tokenizer_config.json"],
      ]),
    PublishedLayout(
      name: "shunxing1234/BriVL", fixture: "families_image/brivl",
      files: names(
        ".gitattributes README.md BriVL-1.0-5500w.pth BriVL-1.0/BriVL-1.0-5500w.pth "
          + "tf_efficientnet_b5_ns-6f26d0cf.pth"), numbers: ["BriVL-1.0-5500w.pth"],
      companions: [
        "hfl/chinese-roberta-wwm-ext": ["config.json", "tokenizer_config.json", "vocab.txt"]
      ]),
  ]

  static let sentences: [PublishedLayout] = [
    PublishedLayout(
      name: "sentence-transformers/clip-ViT-B-32-multilingual-v1",
      fixture: "families_text/sentence_distil",
      files: sentenceFiles + [
        "2_Dense/config.json",
        "2_Dense/model.safetensors", "2_Dense/pytorch_model.bin",
      ],
      numbers: ["2_Dense/model.safetensors", "model.safetensors"]),
    PublishedLayout(
      name: "sentence-transformers/distiluse-base-multilingual-cased-v2",
      fixture: "families_text/sentence_distiluse",
      files: sentenceFiles + ["2_Dense/config.json", "2_Dense/pytorch_model.bin"],
      contents: ["2_Dense/pytorch_model.bin": "2_Dense/model.safetensors"],
      numbers: ["2_Dense/pytorch_model.bin", "model.safetensors"]),
    PublishedLayout(
      name: "sentence-transformers/LaBSE", fixture: "families_text/sentence_labse",
      files: sentenceFiles + ["2_Dense/config.json", "2_Dense/model.safetensors"],
      numbers: ["2_Dense/model.safetensors", "model.safetensors"]),
    PublishedLayout(
      name: "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
      fixture: "families_text/sentence_minilm", files: sentenceFiles,
      numbers: ["model.safetensors"]),
  ]

  /// Towers alone, which training begins with.
  static let starts: [PublishedLayout] = [
    PublishedLayout(
      name: "klue/roberta-large", fixture: "starts/klue_roberta",
      files: names(
        "README.md config.json pytorch_model.bin special_tokens_map.json tokenizer.json "
          + "tokenizer_config.json vocab.txt"), numbers: ["pytorch_model.bin"]),
    PublishedLayout(
      name: "FacebookAI/xlm-roberta-base", fixture: "starts/xlm_roberta",
      files: names(
        "README.md config.json flax_model.msgpack model.safetensors onnx/config.json "
          + "onnx/model.onnx onnx/tokenizer.json pytorch_model.bin sentencepiece.bpe.model "
          + "tf_model.h5 tokenizer.json tokenizer_config.json"), numbers: ["model.safetensors"]),
    PublishedLayout(
      name: "google-bert/bert-base-multilingual-cased", fixture: "starts/mbert",
      files: texts + others + ["model.safetensors", "pytorch_model.bin", "vocab.txt"],
      numbers: ["model.safetensors"]),
    PublishedLayout(
      name: "facebook/nllb-200-distilled-600M", fixture: "starts/nllb_pickled",
      files: names(
        "README.md config.json generation_config.json pytorch_model.bin "
          + "sentencepiece.bpe.model special_tokens_map.json tokenizer.json "
          + "tokenizer_config.json"), numbers: ["pytorch_model.bin"]),
    PublishedLayout(
      name: "facebook/m2m100_418M", fixture: "starts/m2m100",
      files: names(
        "README.md config.json generation_config.json pytorch_model.bin rust_model.ot "
          + "sentencepiece.bpe.model special_tokens_map.json tokenizer_config.json vocab.json"),
      numbers: ["pytorch_model.bin"]),
    PublishedLayout(
      name: "google/vit-base-patch16-224", fixture: "starts/vit",
      files: names(
        "README.md config.json flax_model.msgpack model.safetensors preprocessor_config.json "
          + "pytorch_model.bin tf_model.h5"), numbers: ["model.safetensors"]),
    PublishedLayout(
      name: "facebook/dinov2-small", fixture: "starts/dinov2",
      files: names(
        "README.md config.json model.safetensors preprocessor_config.json pytorch_model.bin"),
      numbers: ["model.safetensors"]),
    PublishedLayout(
      name: "timm/vit_base_patch16_224.augreg_in21k", fixture: "starts/timm_vit",
      files: names("README.md config.json model.safetensors pytorch_model.bin"),
      numbers: ["model.safetensors"]),
    PublishedLayout(
      name: "timm/tf_efficientnet_b5.ns_jft_in1k", fixture: "starts/timm_efficientnet",
      files: names("README.md config.json model.safetensors pytorch_model.bin"),
      numbers: ["model.safetensors"]),
  ]

  private static let sentenceFiles =
    texts.filter { $0 != "preprocessor_config.json" } + others
    + names(
      "1_Pooling/config.json config_sentence_transformers.json model.safetensors modules.json "
        + "pytorch_model.bin sentence_bert_config.json vocab.txt")
}
