#!/usr/bin/env python3
"""families_image.py OUT_DIR: tiny models with random numbers in the layouts in which CLIP, open_clip's
models, SigLIP, KELIP and BriVL are published, each with what its authors' code makes of some texts and
pictures; and the names and shapes of the tensors of models of published size.

Needs: pip install torch torchvision transformers open_clip_torch timm tokenizers safetensors pillow ftfy.
BriVL and KELIP are re-stated from their released code (BriVL's image tower is that of towers_image.py).

Each folder also has `expected.safetensors`: `pixels` (of `picture.png`), `images` and `texts` (embeddings
of length one), `ids.N` of the texts below. Numbers are stored with 16 bits where a layout allows it.
"""
import gzip, json, os, re, sys
import numpy as np
import open_clip
import torch
import torch.nn.functional as F
from open_clip.transform import PreprocessCfg, image_transform_v2
from PIL import Image
from safetensors.torch import save_file
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from torch import nn
from torchvision import transforms
from transformers import BertConfig, BertModel, CLIPConfig, CLIPModel, PreTrainedTokenizerFast
from transformers import SiglipConfig, SiglipModel
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

out = sys.argv[1]
generator = torch.Generator().manual_seed(3)
TEXTS = ["A red  apple!", "빨간 사과", "the Cat sat on the mat, and the cat saw the red mat again & again", "ΟΔΟΣ red_cat", ""]


def shake(module):
    """Numbers that matter, each of which 16 bits can hold."""
    for name, tensor in list(module.named_parameters()) + list(module.named_buffers()):
        if not tensor.is_floating_point() or name.endswith("attn_mask"):
            continue
        noise = torch.randn(tensor.shape, generator=generator)
        with torch.no_grad():
            if name.endswith("running_var"):
                tensor.copy_(1 + 0.5 * noise.abs())
            elif name.endswith("logit_scale"):
                tensor.fill_(3.25)
            elif name.endswith("logit_bias"):
                tensor.fill_(-7.5)
            elif tensor.dim() <= 1 and name.endswith("weight"):
                tensor.copy_(1 + 0.1 * noise)
            elif tensor.dim() <= 1:
                tensor.copy_(0.1 * noise)
            else:
                fan = tensor[0].numel() if tensor.dim() > 2 else tensor.shape[-1]
                tensor.copy_(noise * (1.5 / fan) ** 0.5)
            tensor.copy_(tensor.half().float())
    return module.eval()


def folder(name):
    os.makedirs(f"{out}/{name}", exist_ok=True)
    return f"{out}/{name}/"


def write(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=1)


def save(path, state, half=True):
    save_file({k: (v.half() if half and v.is_floating_point() else v).contiguous().clone()
               for k, v in state.items()}, path, metadata={"format": "pt"})


def expect(name, pixels, images, texts, ids):
    tensors = {"pixels": pixels, "images": F.normalize(images, dim=-1), "texts": F.normalize(texts, dim=-1)}
    tensors |= {f"ids.{i}": torch.tensor(row, dtype=torch.int32) for i, row in enumerate(ids)}
    save_file({k: v.detach().contiguous().clone() for k, v in tensors.items()}, f"{out}/{name}/expected.safetensors")


# A picture whose parts differ, wider than high by an odd number of pixels.
x, y = np.meshgrid(np.arange(45), np.arange(30))
shades = np.stack([x * 5 + y % 7 * 4, y * 8 + x % 5 * 3, (x * y) % 251], -1).clip(0, 255).astype(np.uint8)
Image.fromarray(shades).save(f"{out}/picture.png", optimize=True)
picture = Image.open(f"{out}/picture.png").convert("RGB")


# --- a tiny CLIP vocabulary, both as OpenAI's list of merges and as tokenizer.json ----------------
def byte_alphabet():
    printable = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    extra = [b for b in range(256) if b not in printable]
    return [chr(b) for b in printable] + [chr(256 + i) for i in range(len(extra))]


MERGES = [tuple(m.split()) for m in (
    "t h|th e</w>|r e|re d</w>|c a|ca t</w>|a n|an d</w>|a p|ap p|l e</w>|app le</w>|m a|ma t</w>|s a|sa t</w>"
    "|a g|ag a|i n</w>|aga in</w>|ë ¹|ë¹ ¨|ê° Ħ</w>").split("|")]
