#!/usr/bin/env python3
"""families_image.py OUT_DIR [--published [--only NAME]]: tiny models with random numbers in the layouts in
which CLIP, open_clip's models, SigLIP, KELIP and BriVL are published, each with what its authors' code makes
of some texts and pictures; and the names and shapes of the tensors of models of published size. With
`--published` models of that size with numbers, up to 4 GB each: see `published.py`, which makes, checks and
removes one after the other.

Needs: pip install torch torchvision transformers open_clip_torch timm tokenizers safetensors pillow ftfy
sentencepiece protobuf.
BriVL and KELIP are re-stated from their released code (BriVL's image tower is that of towers_image.py).

Each folder also has `expected.safetensors`: `pixels` (of `picture.png`), `images` and `texts` (embeddings
of length one), `ids.N` of the texts below. Numbers are stored with 16 bits where a layout allows it.
"""
import argparse, gzip, io, json, os, re, sys
import numpy as np
import open_clip
import sentencepiece
from sentencepiece import sentencepiece_model_pb2
import torch
import torch.nn.functional as F
from open_clip.transform import PreprocessCfg, image_transform_v2
from PIL import Image
from safetensors.torch import save_file
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from torch import nn
from torchvision import transforms
from transformers import BertConfig, BertModel, CLIPConfig, CLIPModel, PreTrainedTokenizerFast
from transformers import RobertaConfig, SiglipConfig, SiglipModel, XLMRobertaConfig
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

# The published sizes: each is a function below.
PUBLISHED = [
    "clip-vit-base-patch32", "clip-vit-large-patch14", "vit_base_patch32_clip_224.openai",
    "vit_large_patch14_clip_224.openai", "ViT-B-32.pt", "CLIP-ViT-B-32-laion2B-s34B-b79K",
    "CLIP-ViT-H-14-laion2B-s32B-b79K", "siglip-base-patch16-224", "siglip2-base-patch16-224", "ViT-B-16-SigLIP",
    "ViT-B-16-SigLIP2", "KELIP", "BriVL-1.0", "BriVL-456"]
options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
options.add_argument("out")
options.add_argument("--published", action="store_true")
options.add_argument("--only", choices=PUBLISHED)
options = options.parse_args()
out = os.path.abspath(options.out)
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


def clip_tokenizer(words=WORDS, merges=MERGES):
    words = {w: i for i, w in enumerate(words + ["<|startoftext|>", "<|endoftext|>"])}
    known = [m for m in merges if m[0] in words and m[1] in words]
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
def open_clip_tokenizer(path, length, merges=MERGES):
    with open(path, "wb") as bare, gzip.GzipFile("", "wb", fileobj=bare, mtime=0) as file:
        file.write(("#version\n" + "\n".join(" ".join(m) for m in merges)).encode())
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


def siglip_i18n():
    """SigLIP without a map behind its texts (`no_head`), and mC4's SentencePiece with T5's 100 sentinels behind
    the pieces, for which the tower has no rows. transformers makes a map all the same: here it changes nothing."""
    path = folder("siglip_i18n")
    buffer = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXTS[:4] * 8 + ["extra id", "빨간 고양이", "κόκκινο μήλο"] * 8), model_writer=buffer,
        vocab_size=50, pad_id=-1, bos_id=-1, eos_id=1, unk_id=0, model_type="unigram",
        normalization_rule_name="identity", minloglevel=2)
    proto = sentencepiece_model_pb2.ModelProto.FromString(buffer.getvalue())
    rows = len(proto.pieces)
    plain = sentencepiece.SentencePieceProcessor(model_proto=proto.SerializeToString())
    for number in reversed(range(100)):
        proto.pieces.add(piece=f"▁<extra_id_{number}>", score=0, type=4)
    open(path + "spiece.model", "wb").write(proto.SerializeToString())
    text = dict(vocab_size=rows, hidden_size=16, intermediate_size=20, num_hidden_layers=1, num_attention_heads=2,
                max_position_embeddings=14)
    vision = dict(hidden_size=16, intermediate_size=20, num_hidden_layers=1, num_attention_heads=2, image_size=18,
                  patch_size=8)
    model = shake(SiglipModel(SiglipConfig(text_config=text, vision_config=vision)))
    with torch.no_grad():
        model.text_model.head.weight.copy_(torch.eye(16))
        model.text_model.head.bias.zero_()
    write(path + "config.json", {"architectures": ["SiglipModel"], "model_type": "siglip",
                                 "text_config": text | {"no_head": True}, "vision_config": vision})
    prepare = {"do_resize": True, "size": {"height": 18, "width": 18}, "resample": 3, "do_normalize": True,
               "do_rescale": True, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}
    write(path + "preprocessor_config.json", prepare)
    write(path + "tokenizer_config.json", {
        "tokenizer_class": "SiglipTokenizer", "pad_token": "</s>",
        "added_tokens_decoder": {"1": {"content": "</s>", "special": True}}})
    save(path + "model.safetensors", {k: v for k, v in model.state_dict().items() if "text_model.head" not in k})
    ids = [plain.encode(canonical(t))[:13] + [1] for t in TEXTS + ["red <extra_id_0> apple"]]
    batch = torch.tensor([row + [1] * (14 - len(row)) for row in ids])
    pixels = SiglipImageProcessorPil(**prepare)(picture, return_tensors="pt").pixel_values
    output = model(input_ids=batch, pixel_values=pixels)
    expect("siglip_i18n", pixels, output.image_embeds, output.text_embeds, ids)


