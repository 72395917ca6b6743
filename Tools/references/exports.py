#!/usr/bin/env python3
"""exports.py DIR [PROGRAM]: transformers and open_clip give the same vectors as ours of what was exported.

Needs: pip install torch transformers open_clip_torch timm tokenizers pillow numpy safetensors; PROGRAM is
`pictoglot` (.build/debug/pictoglot beside the checkout's root, if not given). In DIR, which must be empty, it
makes a collection of small pictures with captions in three languages, trains a tiny model with each recipe
for a few steps, exports it to each library that has such towers, loads it there with the library's own
tokenizer and processor, and compares all vectors; likewise some tiny published models of Tests/Fixtures, and runs
begun with the texts of others and --trim-vocabulary. Prints a row an export: model, library, class, largest difference of pictures and of texts. What cannot go to a library must be refused with one line. Ends with
status 1 if any difference is above 1e-5.
"""
import json, os, shutil, subprocess, sys
import numpy as np
import torch
from PIL import Image

folder = os.path.abspath(sys.argv[1])
program = os.path.abspath(sys.argv[2] if len(sys.argv) > 2 else
                          os.path.join(os.path.dirname(__file__), "../../.build/debug/pictoglot"))
os.makedirs(folder, exist_ok=True)
if os.listdir(folder):
    sys.exit(f"{folder} is not empty.")
os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
SIZE = 16
WORDS = [("red", "빨강", "rouge"), ("green", "초록", "vert"), ("blue", "파랑", "bleu"), ("yellow", "노랑", "jaune"),
         ("black", "검정", "noir"), ("white", "하양", "blanc"), ("pink", "분홍", "rose"), ("cyan", "하늘", "cyan")]
TEXTS = ["red", "a red and green square", "빨강 초록", "noir et blanc", "Yellow, BLACK!", "하늘 하늘 하늘 파랑 검정 분홍 빨강 노랑 초록"]


def collection():
    random = np.random.default_rng(5)
    with open(f"{folder}/captions.jsonl", "w") as file:
        for english, korean, french in WORDS:
            pixels = random.integers(0, 256, (SIZE, SIZE, 3), np.uint8)
            Image.fromarray(pixels).save(f"{folder}/{english}.png")
            print(json.dumps({"id": english, "image": f"{english}.png", "concept": english, "split": "train",
                              "captions": {"en": [english, f"a {english} thing"], "ko": [korean], "fr": [french]},
                              "source": "made", "license": "CC0-1.0"}, ensure_ascii=False), file=file)
    with open(f"{folder}/texts.txt", "w") as file:
        file.write("".join(t + "\n" for t in TEXTS))


