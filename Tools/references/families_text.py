#!/usr/bin/env python3
"""families_text.py OUT_DIR [--published [--only NAME]]: models with text towers of others, in their
published layouts.

Needs: pip install torch transformers open_clip_torch timm tokenizers safetensors. One folder a model: its
settings, tokenizer and numbers as the reference writes them, and `expected.safetensors`: the ids of
some texts, the vectors of the texts and of one picture, of length one, as the reference gives them.
Folders under `hub/` are what those models refer to by name. Without `--published` the models are tiny.
With it they have their published sizes, up to 6 GB each (tokenizers and texts stay as they are): see
`published.py`, which makes, checks and removes one after the other.
"""
import argparse, json, os, shutil, struct, sys

import torch
import torch.nn.functional as F
from torch import nn
import open_clip
from open_clip.model import CustomTextCLIP
from safetensors.torch import load_file, save_file
import tokenizers
import transformers as hf
from transformers.models.clip.modeling_clip import CLIPVisionModel

# The published size of each name that `--only` may have.
PUBLISHED = [
    "nllb-clip-base-oc", "nllb-clip-large-oc", "nllb-clip-base-siglip", "nllb-clip-base", "xlm-roberta-base-ViT-B-32",
    "koclip-base-pt", "koclip-base", "koclip-large", "chinese-clip-vit-base-patch16", "XLM-Roberta-Large-Vit-B-32"]
options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
options.add_argument("out")
options.add_argument("--published", action="store_true")
options.add_argument("--only", choices=PUBLISHED)
options = options.parse_args()
out = os.path.abspath(options.out)
BIG = options.published
SIZE = 224 if BIG else 8
TEXTS = ["A photo of a cat.", "Zwei Katzen schlafen", "고양이 두 마리", "一只猫", "  dogs &amp;  birds ", "x"]
CORPUS = TEXTS + ["a photo of two cats and a dog", "schlafende Katzen", "고양이 고양이", "两只猫", "birds dogs cats"]
LANGUAGES = ["eng_Latn", "deu_Latn", "kor_Hang", "zho_Hans", "eng_Latn", "quy_Latn"]


def wanted(tiny, published=None):
    """The name of a model that is to be made, or None; all tiny ones are."""
    if not BIG:
        return tiny
    return published if published and options.only in (None, published) else None


def folder(name):
    path = f"{out}/{name}"
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    return path


def dump(path, value):
    with open(path, "w") as file:
        json.dump(value, file, ensure_ascii=False, separators=(",", ":"))


def draw(module):
    """Numbers large enough that a wrong place for any of them shows."""
    for key, p in module.named_parameters():
        is_norm = "norm" in key.lower() or "ln_" in key
        if p.ndim == 0:
            p.data.fill_(2.5 if "scale" in key else -3)
        else:
            deviation = 1.2 / p[0].numel() ** 0.5 if p.ndim > 1 else 0.1
            p.data = torch.randn(p.shape) * deviation
            if is_norm and key.endswith("weight"):
                p.data += 1
    return module.eval()


def expect(path, rows, texts, pixels=None, picture=None, codes=None):
    """Ids without padding, one row after another, with their lengths; vectors of length one."""
    tensors = dict(ids=torch.tensor(sum(rows, [])), lengths=torch.tensor([len(r) for r in rows]),
                   texts=F.normalize(texts.detach(), dim=-1))
    if picture is not None:
        tensors.update(pixels=pixels, picture=F.normalize(picture.detach(), dim=-1))
    if BIG:
        tensors["strings"] = torch.frombuffer(bytearray("\0".join(TEXTS).encode()), dtype=torch.uint8)
        if codes:
            tensors["codes"] = torch.frombuffer(bytearray("\0".join(codes).encode()), dtype=torch.uint8)
    save_file({k: v.contiguous() for k, v in tensors.items()}, path + "/expected.safetensors")


def bare(ids, padding):
    return [[i for i in row if i != padding] for row in ids.tolist()]


def tokenizer_json(tokenizer, path):
    """tokenizer.json alone, without spaces."""
    tokenizer.save_pretrained(path + "/whole")
    dump(path + "/tokenizer.json", json.load(open(path + "/whole/tokenizer.json")))
    shutil.rmtree(path + "/whole")