# --- CLIP with a tokenizer whose end has not the greatest id -------------------------------------
def foreign_clip(name, pooling=None):
    """transformers takes the end by its id, open_clip the greatest id of all unless `eos` is asked for."""
    path = folder(name)
    tokenizer, size = siglip_tokenizer()
    tokenizer.save(path + "tokenizer.json")
    if pooling is None:
        text = dict(vocab_size=size, hidden_size=16, intermediate_size=24, num_hidden_layers=1, num_attention_heads=2,
                    max_position_embeddings=12, hidden_act="gelu", eos_token_id=1, bos_token_id=0, pad_token_id=0)
        vision = dict(hidden_size=16, intermediate_size=24, num_hidden_layers=1, num_attention_heads=2, image_size=16,
                      patch_size=8, hidden_act="gelu")
        model = shake(CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=10)))
        write(path + "config.json", {"architectures": ["CLIPModel"], "model_type": "clip", "projection_dim": 10,
                                     "text_config": text, "vision_config": vision})
        write(path + "preprocessor_config.json", CLIP_PIXELS)
        save(path + "model.safetensors", model.state_dict())
        clean = str
    else:
        text = dict(context_length=12, vocab_size=size, width=16, heads=2, layers=1, hf_tokenizer_name="nobody/foreign",
                    pad_id=0, pool_type=pooling)
        if pooling == "eos":
            text["eos_id"] = 1
        config = dict(embed_dim=10, vision_cfg=dict(image_size=16, layers=1, width=16, patch_size=8, head_width=8),
                      text_cfg=text)
        model = shake(open_clip.model.CLIP(**config))
        write(path + "open_clip_config.json", {"model_cfg": config, "preprocess_cfg": {
            "mean": CLIP_PIXELS["image_mean"], "std": CLIP_PIXELS["image_std"]}})
        save(path + "open_clip_model.safetensors", model.state_dict())
        clean = open_clip.tokenizer.get_clean_fn("whitespace")
    ids = [tokenizer.encode(clean(t)).ids for t in TEXTS]
    ids = [row[:11] + [1] if len(row) > 12 else row for row in ids]
    batch = torch.tensor([row + [0] * (12 - len(row)) for row in ids])
    pixels = CLIPImageProcessorPil(**CLIP_PIXELS)(picture, return_tensors="pt").pixel_values
    if pooling is None:
        output = model(input_ids=batch, pixel_values=pixels)
        images, texts = output.image_embeds, output.text_embeds
    else:
        pixels = image_transform_v2(PreprocessCfg(size=16, mean=tuple(CLIP_PIXELS["image_mean"]), std=tuple(
            CLIP_PIXELS["image_std"])), is_train=False)(picture)[None]
        images, texts = model.encode_image(pixels), model.encode_text(batch)
    expect(name, pixels, images, texts, ids)


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
    def __init__(self, vocabulary, bert=None, depth=1, inner=24, head=(20, 20)):
        super().__init__()
        bert = bert or dict(hidden_size=64, num_hidden_layers=1, num_attention_heads=1, intermediate_size=32,
                            max_position_embeddings=80)
        self.backbone = nn.ModuleDict({"bert": BertModel(BertConfig(
            vocab_size=vocabulary, type_vocab_size=2, layer_norm_eps=1e-12, **bert))})
        width = bert["hidden_size"]
        layer = nn.TransformerEncoderLayer(width, 4, dim_feedforward=inner, dropout=0.0)
        self.learnable = nn.ModuleDict({
            "textFC": towers.Perceptron(width, *head), "textAtt": nn.TransformerEncoder(layer, depth)})

    def forward(self, ids, mask):
        x = F.normalize(self.backbone["bert"](input_ids=ids).last_hidden_state, dim=-1)
        x = self.learnable["textAtt"](x.transpose(0, 1), src_key_padding_mask=mask == 0).transpose(0, 1)
        return self.learnable["textFC"]((x * mask[..., None]).sum(1) / mask.sum(1)[:, None])