WORDS = byte_alphabet() + [c + "</w>" for c in byte_alphabet()] + ["".join(m) for m in MERGES]
PATTERN = (r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+")


def clip_tokenizer():
    words = {w: i for i, w in enumerate(WORDS + ["<|startoftext|>", "<|endoftext|>"])}
    known = [m for m in MERGES if m[0] in words and m[1] in words]
    made = Tokenizer(models.BPE(words, known, end_of_word_suffix="</w>", unk_token="<|endoftext|>"))
    made.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    made.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(PATTERN), "removed", invert=True), pre_tokenizers.ByteLevel(False)])
    made.decoder = decoders.ByteLevel()
    start, end = words["<|startoftext|>"], words["<|endoftext|>"]
    made.add_special_tokens(["<|startoftext|>", "<|endoftext|>"])
    made.post_processor = processors.RobertaProcessing(
        ("<|endoftext|>", end), ("<|startoftext|>", start), False, False)
    return made, len(words)


def without_padding(rows, mask):
    return [[i for i, keep in zip(row, kept) if keep] for row, kept in zip(rows.tolist(), mask.tolist())]


CLIP_PIXELS = {"do_resize": True, "size": {"shortest_edge": 16}, "resample": 3, "do_center_crop": True,
               "crop_size": {"height": 16, "width": 16}, "do_normalize": True, "do_rescale": True,
               "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711]}


def clip():
    path = folder("clip")
    tokenizer, size = clip_tokenizer()
    tokenizer.save(path + "tokenizer.json")
    text = dict(vocab_size=size, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2,
                max_position_embeddings=12, hidden_act="quick_gelu", eos_token_id=size - 1, bos_token_id=size - 2)
    vision = dict(hidden_size=24, intermediate_size=32, num_hidden_layers=1, num_attention_heads=3, image_size=16,
                  patch_size=8, hidden_act="quick_gelu")
    model = shake(CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=10)))
    write(path + "config.json", {"architectures": ["CLIPModel"], "model_type": "clip", "projection_dim": 10,
                                 "logit_scale_init_value": 2.6592, "text_config": text, "vision_config": vision})
    write(path + "preprocessor_config.json", CLIP_PIXELS)
    write(path + "tokenizer_config.json", {
        "tokenizer_class": "CLIPTokenizer", "model_max_length": 12, "pad_token": "<|endoftext|>",
        "added_tokens_decoder": {str(size - 1): {"content": "<|endoftext|>", "special": True}}})
    save(path + "model.safetensors", model.state_dict())
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<|endoftext|>", eos_token="<|endoftext|>")
    batch = fast(TEXTS, padding=True, truncation=True, max_length=12, return_tensors="pt")
    pixels = CLIPImageProcessorPil(**CLIP_PIXELS)(picture, return_tensors="pt").pixel_values
    output = model(input_ids=batch.input_ids, attention_mask=batch.attention_mask, pixel_values=pixels)
    expect("clip", pixels, output.image_embeds, output.text_embeds, without_padding(batch.input_ids, batch.attention_mask))


# --- open_clip -----------------------------------------------------------------------------------
def open_clip_tokenizer(path, length):
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write("#version\n" + "\n".join(" ".join(m) for m in MERGES))
    return open_clip.tokenizer.SimpleTokenizer(bpe_path=path, context_length=length)


def open_clip_model(name, config, preprocess, custom=False):
    path = folder(name)
    tokenizer, size = clip_tokenizer()
    tokenizer.save(path + "tokenizer.json")
    config["text_cfg"]["vocab_size"] = size
    settings = {k: v for k, v in config.items() if k != "custom_text"}
    kind = open_clip.model.CustomTextCLIP if custom else open_clip.model.CLIP
    model = shake(kind(**settings))
    write(path + "open_clip_config.json", {"model_cfg": config, "preprocess_cfg": preprocess})
    save(path + "open_clip_model.safetensors", model.state_dict())
    length = config["text_cfg"]["context_length"]
    own = open_clip_tokenizer("/tmp/merges.txt.gz", length)
    os.remove("/tmp/merges.txt.gz")
    ids = own(TEXTS)
    pixels = image_transform_v2(PreprocessCfg(size=16, **preprocess), is_train=False)(picture)[None]
    kept = [row[: row.index(size - 1) + 1] for row in ids.tolist()]
    expect(name, pixels, model.encode_image(pixels), model.encode_text(ids), kept)