# --- the tokenizers --------------------------------------------------------------------------------
def trained(model, trainer):
    tokenizer = tokenizers.Tokenizer(model)
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Metaspace()
    tokenizer.train_from_iterator(CORPUS, trainer)
    return json.loads(tokenizer.to_str())["model"]


special = ["<s>", "<pad>", "</s>", "<unk>"]
bpe = trained(tokenizers.models.BPE(unk_token="<unk>"),
              tokenizers.trainers.BpeTrainer(vocab_size=90, special_tokens=special, show_progress=False))
nllb = hf.NllbTokenizer(vocab=bpe["vocab"], merges=[tuple(m) for m in bpe["merges"]])
pieces = trained(tokenizers.models.Unigram(), tokenizers.trainers.UnigramTrainer(
    vocab_size=80, special_tokens=special, unk_token="<unk>", show_progress=False))["vocab"]
xlmr = hf.XLMRobertaTokenizer(vocab=[tuple(p) for p in pieces] + [("<mask>", 0.0)])
words = {}
for token in ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + sorted(set("".join(CORPUS)) - {" "}) + [
        "##" + c for c in sorted(set("".join(CORPUS + [t.lower() for t in CORPUS])) - {" "})] + ["photo", "cat", "##s", "고양이"]:
    words.setdefault(token, len(words))
for token in [t.lower() for t in words]:
    words.setdefault(token, len(words))
bert = hf.BertTokenizer(vocab=words)
# KLUE's: cased, and padding has id 1.
order = ["[CLS]", "[PAD]", "[SEP]", "[UNK]", "[MASK]"] + [w for w in words if not w.startswith("[")]
klue = hf.BertTokenizer(vocab={w: i for i, w in enumerate(order)}, do_lower_case=False)

# --- the towers ------------------------------------------------------------------------------------
torch.manual_seed(21)
pixels = torch.randn(1, 3, SIZE, SIZE)


def square(size):
    """The picture in this size."""
    return pixels if size == SIZE else F.interpolate(pixels, size=(size, size))


if BIG:
    # ViT-B/32, the encoder of NLLB-200-distilled-600M, KLUE's large RoBERTa, XLM-R and BERT of base size.
    vision = dict(image_size=SIZE, layers=12, width=768, patch_size=32)
    vision_sizes = dict(hidden_size=768, num_hidden_layers=12, num_attention_heads=12, intermediate_size=3072)
    patch, joint, words_width = 32, 512, 1024
    small = dict(hidden_size=768, num_hidden_layers=12, num_attention_heads=12, intermediate_size=3072)
    large = dict(hidden_size=1024, num_hidden_layers=24, num_attention_heads=16, intermediate_size=4096)
    m2m_sizes = dict(d_model=1024, encoder_layers=12, encoder_attention_heads=16, encoder_ffn_dim=4096)
    vocabularies = dict(nllb=256206, xlmr=250002, bert=21128, klue=32000)
    places, klue_sizes = 514, dict(large, max_position_embeddings=512)
    xlmr_name, nllb_name = "xlm-roberta-base", "facebook/nllb-200-distilled-600M"
else:
    vision = dict(image_size=SIZE, layers=1, width=16, head_width=8, patch_size=4, mlp_ratio=2.0)
    vision_sizes = dict(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=24)
    patch, joint, words_width = 4, 12, 16
    small = large = dict(hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24)
    m2m_sizes = dict(d_model=16, encoder_layers=2, encoder_attention_heads=2, encoder_ffn_dim=24)
    vocabularies = dict(nllb=len(nllb) + 3, xlmr=len(xlmr), bert=len(bert), klue=len(klue))
    places, klue_sizes = 30, {}
    xlmr_name, nllb_name = "xlm-roberta-tiny", "facebook/nllb-tiny"
clip_vision = hf.CLIPVisionConfig(image_size=SIZE, patch_size=patch, projection_dim=joint, **vision_sizes)
m2m_sizes |= dict(
    vocab_size=vocabularies["nllb"], decoder_layers=1, decoder_attention_heads=2, decoder_ffn_dim=24, pad_token_id=1,
    scale_embedding=True, activation_function="relu")