def run(*words, fails=False):
    done = subprocess.run([program, *words, "--quiet"], capture_output=True, text=True)
    if (done.returncode != 0) != fails:
        sys.exit(f"{' '.join(words)}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stderr.strip()


VIT = {"kind": "vit", "size": SIZE, "patch": 4, "width": 24, "depth": 2, "heads": 3, "pooling": "class", "inner": 40}
CLIP_VIT = VIT | {"hasPreNorm": True, "activation": "quick_gelu"}
SIGLIP_VIT = VIT | {"pooling": "attention", "patchBias": True, "finalNorm": "tokens", "epsilon": 1e-6,
                    "activation": "gelu_tanh"}
PLAIN_VIT = VIT | {"patchBias": True, "hasTanhPooler": True, "epsilon": 1e-12, "activation": "gelu"}
TEXT = {"kind": "transformer", "vocabulary": 0, "contextLength": 20, "width": 16, "depth": 2, "heads": 2,
        "pooling": "last", "inner": 28, "activation": "quick_gelu"}
SIGLIP_TEXT = TEXT | {"isCausal": False, "epsilon": 1e-6, "activation": "gelu_tanh", "width": 24}
BERT = {"kind": "bert", "vocabulary": 0, "width": 16, "depth": 2, "heads": 2, "inner": 28, "positions": 24,
        "positionScheme": "zero_based", "segments": 1, "epsilon": 1e-5, "padding": 1, "pooling": "first_tanh",
        "activation": "gelu"}
NLLB = ["model.text.width=16", "model.text.depth=2", "model.text.heads=2", "model.text.inner=28"]
COMMON = ["training.steps=8", "training.batch=4", "training.vocabulary=420", "training.cachedSide=16",
          f"training.preprocessing.size={SIZE}", "training.validationMinutes=0", "training.rate=0.01", "model.width=12"]
FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Tests/Fixtures")


def towers(image, text, *more):
    return [f"model.image={json.dumps(image)}"] + ([f"model.text={json.dumps(text)}"] if text else []) + list(more)


# name, recipe, settings, libraries and the classes there (nil: refused)
RUNS = [
    ("clip", "clip", towers(CLIP_VIT, TEXT), {"huggingface": "CLIPModel", "open_clip": "CLIP"}),
    ("clip_exact", "clip", towers(CLIP_VIT | {"activation": "gelu"}, TEXT | {"activation": "gelu_tanh"},
                                  'training.preprocessing.fit=pad'),
     {"huggingface": "CLIPModel", "open_clip": "CLIP"}),
    ("clip_plain", "clip", towers(VIT | {"pooling": "class"}, TEXT | {"activation": "gelu"}),
     {"huggingface": None, "open_clip": "CLIP"}),
    ("siglip", "siglip", towers(SIGLIP_VIT, SIGLIP_TEXT, "model.width=24"),
     {"huggingface": "SiglipModel", "open_clip": None}),
    ("siglip_filled", "siglip",
     towers(SIGLIP_VIT, SIGLIP_TEXT | {"filling": {"length": 20, "padding": 0}}, "model.width=24"),
     {"huggingface": "SiglipModel", "open_clip": None}),
    ("siglip_clip", "siglip",
     towers(CLIP_VIT | {"activation": "gelu_tanh"}, SIGLIP_TEXT | {"filling": {"length": 20, "padding": 0}},
            "model.width=24", "model.imageProjection=linear"),
     {"huggingface": None, "open_clip": "CustomTextCLIP"}),
    ("koclip", "koclip", towers(CLIP_VIT, BERT),
     {"huggingface": "VisionTextDualEncoderModel", "open_clip": "CustomTextCLIP"}),
    ("koclip_vit", "koclip", towers(PLAIN_VIT, BERT | {"positionScheme": "after_padding", "positions": 30}),
     {"huggingface": "VisionTextDualEncoderModel", "open_clip": None}),
    ("koclip_roberta", "koclip", towers(CLIP_VIT, BERT | {"positionScheme": "after_padding", "positions": 30,
                                                         "pooling": "mean"}),
     {"huggingface": None, "open_clip": "CustomTextCLIP"}),
    ("koclip_first", "koclip", towers(CLIP_VIT, BERT | {"pooling": "first"}),
     {"huggingface": "ChineseCLIPModel", "open_clip": "CustomTextCLIP"}),
    ("nllb", "nllb-clip", towers(CLIP_VIT, None, *NLLB), {"huggingface": None, "open_clip": "CustomTextCLIP"}),
    ("kelip", "kelip", towers(CLIP_VIT | {"resampling": "scale"}, TEXT,
                              'training.crops=[{"size":16,"count":1,"scale":[0.4,1],"weight":1}]'),
     {"huggingface": "CLIPModel", "open_clip": "CLIP"}),
    ("clip_end_2", "clip", towers(CLIP_VIT, TEXT, "--tokenizer", f"{FIXTURES}/families_text/M-CLIP-Vit-B-32/tokenizer.json"),
     {"huggingface": "CLIPModel", "open_clip": "CLIP"}),
    ("concepts", "concepts", None, {"huggingface": None, "open_clip": None}),
]
# Published layouts that are read and written again: folder, more files, library, class, language of the texts
PUBLISHED = [
    ("families_image/kelip", [], "huggingface", "CLIPModel", None),
    ("families_image/kelip", [], "open_clip", "CLIP", None),
    ("families_image/clip", [], "open_clip", "CLIP", None),
    ("families_image/open_clip", [], "huggingface", "CLIPModel", None),
    ("families_text/koclip_large", [], "huggingface", "VisionTextDualEncoderModel", None),
    ("families_text/koclip_pytorch", [], "open_clip", "CustomTextCLIP", None),
    ("families_text/chinese_clip", [], "open_clip", "CustomTextCLIP", None),
    ("families_text/nllb_open_clip", ["families_text/hub/facebook/nllb-tiny/config.json"], "open_clip",
     "CustomTextCLIP", ("ko", "kor_Hang")),
]
# Runs that begin with the texts of another model and keep only the tokens of their collection.
TRIMMED = [
    ("clip", "clip", towers(CLIP_VIT, None), "huggingface", "CLIPModel", None),
    ("koclip_pytorch-published", "koclip", towers(CLIP_VIT, None), "huggingface", "VisionTextDualEncoderModel", None),
    ("chinese_clip-published", "koclip", towers(CLIP_VIT, None), "huggingface", "ChineseCLIPModel", None),
    ("nllb_open_clip-published", "nllb-clip", towers(CLIP_VIT, None), "open_clip", "CustomTextCLIP",
     ("ko", "kor_Hang")),
    ("nllb", "nllb-clip", towers(CLIP_VIT, None), "open_clip", "CustomTextCLIP", None),
]


def ours(name, language=None):
    run("embed", f"{folder}/{name}", "--images", f"{folder}/captions.jsonl", "--out", f"{folder}/{name}.i.npy")
    run("embed", f"{folder}/{name}", "--texts", f"{folder}/texts.txt", "--out", f"{folder}/{name}.t.npy",
        *(["--language", language] if language else []))
    with open(f"{folder}/{name}.i.jsonl") as file:
        order = [json.loads(line)["id"] for line in file]
    return order, np.load(f"{folder}/{name}.i.npy"), np.load(f"{folder}/{name}.t.npy")


def normalized(x):
    x = x if torch.is_tensor(x) else x.pooler_output
    return torch.nn.functional.normalize(x, dim=-1).numpy()


def transformers_vectors(path, kind, pictures, name, language=None):
    import transformers
    model, info = getattr(transformers, kind).from_pretrained(path, output_loading_info=True)
    assert not any(info[k] for k in ("missing_keys", "unexpected_keys", "mismatched_keys")), info
    tokenizer = transformers.AutoTokenizer.from_pretrained(path)
    processor = transformers.AutoImageProcessor.from_pretrained(path, backend="pil")
    model.eval()
    images = model.get_image_features(**processor(pictures, return_tensors="pt"))
    if kind == "SiglipModel" and name == "siglip":
        texts = [normalized(model.get_text_features(**tokenizer(t, truncation=True, return_tensors="pt"))) for t in TEXTS]
        return normalized(images), np.concatenate(texts)
    filled = "max_length" if kind == "SiglipModel" else True
    batch = tokenizer(TEXTS, padding=filled, truncation=True, return_tensors="pt")
    batch.pop("token_type_ids", None)
    return normalized(images), normalized(model.get_text_features(**batch))


def open_clip_vectors(path, kind, pictures, name, language=None):
    import open_clip
    model, _, preprocess = open_clip.create_model_and_transforms(f"local-dir:{path}")
    assert type(model).__name__ == kind, type(model)
    tokenizer = open_clip.get_tokenizer(f"local-dir:{path}")
    if language:
        tokenizer.tokenizer.src_lang = language
    model.eval()
    images = model.encode_image(torch.stack([preprocess(p) for p in pictures]))
    return normalized(images), normalized(model.encode_text(tokenizer(TEXTS)))


def compare(name, place, library, kind, language=None):
    """A row of the table; whether the vectors are equal."""
    order, images, texts = ours(name, language and language[0])
    pictures = [Image.open(f"{folder}/{i}.png").convert("RGB") for i in order]
    with torch.no_grad():
        vectors = transformers_vectors if library == "huggingface" else open_clip_vectors
        theirs = vectors(place, kind, pictures, name, language and language[1])
    differences = [np.abs(a - b).max() for a, b in zip((images, texts), theirs)]
    # Vectors that are all alike would be equal by chance.
    spread = min(np.abs(v[0] - v[1:]).max(-1).min() for v in (images, texts))
    print(f"| {name} | {library} | {kind} | {differences[0]:.1e} | {differences[1]:.1e} |", flush=True)
    return max(differences) <= 1e-5 and spread > 1e-3


collection()
failed = False
print("| model | library | class | pictures | texts |\n|---|---|---|---|---|", flush=True)
for name, recipe, settings, libraries in RUNS:
    out = f"{folder}/{name}"
    words = [w for s in (COMMON + settings if settings else []) for w in (("--set", s) if "=" in s else (s,))] or ["--steps", "2"]
    run("train", "--recipe", recipe, "--data", f"{folder}/captions.jsonl", "--out", out, *words)
    for library, kind in libraries.items():
        place = f"{out}-{library}"
        line = run("export", out, "--to", library, "--out", place, fails=kind is None)
        if kind is not None:
            failed |= not compare(name, place, library, kind)
            continue
        failed |= not line or "\n" in line or os.path.exists(place)
        print(f"| {name} | {library} | refused: {line} | | |", flush=True)
for path, more, library, kind, language in PUBLISHED:
    name = os.path.basename(path) + "-published"
    if not os.path.exists(f"{folder}/{name}"):
        shutil.copytree(f"{FIXTURES}/{path}", f"{folder}/{name}")
        for file in more:
            shutil.copy(f"{FIXTURES}/{file}", f"{folder}/{name}")
    place = f"{folder}/{name}-{library}"
    run("export", f"{folder}/{name}", "--to", library, "--out", place)
    failed |= not compare(name, place, library, kind, language)
for start, recipe, settings, library, kind, language in TRIMMED:
    name = f"{start}-trimmed"
    words = [w for s in COMMON + settings for w in ("--set", s)]
    run("train", "--recipe", recipe, "--data", f"{folder}/captions.jsonl", "--out", f"{folder}/{name}", *words,
        "--text-from", f"{folder}/{start}", "--trim-vocabulary")
    run("export", f"{folder}/{name}", "--to", library, "--out", f"{folder}/{name}-{library}")
    failed |= not compare(name, f"{folder}/{name}-{library}", library, kind, language)
sys.exit(failed)