# --- SigLIP --------------------------------------------------------------------------------------
def siglip_tokenizer():
    pieces = ["<unk>", "</s>", "▁"] + list("abcdefghijklmnopqrstuvwxyz빨간사과οδς") + ["▁the", "▁red", "▁cat", "▁apple"]
    made = Tokenizer(models.Unigram([(p, -0.1 * i) for i, p in enumerate(pieces)], unk_id=0))
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    made.decoder = decoders.Metaspace(replacement="▁")
    made.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return made, len(pieces)


def canonical(text):
    """As transformers' SiglipTokenizer treats a text before it splits it."""
    text = re.sub(r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]", "", text.lower())
    return re.sub(r"\s+", " ", text).strip()


def siglip():
    path = folder("siglip")
    tokenizer, size = siglip_tokenizer()
    tokenizer.save(path + "tokenizer.json")
    text = dict(vocab_size=size, hidden_size=16, intermediate_size=20, num_hidden_layers=1, num_attention_heads=2,
                max_position_embeddings=14)
    vision = dict(hidden_size=16, intermediate_size=20, num_hidden_layers=1, num_attention_heads=2, image_size=18,
                  patch_size=8)
    model = shake(SiglipModel(SiglipConfig(text_config=text, vision_config=vision)))
    prepare = {"do_resize": True, "size": {"height": 18, "width": 18}, "resample": 3, "do_normalize": True,
               "do_rescale": True, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}
    write(path + "config.json", {"architectures": ["SiglipModel"], "model_type": "siglip", "text_config": text,
                                 "vision_config": vision})
    write(path + "preprocessor_config.json", prepare)
    write(path + "tokenizer_config.json", {
        "tokenizer_class": "SiglipTokenizer", "pad_token": "</s>",
        "added_tokens_decoder": {"1": {"content": "</s>", "special": True}}})
    save(path + "model.safetensors", model.state_dict())
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="</s>", eos_token="</s>")
    batch = fast([canonical(t) for t in TEXTS], padding="max_length", truncation=True, max_length=14, return_tensors="pt")
    pixels = SiglipImageProcessorPil(**prepare)(picture, return_tensors="pt").pixel_values
    output = model(input_ids=batch.input_ids, pixel_values=pixels)
    expect("siglip", pixels, output.image_embeds, output.text_embeds, without_padding(batch.input_ids, batch.attention_mask))


# --- KELIP ---------------------------------------------------------------------------------------
def kelip_tokenizer():
    words = ["[PAD]", "[UNK]"] + [c + s for c in "abcdefghijklmnopqrstuvwxyz!,&_빨간사과οδσς" for s in ("", "</w>")]
    merges = [("t", "h"), ("th", "e</w>"), ("r", "e"), ("re", "d</w>"), ("c", "a"), ("ca", "t</w>"), ("사", "과</w>")]
    vocabulary = {w: i for i, w in enumerate(words + ["".join(m) for m in merges] + ["[SOT]", "[EOT]"])}
    made = Tokenizer(models.BPE(vocabulary, merges, unk_token="[UNK]", end_of_word_suffix="</w>"))
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.add_special_tokens(["[PAD]", "[UNK]", "[SOT]", "[EOT]"])
    return made, len(vocabulary)