def brivl_words(path):
    """Writes the vocabulary."""
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + list("abcdefghijklmnopqrstuvwxyz빨간사과红苹果的猫,!&_") + [
        "##" + c for c in "abcdefghijklmnopqrstuvwxyz"] + ["the", "red", "cat"]
    with open(path + "vocab.txt", "w", encoding="utf-8") as file:
        file.write("\n".join(words) + "\n")
    write(path + "tokenizer_config.json", {"do_lower_case": True})
    return words


def brivl():
    path = folder("brivl")
    words = brivl_words(path)
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


# --- OpenAI's own files ----------------------------------------------------------------------------
class Holder(nn.Module):
    def forward(self, x: torch.Tensor):
        return x


def traced(state, config, path):
    """OpenAI's own files: TorchScript of a module with these names, and three whole numbers beside them."""
    root = Holder()
    for key, value in state.items() | {
            "input_resolution": torch.tensor(config["vision_cfg"]["image_size"]),
            "context_length": torch.tensor(config["text_cfg"]["context_length"]),
            "vocab_size": torch.tensor(config["text_cfg"]["vocab_size"])}.items():
        *place, last = key.split(".")
        node = root
        for step in place:
            if not hasattr(node, step):
                node.add_module(step, Holder())
            node = getattr(node, step)
        if value.is_floating_point():
            node.register_parameter(last, nn.Parameter(value, requires_grad=False))
        else:
            node.register_buffer(last, value)
    torch.jit.script(root).save(path)


def openai():
    path = folder("openai")
    # Without the last, whose first half nothing makes.
    merges = MERGES[:-1]
    size = len(WORDS) - 1 + 2
    config = dict(
        embed_dim=10, quick_gelu=True, vision_cfg=dict(image_size=16, layers=1, width=16, patch_size=8, head_width=16),
        text_cfg=dict(context_length=12, vocab_size=size, width=16, heads=1, layers=2))
    model = shake(open_clip.model.CLIP(**config))
    # As published: matrices in 16 bits, all else in 32.
    full = re.compile(r"ln_|embedding|logit_scale")
    traced({k: v if full.search(k) else v.half() for k, v in model.state_dict().items()}, config, path + "ViT-tiny.pt")
    ids = open_clip_tokenizer(path + "bpe_simple_vocab_16e6.txt.gz", 12, merges)(TEXTS)
    pixels = image_transform_v2(PreprocessCfg(
        size=16, mean=CLIP_PIXELS["image_mean"], std=CLIP_PIXELS["image_std"], interpolation="bicubic",
        resize_mode="shortest"), is_train=False)(picture)[None]
    kept = [row[: row.index(size - 1) + 1] for row in ids.tolist()]
    expect("openai", pixels, model.encode_image(pixels), model.encode_text(ids), kept)


# --- names and shapes of models of published size -------------------------------------------------
def shapes(name, state, config, file="config.json"):
    """One line a tensor; those of blocks that are alike are one line, `*` for their number and how many."""
    path = folder("shapes/" + name)
    if config:
        write(path + file, config)
    alike = {}
    for key, value in state.items():
        parts = key.split(".")
        numbers = [i for i, part in enumerate(parts) if part.isdigit()]
        pattern = ".".join("*" if i in numbers[:1] else part for i, part in enumerate(parts))
        alike.setdefault((pattern, " ".join(map(str, value.shape))), []).append(parts[numbers[0]] if numbers else "")
    lines = []
    for (pattern, shape), numbers in sorted(alike.items()):
        if numbers == [""] or numbers == [str(i) for i in range(len(numbers))]:
            lines.append(f"{pattern} {len(numbers)} {shape}")
        else:
            lines += [f"{pattern.replace('*', number)} 1 {shape}" for number in numbers]
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