m2m = hf.M2M100Config(**m2m_sizes)
roberta = dict(small, max_position_embeddings=places, type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1)
hub = {}
for name, config in (
        (nllb_name, m2m), (xlmr_name, hf.XLMRobertaConfig(vocab_size=vocabularies["xlmr"], **roberta)),
        *([("facebook/nllb-200-distilled-1.3B",
            hf.M2M100Config(**m2m_sizes | dict(encoder_layers=24, encoder_ffn_dim=8192)))] if BIG else [])):
    # Ours knows the published ones by their names, and must not find their settings.
    hub[name] = folder(("reference/" if BIG else "hub/") + name)
    config.save_pretrained(hub[name])


def trimmed(config, *fields):
    """The settings that say something, as published files do."""
    return {k: v for k, v in config.to_dict().items() if k in fields or k == "model_type"}


# --- NLLB-CLIP and XLM-R in open_clip's layout -----------------------------------------------------
def open_clip_model(name, text, tokenizer, languages=None, cfg=None):
    if not name:
        return
    path = folder(name)
    cfg = cfg or dict(embed_dim=joint, vision_cfg=vision, text_cfg=text)
    local = dict(text, hf_model_name=hub[text["hf_model_name"]], hf_model_pretrained=False)
    local.pop("hf_tokenizer_name", None)
    is_squashed = "init_logit_bias" in cfg
    model = CustomTextCLIP(cfg["embed_dim"], cfg["vision_cfg"], local, init_logit_bias=-10 if is_squashed else None)
    draw(model)
    state = {k: v.contiguous() for k, v in model.state_dict().items()}
    if BIG:
        torch.save(state, path + "/open_clip_pytorch_model.bin")
    else:
        save_file(state, path + "/open_clip_model.safetensors")
    pixels = square(cfg["vision_cfg"]["image_size"])
    dump(path + "/open_clip_config.json", dict(model_cfg=cfg, preprocess_cfg=dict(
        mean=[0.5] * 3, std=[0.5] * 3, interpolation="bicubic", resize_mode="squash") if is_squashed else dict(
        mean=[0.48145466, 0.4578275, 0.40821073], std=[0.26862954, 0.26130258, 0.27577711],
        interpolation="bicubic", resize_mode="shortest")))
    tokenizer.save_pretrained(path + "/whole")
    # open_clip's own use of a tokenizer: cleaning, language, cut and filled up to its length.
    own = open_clip.tokenizer.HFTokenizer(path + "/whole", context_length=text.get("context_length", 77))
    ids = []
    for text, language in zip(TEXTS, languages or TEXTS):
        if languages:
            # What own.set_language(language) did before transformers 5, where it changes nothing.
            own.tokenizer.src_lang = language
        ids.append(own(text))
    shutil.rmtree(path + "/whole")
    tokenizer_json(tokenizer, path)
    ids = torch.cat(ids)
    expect(path, bare(ids, 1), model.encode_text(ids), pixels, model.encode_image(pixels), languages)


open_clip_model(wanted("nllb_open_clip", "nllb-clip-base-oc"), dict(
    hf_model_name=nllb_name, hf_tokenizer_name=nllb_name, hf_proj_type="linear",
    hf_pooler_type="cls_pooler"), nllb, LANGUAGES)
# Cut where a text is longer: 12 tokens.
open_clip_model(wanted("xlmr_open_clip", "xlm-roberta-base-ViT-B-32"), dict(
    hf_model_name=xlmr_name, hf_tokenizer_name=xlmr_name, hf_pooler_type="mean_pooler",
    context_length=12), xlmr)
for name, settings in (("nllb-clip-large-oc", "nllb-clip-large"), ("nllb-clip-base-siglip", "nllb-clip-base-siglip")):
    if wanted(None, name):
        cfg = open_clip.get_model_config(settings)
        open_clip_model(name, cfg["text_cfg"], nllb, LANGUAGES, cfg)