def kelip():
    path = folder("kelip")
    tokenizer, size = kelip_tokenizer()
    tokenizer.save(path + "tokenizer.json")
    config = dict(embed_dim=8, image_resolution=16, vision_layers=1, vision_width=64, vision_patch_size=8,
                  context_length=10, vocab_size=size, transformer_width=16, transformer_heads=2, transformer_layers=1)
    model = shake(open_clip.model.CLIP(
        embed_dim=8, quick_gelu=True, vision_cfg=dict(image_size=16, layers=1, width=64, patch_size=8),
        text_cfg=dict(context_length=10, vocab_size=size, width=16, heads=2, layers=1)))
    write(path + "config.json", config | {"architectures": ["KelipModel"], "model_type": "kelip", "torch_dtype": "float32"})
    write(path + "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast"})
    # As published: matrices and their biases in 16 bits, all else in 32.
    full = re.compile(r"ln_|embedding|logit_scale")
    save(path + "model.safetensors", {
        "model." + k: v if full.search(k) else v.half() for k, v in model.state_dict().items()}, half=False)
    rows = [[size - 2] + tokenizer.encode(t.lower()).ids[:8] + [size - 1] for t in TEXTS]
    ids = torch.tensor([row + [0] * (10 - len(row)) for row in rows])
    pixels = transforms.Compose([
        transforms.Resize(16, transforms.InterpolationMode.BICUBIC), transforms.CenterCrop(16), transforms.ToTensor(),
        transforms.Normalize(CLIP_PIXELS["image_mean"], CLIP_PIXELS["image_std"])])(picture)[None]
    expect("kelip", pixels, model.encode_image(pixels), model.encode_text(ids), rows)


# --- BriVL ---------------------------------------------------------------------------------------
class BriVLText(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.backbone = nn.ModuleDict({"bert": BertModel(BertConfig(
            vocab_size=vocabulary, hidden_size=64, num_hidden_layers=1, num_attention_heads=1, intermediate_size=32,
            max_position_embeddings=80, type_vocab_size=2, layer_norm_eps=1e-12))})
        layer = nn.TransformerEncoderLayer(64, 4, dim_feedforward=24, dropout=0.0)
        self.learnable = nn.ModuleDict({
            "textFC": towers.Perceptron(64, 20, 20), "textAtt": nn.TransformerEncoder(layer, 1)})

    def forward(self, ids, mask):
        x = F.normalize(self.backbone["bert"](input_ids=ids).last_hidden_state, dim=-1)
        x = self.learnable["textAtt"](x.transpose(0, 1), src_key_padding_mask=mask == 0).transpose(0, 1)
        return self.learnable["textFC"]((x * mask[..., None]).sum(1) / mask.sum(1)[:, None])


def brivl():
    path = folder("brivl")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + list("abcdefghijklmnopqrstuvwxyz빨간사과红苹果的猫,!&_") + [
        "##" + c for c in "abcdefghijklmnopqrstuvwxyz"] + ["the", "red", "cat"]
    with open(path + "vocab.txt", "w", encoding="utf-8") as file:
        file.write("\n".join(words) + "\n")
    write(path + "tokenizer_config.json", {"do_lower_case": True})
    write(path + "config.json", {"model_type": "brivl", "image_size": 66})
    image, text = shake(towers.BriVLImage(66, 16)), shake(BriVLText(len(words)))
    learnable = {}
    for name, module in (("imgencoder", image), ("textencoder", text)):
        for key, value in module.state_dict().items():
            value = value.half() if value.is_floating_point() else value
            learnable[f"{name}.{key}"] = value
    # The momentum copies, of which a few tensors stand for all.
    for key in list(learnable)[:3]:
        learnable[key.replace("encoder.", "encoder_mom.", 1)] = learnable[key]
    torch.save({"learnable": learnable}, path + "BriVL-1.0-5500w.pth")
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bert_tokenizer(words), pad_token="[PAD]")
    texts = TEXTS[:3] + ["红苹果的猫", ""]
    batch = tokenizer(texts, padding="max_length", truncation=True, max_length=80, return_tensors="pt")
    pixels = transforms.Compose([
        transforms.ToTensor(), transforms.Resize((66, 66), antialias=False),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])(picture)[None]
    boxes = towers.filled([towers.grid], 37)
    expect("brivl", pixels, image(pixels, *boxes), text(batch.input_ids, batch.attention_mask.float()),
           without_padding(batch.input_ids, batch.attention_mask))