def unsettled_shapes():
    """Repositories that do not hold their settings: what open_clip builds for them by their names."""
    sizes = dict(max_position_embeddings=514, type_vocab_size=1)
    large = dict(hidden_size=1024, num_hidden_layers=24, num_attention_heads=16, intermediate_size=4096)
    for name, settings, text in (
            ("CLIP-ViT-B-32-xlm-roberta-base-laion5B-s13B-b90k", "xlm-roberta-base-ViT-B-32",
             XLMRobertaConfig(vocab_size=250_002, **sizes)),
            ("CLIP-ViT-H-14-frozen-xlm-roberta-large-laion5B-s13B-b90k", "xlm-roberta-large-ViT-H-14",
             XLMRobertaConfig(vocab_size=250_002, **sizes, **large)),
            ("CLIP-ViT-B-32-roberta-base-laion2B-s12B-b32k", "roberta-ViT-B-32",
             RobertaConfig(vocab_size=50_265, **sizes)),
            ("DFN2B-CLIP-ViT-B-16", "ViT-B-16-quickgelu", None)):
        config = open_clip.get_model_config(settings)
        kind = open_clip.model.CLIP
        if text:
            text.save_pretrained("/tmp/text_tower")
            config["text_cfg"] |= {"hf_model_name": "/tmp/text_tower", "hf_model_pretrained": False}
            kind = open_clip.model.CustomTextCLIP
        with torch.device("meta"):
            shapes(name, kind(**config).state_dict(), None)


# --- models of published size, with numbers -------------------------------------------------------
def record(name, pixels, images, texts, ids, strings=TEXTS, **more):
    """What a model gives, with the texts; see `PublishedSizeTests.swift`."""
    tensors = {
        "pixels": pixels, "picture": F.normalize(images, dim=-1), "texts": F.normalize(texts, dim=-1),
        "ids": torch.tensor(sum(ids, []), dtype=torch.int64), "lengths": torch.tensor([len(row) for row in ids]),
        "strings": torch.frombuffer(bytearray("\0".join(strings).encode()), dtype=torch.uint8), **more}
    save_file({k: v.detach().contiguous().clone() for k, v in tensors.items()}, f"{out}/{name}/expected.safetensors")
    photo.save(f"{out}/{name}/picture.png")


# Larger than what the models see, so that it is made smaller.
x, y = np.meshgrid(np.arange(613), np.arange(457))
shades = np.stack([x * 3 // 8 + y % 7 * 4, y // 2 + x % 5 * 3, (x * y // 40) % 251], -1).clip(0, 255).astype(np.uint8)
photo = Image.fromarray(shades)


def whole_tokenizer():
    """OpenAI's own, of 49,408 tokens, from the file that open_clip brings."""
    merges = gzip.open(open_clip.tokenizer.default_bpe()).read().decode().split("\n")[1 : 49152 - 256 - 2 + 1]
    merges = [tuple(m.split()) for m in merges]
    alphabet = byte_alphabet()
    words = alphabet + [c + "</w>" for c in alphabet] + ["".join(m) for m in merges]
    return clip_tokenizer(words, merges)


def published_clip(name, text, vision, width):
    """As in `clip`; the files that Hugging Face's model hub has."""
    path = folder(name)
    tokenizer, size = whole_tokenizer()
    tokenizer.save(path + "tokenizer.json")
    text = dict(text, vocab_size=size, hidden_act="quick_gelu", eos_token_id=2)
    model = shake(CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=width)))
    write(path + "config.json", {"architectures": ["CLIPModel"], "model_type": "clip", "projection_dim": width,
                                 "logit_scale_init_value": 2.6592, "text_config": text, "vision_config": vision})
    pixels = CLIP_PIXELS | {"size": {"shortest_edge": 224}, "crop_size": {"height": 224, "width": 224}}
    write(path + "preprocessor_config.json", pixels)
    write(path + "tokenizer_config.json", {"tokenizer_class": "CLIPTokenizer", "pad_token": "<|endoftext|>"})
    save(path + "model.safetensors", model.state_dict(), half=False)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<|endoftext|>", eos_token="<|endoftext|>")
    batch = fast(TEXTS, padding=True, truncation=True, max_length=77, return_tensors="pt")
    pixels = CLIPImageProcessorPil(**pixels)(photo, return_tensors="pt").pixel_values
    output = model(input_ids=batch.input_ids, attention_mask=batch.attention_mask, pixel_values=pixels)
    record(name, pixels, output.image_embeds, output.text_embeds, without_padding(batch.input_ids, batch.attention_mask))