# --- NLLB-CLIP as its author wrote it for transformers ---------------------------------------------
class Texts(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = hf.M2M100Model(m2m).get_encoder()
        self.final_layer_norm = nn.LayerNorm(words_width, eps=1e-5)

    def forward(self, ids, mask):
        return self.final_layer_norm(self.encoder(ids, attention_mask=mask).last_hidden_state)[:, 0]


class NLLBCLIP(nn.Module):
    def __init__(self):
        super().__init__()
        self.text_model, self.vision_model = Texts(), CLIPVisionModel(clip_vision)
        self.text_projection = nn.Linear(words_width, joint, bias=False)
        self.visual_projection = nn.Linear(vision_sizes["hidden_size"], joint, bias=False)
        self.logit_scale = nn.Parameter(torch.tensor(2.6592))


def nllb_huggingface(name):
    path, model = folder(name), draw(NLLBCLIP())
    state = {k.replace("vision_model.vision_model.", "vision_model."): v.contiguous() for k, v in model.state_dict().items()}
    save_file({k: v for k, v in state.items() if "position_ids" not in k}, path + "/model.safetensors")
    dump(path + "/config.json", dict(
        architectures=["NLLBCLIPModel"], projection_dim=joint,
        text_config=trimmed(m2m, "vocab_size", "d_model", "encoder_layers", "encoder_attention_heads", "encoder_ffn_dim",
                            "pad_token_id", "scale_embedding", "activation_function"),
        vision_config=trimmed(clip_vision, "image_size", "patch_size", "hidden_size", "num_hidden_layers",
                              "num_attention_heads", "intermediate_size", "hidden_act")))
    rows = []
    for text, language in zip(TEXTS, LANGUAGES):
        nllb.src_lang = language
        rows.append(nllb(text).input_ids)
    nllb.src_lang = "eng_Latn"
    tokenizer_json(nllb, path)
    length = max(map(len, rows))
    ids = torch.tensor([r + [1] * (length - len(r)) for r in rows])
    expect(path, rows, model.text_projection(model.text_model(ids, (ids != 1).long())), pixels,
           model.visual_projection(model.vision_model(pixels).pooler_output), LANGUAGES)


if name := wanted("nllb_huggingface", "nllb-clip-base"):
    nllb_huggingface(name)


# --- KoCLIP: PyTorch, Flax, and the large one's towers ---------------------------------------------
def pack(value, file):
    """Flax's msgpack: maps of texts, and arrays as extension 1 of (shape, type, bytes)."""
    def text(s):
        b = s.encode()
        return (bytes([0xA0 | len(b)]) if len(b) < 32 else bytes([0xD9, len(b)])) + b

    if isinstance(value, dict):
        file.write(b"\xde" + struct.pack(">H", len(value)))
        for k, v in value.items():
            file.write(text(k))
            pack(v, file)
        return
    raw = value.numpy().astype("<f4").tobytes()
    inner = b"\x93" + bytes([0x90 | value.ndim]) + b"".join(b"\xcd" + struct.pack(">H", n) for n in value.shape)
    inner += text("float32") + b"\xc6" + struct.pack(">I", len(raw))
    file.write(b"\xc9" + struct.pack(">I", len(inner) + len(raw)) + b"\x01" + inner + raw)


def flax(state):
    """PyTorch's names and layouts → Flax's."""
    tree = {}
    for key, value in state.items():
        *place, last = key.split(".")
        module = place[-1] if place else ""
        if last == "weight" and "embedding" in module and value.ndim == 2:
            last = "embedding"
        elif last == "weight" and value.ndim == 1:
            last = "scale"
        elif last == "weight":
            last = "kernel"
            value = value.permute(2, 3, 1, 0) if value.ndim == 4 else value.T
        node = tree
        for name in place:
            node = node.setdefault(name, {})
        node[last] = value.contiguous()
    return tree


def two_towers(name, image, image_config, tokenizer, kind="vision-text-dual-encoder", is_flax=False,
               is_new=False):
    if not name:
        return
    path = folder(name)
    text = hf.RobertaConfig(vocab_size=vocabularies["klue"], **{**roberta, **klue_sizes})
    config = hf.VisionTextDualEncoderConfig.from_vision_text_configs(image_config, text, projection_dim=joint)
    model = draw(hf.VisionTextDualEncoderModel(config, vision_model=image, text_model=hf.RobertaModel(text)))
    state = {k: v for k, v in model.state_dict().items() if not k.startswith("vision_model.") and "_ids" not in k}
    # transformers 5 has other names in memory than in files, and for CLIP one step less than was published.
    prefix = "vision_model.vision_model." if isinstance(image, CLIPVisionModel) and not is_new else "vision_model."
    image.save_pretrained(path + "/image")
    state.update({prefix + k: v for k, v in load_file(path + "/image/model.safetensors").items()})
    shutil.rmtree(path + "/image")
    if is_flax:
        with open(path + "/flax_model.msgpack", "wb") as file:
            pack(flax(state), file)
    elif isinstance(image, CLIPVisionModel) and not is_new:
        torch.save(state, path + "/pytorch_model.bin")
    else:
        save_file({k: v.contiguous() for k, v in state.items()}, path + "/model.safetensors")
    dump(path + "/config.json", dict(
        model_type=kind, projection_dim=joint,
        text_config=trimmed(text, "vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads",
                            "intermediate_size", "max_position_embeddings", "type_vocab_size", "layer_norm_eps",
                            "pad_token_id", "hidden_act"),
        vision_config=trimmed(image_config, "image_size", "patch_size", "hidden_size", "num_hidden_layers",
                              "num_attention_heads", "intermediate_size", "hidden_act", "layer_norm_eps")))
    tokenizer_json(tokenizer, path)
    rows = [tokenizer(t).input_ids for t in TEXTS]
    length = max(map(len, rows))
    ids = torch.tensor([r + [1] * (length - len(r)) for r in rows])
    # Flax numbers all positions from 0, padding too.
    positions = torch.arange(length).expand(ids.shape) if is_flax else None
    pooled = model.text_model(ids, attention_mask=(ids != 1).long(), position_ids=positions).pooler_output
    expect(path, rows, model.text_projection(pooled), pixels,
           model.visual_projection(model.vision_model(pixels).pooler_output))


if BIG:
    vit = hf.ViTConfig(image_size=SIZE, patch_size=16, **large)
else:
    vit = hf.ViTConfig(image_size=SIZE, patch_size=patch, **vision_sizes)
two_towers(wanted("koclip_pytorch", "koclip-base-pt"), CLIPVisionModel(clip_vision), clip_vision, klue)
two_towers(wanted("koclip_flax", "koclip-base"), CLIPVisionModel(clip_vision), clip_vision, klue, "hybrid-clip",
           is_flax=True)
two_towers(wanted("pair_transformers_5"), CLIPVisionModel(clip_vision), clip_vision, klue, is_new=True)
# The large one was published in Flax alone.
kind = "hybrid-clip" if BIG else "vision-text-dual-encoder"
two_towers(wanted("koclip_large", "koclip-large"), hf.ViTModel(vit), vit, klue, kind, is_flax=BIG)

# --- Chinese CLIP ------------------------------------------------------------------------------------
if name := wanted("chinese_clip", "chinese-clip-vit-base-patch16"):
    path = folder(name)
    config = hf.ChineseCLIPConfig(
        text_config=dict(small, vocab_size=vocabularies["bert"], max_position_embeddings=min(places, 512), type_vocab_size=2),
        vision_config=dict(vision_sizes, image_size=SIZE, patch_size=16 if BIG else patch), projection_dim=joint)
    model = draw(hf.ChineseCLIPModel(config))
    model.save_pretrained(path)
    tokenizer_json(bert, path)
    both = bert(TEXTS, padding=True, return_tensors="pt")
    text = model.text_model(**both).last_hidden_state[:, 0]
    expect(path, [bert(t).input_ids for t in TEXTS], model.text_projection(text), pixels,
           model.visual_projection(model.vision_model(pixels).pooler_output))

# --- M-CLIP, and the CLIP whose pictures it has -----------------------------------------------------
if name := wanted("M-CLIP-Vit-B-32", "XLM-Roberta-Large-Vit-B-32"):
    path = folder("hub/openai/clip-vit-base-patch32")
    config = hf.CLIPConfig(
        text_config=dict(
            dict(hidden_size=512, intermediate_size=2048, num_attention_heads=8, num_hidden_layers=12) if BIG else small,
            vocab_size=vocabularies["bert"], max_position_embeddings=20, eos_token_id=len(bert) - 1),
        vision_config=clip_vision.to_dict(), projection_dim=joint)
    clip = draw(hf.CLIPModel(config))
    clip.save_pretrained(path)
    tokenizer_json(bert, path)
    path = folder(name)
    base = draw(hf.XLMRobertaModel(hf.XLMRobertaConfig(vocab_size=vocabularies["xlmr"], **{**roberta, **large})))
    last = draw(nn.Linear(words_width, joint))
    state = {f"transformer.{k}": v for k, v in base.state_dict().items()}
    torch.save({**state, **{f"LinearTransformation.{k}": v for k, v in last.state_dict().items()}}, path + "/pytorch_model.bin")
    dump(path + "/config.json", dict(
        architectures=["MultilingualCLIP"], model_type="M-CLIP", modelBase="xlm-roberta-large" if BIG else xlmr_name,
        numDims=joint, transformerDimensions=words_width))
    tokenizer_json(xlmr, path)
    both = xlmr(TEXTS, padding=True, return_tensors="pt")
    states, mask = base(**both)[0], both["attention_mask"][..., None]
    expect(path, [xlmr(t).input_ids for t in TEXTS], last((states * mask).sum(1) / mask.sum(1)), pixels,
           clip.visual_projection(clip.vision_model(pixels).pooler_output))
if BIG:
    sys.exit()


# --- sentence-transformers: the mean; a linear map behind it; LaBSE's tanh -------------------------
def sentences(name, model, tokenizer, way, dense=None, activation=None, longest=12):
    path = folder(name)
    model = draw(model)
    model.save_pretrained(path)
    parts = ["Transformer", "Pooling"] + (["Dense"] if dense else []) + ["Normalize"]
    dump(path + "/modules.json", [dict(
        idx=i, name=str(i), path="" if i == 0 else f"{i}_{p}", type="sentence_transformers.models." + p)
        for i, p in enumerate(parts)])
    os.makedirs(path + "/1_Pooling")
    dump(path + "/1_Pooling/config.json", dict(
        word_embedding_dimension=16, pooling_mode_cls_token=way == "cls", pooling_mode_mean_tokens=way == "mean",
        pooling_mode_max_tokens=False, pooling_mode_mean_sqrt_len_tokens=False))
    dump(path + "/sentence_bert_config.json", dict(max_seq_length=longest, do_lower_case=False))
    tokenizer_json(tokenizer, path)
    both = tokenizer(TEXTS, padding=True, truncation=True, max_length=longest, return_tensors="pt")
    both.pop("token_type_ids", None)
    states, mask = model(**both)[0], both["attention_mask"][..., None]
    vectors = states[:, 0] if way == "cls" else (states * mask).sum(1) / mask.sum(1)
    if dense:
        os.makedirs(path + "/2_Dense")
        draw(dense)
        save_file({f"linear.{k}": v for k, v in dense.state_dict().items()}, path + "/2_Dense/model.safetensors")
        dump(path + "/2_Dense/config.json", dict(
            in_features=16, out_features=dense.out_features, bias=dense.bias is not None,
            activation_function="torch.nn.modules." + ("activation.Tanh" if activation else "linear.Identity")))
        vectors = dense(vectors).tanh() if activation else dense(vectors)
    rows = [tokenizer(t, truncation=True, max_length=longest).input_ids for t in TEXTS]
    expect(path, rows, vectors)


base = hf.BertConfig(vocab_size=vocabularies["bert"], max_position_embeddings=30, **small)
sentences("sentence_minilm", hf.BertModel(base), bert, "mean")
distil = hf.DistilBertConfig(vocab_size=vocabularies["bert"], dim=16, hidden_dim=24, n_layers=2, n_heads=2, max_position_embeddings=30)
sentences("sentence_distil", hf.DistilBertModel(distil), bert, "mean", dense=nn.Linear(words_width, joint, bias=False))
sentences("sentence_labse", hf.BertModel(base), bert, "cls", dense=nn.Linear(16, 16), activation=True)
# DistilUSE: a tanh behind the mean, in another width.
sentences("sentence_distiluse", hf.DistilBertModel(distil), bert, "mean", dense=nn.Linear(words_width, joint), activation=True)