def bert_tokenizer(words):
    made = Tokenizer(models.WordPiece({w: i for i, w in enumerate(words)}, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return made


# --- names and shapes of models of published size -------------------------------------------------
def shapes(name, state, config, file="config.json"):
    """One line a tensor; those of blocks that are alike are one line, `*` for their number and how many."""
    path = folder("shapes/" + name)
    write(path + file, config)
    alike = {}
    for key, value in state.items():
        parts = key.split(".")
        numbers = [i for i, part in enumerate(parts) if part.isdigit()]
        pattern = ".".join("*" if i in numbers[:1] else part for i, part in enumerate(parts))
        alike.setdefault((pattern, " ".join(map(str, value.shape))), []).append(parts[numbers[0]] if numbers else "")
    lines = []
    for (pattern, shape), numbers in sorted(alike.items()):
        assert numbers == [""] or numbers == [str(i) for i in range(len(numbers))], pattern
        lines.append(f"{pattern} {len(numbers)} {shape}")
    with open(path + "tensors.txt", "w") as text:
        text.write("\n".join(lines) + "\n")


def published_shapes():
    with torch.device("meta"):
        base = {"model_type": "clip", "projection_dim": 512, "text_config": {}, "vision_config": {}}
        shapes("clip-vit-base-patch32", CLIPModel(CLIPConfig()).state_dict(), base)
        vision = dict(hidden_size=1152, intermediate_size=4304, num_hidden_layers=27, num_attention_heads=16,
                      image_size=384, patch_size=14)
        text = dict(hidden_size=1152, intermediate_size=4304, num_hidden_layers=27, num_attention_heads=16)
        shapes("siglip-so400m-patch14-384", SiglipModel(SiglipConfig(text_config=text, vision_config=vision)).state_dict(),
               {"model_type": "siglip", "text_config": text, "vision_config": vision})
        for name in ("ViT-B-16-SigLIP-384", "ViT-L-14-CLIPA", "ViT-H-14"):
            config = open_clip.get_model_config(name)
            settings = {k: v for k, v in config.items() if k != "custom_text"}
            kind = open_clip.model.CustomTextCLIP if config.get("custom_text") else open_clip.model.CLIP
            shapes(name, kind(**settings).state_dict(), {"model_cfg": config, "preprocess_cfg": {
                "size": settings["vision_cfg"]["image_size"]}}, "open_clip_config.json")
        model = open_clip.model.CLIP(512, dict(layers=12, width=768, patch_size=32), dict(vocab_size=98818), quick_gelu=True)
        shapes("kelip", {"model." + k: v for k, v in model.state_dict().items()}, dict(
            model_type="kelip", embed_dim=512, image_resolution=224, vision_layers=12, vision_width=768,
            vision_patch_size=32, context_length=77, vocab_size=98818, transformer_width=512, transformer_heads=8,
            transformer_layers=12))


if __name__ == "__main__":
    sys.argv = [sys.argv[0], "/tmp/towers_image"]
    os.makedirs("/tmp/towers_image", exist_ok=True)
    import towers_image as towers

    clip()
    clip_text = {"context_length": 12, "width": 16, "heads": 2, "layers": 2}
    open_clip_model("open_clip", {
        "embed_dim": 10, "quick_gelu": True,
        "vision_cfg": {"image_size": 16, "layers": 2, "width": 16, "patch_size": 8, "head_width": 8},
        "text_cfg": dict(clip_text)},
        {"mean": [0.48145466, 0.4578275, 0.40821073], "std": [0.26862954, 0.26130258, 0.27577711],
         "interpolation": "bicubic", "resize_mode": "shortest"})
    open_clip_model("open_clip_custom", {
        "embed_dim": 10, "init_logit_bias": -10, "custom_text": True,
        "vision_cfg": {"image_size": 16, "layers": 1, "width": 16, "patch_size": 8, "head_width": 8, "mlp_ratio": 1.4,
                       "no_ln_pre": True, "pool_type": "avg", "final_ln_after_pool": True},
        "text_cfg": dict(clip_text, no_causal_mask=True, proj_bias=True, pool_type="last", mlp_ratio=1.3,
                         norm_kwargs={"eps": 1e-6}, act_kwargs={"approximate": "tanh"})},
        {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "interpolation": "bilinear", "resize_mode": "squash"}, custom=True)
    siglip()
    kelip()
    brivl()
    published_shapes()