def published_open_clip(name, settings, layout="safetensors", half=True):
    """A model of open_clip's own towers, by the name of its settings."""
    path = folder(name)
    tokenizer, size = whole_tokenizer()
    tokenizer.save(path + "tokenizer.json")
    config = open_clip.get_model_config(settings)
    model = shake(open_clip.model.CLIP(**config))
    state = {k: v.half() if half and v.is_floating_point() else v for k, v in model.state_dict().items()}
    preprocess = {"mean": CLIP_PIXELS["image_mean"], "std": CLIP_PIXELS["image_std"], "interpolation": "bicubic",
                  "resize_mode": "shortest"}
    if layout == "jit":
        traced(state, config, path + name)
        os.remove(path + "tokenizer.json")
        with open(open_clip.tokenizer.default_bpe(), "rb") as merges:
            open(path + "bpe_simple_vocab_16e6.txt.gz", "wb").write(merges.read())
    else:
        write(path + "open_clip_config.json", {"model_cfg": config, "preprocess_cfg": preprocess})
        if layout == "bin":
            torch.save(state, path + "open_clip_pytorch_model.bin")
        else:
            save(path + "open_clip_model.safetensors", state, half=False)
    ids = open_clip.tokenizer.SimpleTokenizer()(TEXTS)
    pixels = image_transform_v2(PreprocessCfg(size=224, **preprocess), is_train=False)(photo)[None]
    kept = [row[: row.index(size - 1) + 1] for row in ids.tolist()]
    record(name, pixels, model.encode_image(pixels), model.encode_text(ids), kept)


def published_siglip(name, is_second=False):
    """As in `siglip`; the second generation differs in its tokenizer alone."""
    path = folder(name)
    made, size = siglip2_tokenizer() if is_second else siglip_tokenizer()
    made.save(path + "tokenizer.json")
    text = {"vocab_size": 256_000 if is_second else 32_000}
    if is_second:
        text |= {"hidden_size": 768, "projection_size": 768}
    model = shake(SiglipModel(SiglipConfig(text_config=text, vision_config={})))
    prepare = {"do_resize": True, "size": {"height": 224, "width": 224}, "resample": 2 if is_second else 3,
               "do_normalize": True, "do_rescale": True, "image_mean": [0.5] * 3, "image_std": [0.5] * 3}
    write(path + "config.json", {"architectures": ["SiglipModel"], "model_type": "siglip", "text_config": text,
                                 "vision_config": {}})
    write(path + "preprocessor_config.json", prepare)
    padding = "<pad>" if is_second else "</s>"
    write(path + "tokenizer_config.json", {
        "tokenizer_class": "GemmaTokenizer" if is_second else "SiglipTokenizer", "pad_token": padding,
        "added_tokens_decoder": {"0" if is_second else "1": {"content": padding, "special": True}}})
    save(path + "model.safetensors", model.state_dict(), half=False)
    fast = PreTrainedTokenizerFast(tokenizer_object=made, pad_token=padding, padding_side="right")
    # As Siglip2Tokenizer does: letter by letter, so that no sigma becomes a final one.
    lower = normalizers.Lowercase().normalize_str
    texts = [lower(t) if is_second else canonical(t) for t in TEXTS]
    batch = fast(texts, padding="max_length", truncation=True, max_length=64, return_tensors="pt")
    pixels = SiglipImageProcessorPil(**prepare)(photo, return_tensors="pt").pixel_values
    output = model(input_ids=batch.input_ids, pixel_values=pixels)
    record(name, pixels, output.image_embeds, output.text_embeds, without_padding(batch.input_ids, batch.attention_mask))


def siglip2_tokenizer():
    """Gemma's form: BPE of letters, each unknown one as its bytes."""
    words = ["<pad>", "<eos>", "<bos>", "<unk>"] + [f"<0x{b:02X}>" for b in range(256)]
    words += list("▁abcdefghijklmnopqrstuvwxyz!,&_빨간사과") + ["th", "the", "re", "red", "ca", "cat", "▁the"]
    merges = [("t", "h"), ("th", "e"), ("r", "e"), ("re", "d"), ("c", "a"), ("ca", "t"), ("▁", "the")]
    made = Tokenizer(models.BPE(
        {w: i for i, w in enumerate(words)}, merges, fuse_unk=True, unk_token="<unk>", byte_fallback=True))
    made.normalizer = normalizers.Replace(" ", "▁")
    made.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    made.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    made.post_processor = processors.TemplateProcessing(single="$A <eos>", special_tokens=[("<eos>", 1)])
    made.add_special_tokens(words[:4])
    return made, len(words)


def published_timm_siglip(name):
    """SigLIP in open_clip's layout, with timm's image tower."""
    path = folder(name)
    is_second = name.endswith("2")
    made, _ = siglip2_tokenizer() if is_second else siglip_tokenizer()
    made.save(path + "tokenizer.json")
    config = open_clip.get_model_config(name)
    model = shake(open_clip.model.CustomTextCLIP(**{k: v for k, v in config.items() if k != "custom_text"}))
    preprocess = {"mean": [0.5] * 3, "std": [0.5] * 3, "interpolation": "bicubic", "resize_mode": "squash"}
    write(path + "open_clip_config.json", {"model_cfg": config, "preprocess_cfg": preprocess})
    padding, number = ("<pad>", 0) if is_second else ("</s>", 1)
    write(path + "tokenizer_config.json", {
        "tokenizer_class": "GemmaTokenizer" if is_second else "T5Tokenizer", "pad_token": padding,
        "added_tokens_decoder": {str(number): {"content": padding, "special": True}}})
    save(path + "open_clip_model.safetensors", model.state_dict(), half=False)
    fast = PreTrainedTokenizerFast(tokenizer_object=made, pad_token=padding, padding_side="right")
    clean = open_clip.tokenizer.get_clean_fn(config["text_cfg"]["tokenizer_kwargs"]["clean"])
    batch = fast([clean(t) for t in TEXTS], padding="max_length", truncation=True, max_length=64, return_tensors="pt")
    pixels = image_transform_v2(PreprocessCfg(size=224, **preprocess), is_train=False)(photo)[None]
    record(name, pixels, model.encode_image(pixels), model.encode_text(batch.input_ids),
           without_padding(batch.input_ids, batch.attention_mask))


def published_kelip(name):
    """As in `kelip`, in the file that PyTorch writes: 454.7 MB, 195 tensors of 16 bits and 107 of 32."""
    path = folder(name)
    tokenizer, _ = kelip_tokenizer()
    tokenizer.save(path + "tokenizer.json")
    size = 98_818
    write(path + "config.json", dict(
        embed_dim=512, image_resolution=224, vision_layers=12, vision_width=768, vision_patch_size=32,
        context_length=77, vocab_size=size, transformer_width=512, transformer_heads=8, transformer_layers=12,
        architectures=["KelipModel"], model_type="kelip", torch_dtype="float32"))
    model = shake(open_clip.model.CLIP(512, dict(layers=12, width=768, patch_size=32), dict(vocab_size=size), quick_gelu=True))
    full = re.compile(r"ln_|embedding|logit_scale")
    state = {"model." + k: v if full.search(k) else v.half() for k, v in model.state_dict().items()}
    halves = sum(v.dtype == torch.float16 for v in state.values())
    assert (halves, len(state) - halves) == (195, 107), (halves, len(state))
    torch.save(state, path + "pytorch_model.bin")
    rows = [[size - 2] + tokenizer.encode(t.lower()).ids[:75] + [size - 1] for t in TEXTS]
    ids = torch.tensor([row + [0] * (77 - len(row)) for row in rows])
    pixels = transforms.Compose([
        transforms.Resize(224, transforms.InterpolationMode.BICUBIC), transforms.CenterCrop(224), transforms.ToTensor(),
        transforms.Normalize(CLIP_PIXELS["image_mean"], CLIP_PIXELS["image_std"])])(photo)[None]
    record(name, pixels, model.encode_image(pixels), model.encode_text(ids), rows)


def published_brivl(name, size, file):
    """As in `brivl`, with 2 × 273,818,904 numbers; boxes are given too."""
    path = folder(name)
    words = brivl_words(path)
    head = (2048, 2048)
    image = shake(towers.BriVLImage(size, 2048, network=timm.create_model("tf_efficientnet_b5"), depth=4, inner=2048, head=head))
    bert = dict(hidden_size=768, num_hidden_layers=12, num_attention_heads=12, intermediate_size=3072,
                max_position_embeddings=512)
    text = shake(BriVLText(21_128, bert, depth=4, inner=2048, head=head))
    numbers = sum(p.numel() for module in (image, text) for p in module.parameters())
    assert numbers == 273_818_904, numbers
    learnable = {}
    for kind, module in (("imgencoder", image), ("textencoder", text)):
        for key, value in module.state_dict().items():
            learnable[f"{kind}.{key}"] = value
            learnable[f"{kind}_mom.{key}"] = value.clone()
    torch.save({"learnable": learnable}, path + file)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bert_tokenizer(words), pad_token="[PAD]")
    texts = TEXTS[:3] + ["红苹果的猫", ""]
    batch = tokenizer(texts, padding="max_length", truncation=True, max_length=80, return_tensors="pt")
    pixels = transforms.Compose([
        transforms.ToTensor(), transforms.Resize((size, size), antialias=False),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])(photo)[None]
    edge = [size * i / 6 for i in range(7)]
    grid = [[edge[j], edge[i], edge[j + 1], edge[i + 1]] for i in range(6) for j in range(6)]
    found = [[3.5, 8.0, 240.25, 361.0], [0.0, 0.0, 120.0, 130.0], [135.0, 30.5, 380.0, 380.0]]
    boxed = image(pixels, *towers.filled([found], 37, size))
    record(name, pixels, image(pixels, *towers.filled([grid], 37, size)),
           text(batch.input_ids, batch.attention_mask.float()),
           without_padding(batch.input_ids, batch.attention_mask), texts,
           boxes=torch.tensor(found), boxed=F.normalize(boxed, dim=-1))


def published(name):
    base = dict(hidden_size=512, intermediate_size=2048, num_hidden_layers=12, num_attention_heads=8)
    large = dict(hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12)
    base_vision = dict(hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12,
                       image_size=224, patch_size=32, hidden_act="quick_gelu")
    large_vision = dict(hidden_size=1024, intermediate_size=4096, num_hidden_layers=24, num_attention_heads=16,
                        image_size=224, patch_size=14, hidden_act="quick_gelu")
    {
        "clip-vit-base-patch32": lambda: published_clip(name, base, base_vision, 512),
        "clip-vit-large-patch14": lambda: published_clip(name, large, large_vision, 768),
        "vit_base_patch32_clip_224.openai": lambda: published_open_clip(name, "ViT-B-32-quickgelu", half=False),
        "vit_large_patch14_clip_224.openai": lambda: published_open_clip(name, "ViT-L-14-quickgelu", "bin"),
        "ViT-B-32.pt": lambda: published_open_clip(name, "ViT-B-32-quickgelu", "jit"),
        "CLIP-ViT-B-32-laion2B-s34B-b79K": lambda: published_open_clip(name, "ViT-B-32", half=False),
        "CLIP-ViT-H-14-laion2B-s32B-b79K": lambda: published_open_clip(name, "ViT-H-14"),
        "siglip-base-patch16-224": lambda: published_siglip(name),
        "siglip2-base-patch16-224": lambda: published_siglip(name, True),
        "ViT-B-16-SigLIP": lambda: published_timm_siglip(name),
        "ViT-B-16-SigLIP2": lambda: published_timm_siglip(name),
        "KELIP": lambda: published_kelip(name),
        "BriVL-1.0": lambda: published_brivl(name, 380, "BriVL-1.0-5500w.pth"),
        "BriVL-456": lambda: published_brivl(name, 456, "brivl-nmi-roberta-base.pth"),
    }[name]()


if __name__ == "__main__":
    sys.argv = [sys.argv[0], "/tmp/towers_image"]
    os.makedirs("/tmp/towers_image", exist_ok=True)
    import timm
    import towers_image as towers

    if options.published:
        for name in [options.only] if options.only else PUBLISHED:
            published(name)
        sys.exit()
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
    openai()
    published_shapes()
    unsettled_shapes()
    siglip_i18n()
    foreign_clip("clip_foreign")
    foreign_clip("open_clip_foreign", "argmax")
    foreign_clip("open_clip_eos", "eos")
