#!/usr/bin/env python3
"""starts.py OUT_DIR: towers alone, in the layouts in which they are published, tiny and with random numbers.

Needs: pip install torch torchvision transformers timm tokenizers sentencepiece safetensors
pillow. One folder a model, as
transformers or timm saves it: encoders under the prefix of a class with heads, with and without a pooler, in
old and new names; vision transformers and an EfficientNet with their classifiers. `expected.safetensors` has
what the reference makes of the encoder alone, as vectors of length one: of the texts below (`ids`, `lengths`,
`texts`), or of picture.png of families_image (`pixels`, `picture`); `pooled` where a pooler is in the file, and
`larger` for pictures of twice the size.
"""
import json, os, shutil, sys

import numpy as np
import sentencepiece
import timm
import tokenizers
import torch
import torch.nn.functional as F
import transformers as hf
from PIL import Image
from safetensors.torch import save_file
from timm.models.efficientnet import _gen_efficientnet

out = os.path.abspath(sys.argv[1])
fixtures = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Tests/Fixtures")
TEXTS = ["A photo of a cat.", "Zwei Katzen schlafen", "고양이 두 마리", "一只猫", "  dogs &amp;  birds ", "x"]
CORPUS = TEXTS + ["a photo of two cats and a dog", "schlafende Katzen", "고양이 고양이", "两只猫", "birds dogs cats"]
LANGUAGES = ["eng_Latn", "deu_Latn", "kor_Hang", "zho_Hans", "eng_Latn", "quy_Latn"]
torch.manual_seed(33)


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
    for key, tensor in list(module.named_parameters()) + list(module.named_buffers()):
        # Computed positions stay as they are.
        if not tensor.is_floating_point() or "embed_positions" in key:
            continue
        if key.endswith("running_var"):
            tensor.data = 1 + 0.5 * torch.rand(tensor.shape)
        elif tensor.ndim > 1:
            tensor.data = torch.randn(tensor.shape) * 1.2 / tensor[0].numel() ** 0.5
        else:
            is_scale = key.endswith("weight") or "lambda" in key or "gamma" in key
            tensor.data = torch.randn(tensor.shape) * 0.1 + (1 if is_scale else 0)
    return module.eval()


def record(path, **tensors):
    save_file({k: v.detach().contiguous() for k, v in tensors.items()}, path + "/expected.safetensors")


def length_one(x):
    return F.normalize(x.detach(), dim=-1)


# --- texts -----------------------------------------------------------------------------------------
special = ["<s>", "<pad>", "</s>", "<unk>"]


def trained(model, trainer):
    tokenizer = tokenizers.Tokenizer(model)
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Metaspace()
    tokenizer.train_from_iterator(CORPUS, trainer)
    return json.loads(tokenizer.to_str())["model"]


bpe = trained(tokenizers.models.BPE(unk_token="<unk>"),
              tokenizers.trainers.BpeTrainer(vocab_size=90, special_tokens=special, show_progress=False))
nllb = hf.NllbTokenizer(vocab=bpe["vocab"], merges=[tuple(m) for m in bpe["merges"]])
pieces = trained(tokenizers.models.Unigram(), tokenizers.trainers.UnigramTrainer(
    vocab_size=80, special_tokens=special, unk_token="<unk>", show_progress=False))["vocab"]
xlmr = hf.XLMRobertaTokenizer(vocab=[tuple(p) for p in pieces] + [("<mask>", 0.0)])
letters = sorted(set("".join(CORPUS + [t.lower() for t in CORPUS])) - {" "})
words = list(dict.fromkeys(letters + ["##" + c for c in letters] + ["photo", "cat", "##s", "고양이"]))
bert = hf.BertTokenizer(vocab={w: i for i, w in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + words)},
                        do_lower_case=False)
klue = hf.BertTokenizer(vocab={w: i for i, w in enumerate(["[CLS]", "[PAD]", "[SEP]", "[UNK]", "[MASK]"] + words)},
                        do_lower_case=False)
SIZES = dict(hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24)
ROBERTA = dict(SIZES, max_position_embeddings=30, type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1)


def tokenizer_json(tokenizer, path):
    tokenizer.save_pretrained(path + "/whole")
    dump(path + "/tokenizer.json", json.load(open(path + "/whole/tokenizer.json")))
    shutil.rmtree(path + "/whole")


def settings(path, config, architecture):
    said = {k: v for k, v in config.to_diff_dict().items() if k not in ("transformers_version", "torch_dtype", "dtype")}
    dump(path + "/config.json", dict(said, architectures=[architecture], model_type=config.model_type))


def encoder(name, model, tokenizer, old=False, pickled=False, dropped=()):
    """A model with heads as its class saves it, and what the encoder inside makes of the texts."""
    path, model = folder(name), draw(model)
    base = getattr(model, model.base_model_prefix)
    state = {k: v.clone() for k, v in model.state_dict().items() if not any(d in k for d in dropped)}
    prefix = model.base_model_prefix + "."
    if old:
        # As the first BERTs were published, with the buffer that later versions leave out.
        state = {k.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): v
                 for k, v in state.items()}
        state[prefix + "embeddings.position_ids"] = torch.arange(30)[None]
    if pickled:
        torch.save(state, path + "/pytorch_model.bin")
    else:
        save_file({k: v.contiguous() for k, v in state.items()}, path + "/model.safetensors")
    settings(path, model.config, type(model).__name__)
    tokenizer_json(tokenizer, path)
    rows = [tokenizer(t).input_ids for t in TEXTS]
    both = tokenizer(TEXTS, padding=True, return_tensors="pt")
    both.pop("token_type_ids", None)
    made, mask = base(**both), both["attention_mask"][..., None]
    tensors = dict(ids=torch.tensor(sum(rows, [])), lengths=torch.tensor([len(r) for r in rows]),
                   texts=length_one((made.last_hidden_state * mask).sum(1) / mask.sum(1)))
    if "pooler_output" in made and made.pooler_output is not None and not dropped:
        tensors["pooled"] = length_one(made.pooler_output)
    record(path, **tensors)


# klue/roberta-*: a pickle, no pooler.
encoder("klue_roberta", hf.RobertaForMaskedLM(hf.RobertaConfig(vocab_size=len(klue), **ROBERTA)), klue, pickled=True)
# FacebookAI/xlm-roberta-*: a pooler beside the head.
model = hf.XLMRobertaForMaskedLM(hf.XLMRobertaConfig(vocab_size=len(xlmr), **ROBERTA))
model.roberta = hf.XLMRobertaModel(model.config)
encoder("xlm_roberta", model, xlmr)
encoder("xlm_roberta_classifier", hf.XLMRobertaForSequenceClassification(
    hf.XLMRobertaConfig(vocab_size=len(xlmr), num_labels=3, **ROBERTA)), xlmr)
# bert-base-multilingual-cased, in the names of the first releases.
config = hf.BertConfig(vocab_size=len(bert), max_position_embeddings=30, **SIZES)
encoder("mbert", hf.BertForPreTraining(config), bert, old=True)
# hfl/chinese-roberta-wwm-ext, with room for BriVL's 80 tokens and heads of 64.
config = hf.BertConfig(vocab_size=len(bert), max_position_embeddings=90, **dict(
    SIZES, hidden_size=64, num_attention_heads=1, num_hidden_layers=1))
encoder("chinese_roberta", hf.BertForMaskedLM(config), bert, pickled=True)
config = hf.DistilBertConfig(vocab_size=len(bert), dim=16, hidden_dim=24, n_layers=2, n_heads=2, max_position_embeddings=30)
encoder("distilbert", hf.DistilBertForMaskedLM(config), bert)


def translator(name, pickled):
    """facebook/nllb-200-*: an encoder, a decoder, and one table that both share."""
    path = folder(name)
    config = hf.M2M100Config(
        vocab_size=len(nllb) + 3, d_model=16, encoder_layers=2, encoder_attention_heads=2, encoder_ffn_dim=24,
        decoder_layers=1, decoder_attention_heads=2, decoder_ffn_dim=24, max_position_embeddings=1024, pad_token_id=1,
        scale_embedding=True, activation_function="relu")
    model = draw(hf.M2M100ForConditionalGeneration(config))
    if pickled:
        torch.save({k: v.clone() for k, v in model.state_dict().items()}, path + "/pytorch_model.bin")
    else:
        model.save_pretrained(path)
    settings(path, config, "M2M100ForConditionalGeneration")
    if os.path.exists(path + "/generation_config.json"):
        os.remove(path + "/generation_config.json")
    rows = []
    for text, language in zip(TEXTS, LANGUAGES):
        nllb.src_lang = language
        rows.append(nllb(text).input_ids)
    nllb.src_lang = "eng_Latn"
    tokenizer_json(nllb, path)
    length = max(map(len, rows))
    ids = torch.tensor([r + [1] * (length - len(r)) for r in rows])
    first = model.get_encoder()(ids, attention_mask=(ids != 1).long()).last_hidden_state[:, 0]
    record(path, ids=torch.tensor(sum(rows, [])), lengths=torch.tensor([len(r) for r in rows]), texts=length_one(first))


translator("nllb", pickled=False)
translator("nllb_pickled", pickled=True)

# --- pictures --------------------------------------------------------------------------------------
picture = Image.open(fixtures + "/families_image/picture.png").convert("RGB")


def prepare(size, short=None, mean=(0.5,) * 3, std=(0.5,) * 3, resample=Image.BICUBIC, floors=False):
    """Both sides to `size`; or the shorter to `short`, as torchvision does, then the middle."""
    made = picture
    if short is None:
        made = made.resize((size, size), resample)
    else:
        width, height = made.size
        new = (int(short * width / height), short) if width > height else (short, int(short * height / width))
        made = made.resize(new, resample)
        corner = [(n - size) // 2 if floors else round((n - size) / 2) for n in new]
        made = made.crop((corner[0], corner[1], corner[0] + size, corner[1] + size))
    numbers = (np.asarray(made, dtype=np.float32) / np.float32(255) - np.float32(mean)) / np.float32(std)
    return torch.from_numpy(numbers.transpose(2, 0, 1).copy())[None]


IMAGENET = dict(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))


def saved(path, model):
    model.save_pretrained(path)
    settings(path, model.config, type(model).__name__)


VIT = hf.ViTConfig(image_size=8, patch_size=4, num_labels=3, **SIZES)
for name, kind in (("vit_classifier", hf.ViTForImageClassification), ("vit", hf.ViTModel)):
    path, model = folder(name), draw(kind(VIT))
    saved(path, model)
    dump(path + "/preprocessor_config.json", dict(
        do_normalize=True, do_resize=True, image_mean=[0.5] * 3, image_std=[0.5] * 3, resample=2, size=8))
    pixels = prepare(8, resample=Image.BILINEAR)
    made = (model.vit if name == "vit_classifier" else model)(pixels)
    vector = made.last_hidden_state[:, 0] if name == "vit_classifier" else made.pooler_output
    base = model.vit if name == "vit_classifier" else model
    twice = F.interpolate(pixels, size=(16, 16))
    larger = base(twice, interpolate_pos_encoding=True)
    larger = larger.last_hidden_state[:, 0] if name == "vit_classifier" else larger.pooler_output
    record(path, pixels=pixels, picture=length_one(vector), twice=twice, larger=length_one(larger))

# facebook/dinov2-*: positions for larger pictures than the processor makes.
path = folder("dinov2")
model = draw(hf.Dinov2Model(hf.Dinov2Config(image_size=20, patch_size=4, **{
    k: v for k, v in SIZES.items() if k != "intermediate_size"})))
saved(path, model)
dump(path + "/preprocessor_config.json", dict(
    crop_size=dict(height=8, width=8), do_center_crop=True, do_convert_rgb=True, do_normalize=True, do_rescale=True,
    do_resize=True, image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225], resample=3,
    rescale_factor=0.00392156862745098, size=dict(shortest_edge=10)))
pixels = prepare(8, 10, floors=True, **IMAGENET)
record(path, pixels=pixels, picture=length_one(model(pixels).pooler_output))


def from_timm(name, model, architecture, arguments, cfg, pool):
    """timm's own files: config.json, and the numbers with the classifier."""
    path = folder(name)
    save_file({k: v.contiguous() for k, v in draw(model).state_dict().items()}, path + "/model.safetensors")
    dump(path + "/config.json", dict(
        architecture=architecture, num_classes=3, num_features=model.num_features, global_pool=pool,
        pretrained_cfg=dict(cfg, num_classes=3, classifier="head", license="apache-2.0"),
        **(dict(model_args=arguments) if arguments else {})))
    size = cfg["input_size"][1]
    pixels = prepare(size, int(size / cfg["crop_pct"]), cfg["mean"], cfg["std"], Image.BICUBIC)
    vector = model.forward_head(model.forward_features(pixels), pre_logits=True)
    record(path, pixels=pixels, picture=length_one(vector))


def cfg(size, share, mean, std):
    return dict(input_size=[3, size, size], interpolation="bicubic", crop_pct=share, crop_mode="center", mean=list(mean),
                std=list(std))


TINY = dict(img_size=8, patch_size=4, embed_dim=16, depth=2, num_heads=2)
half = ((0.5,) * 3, (0.5,) * 3)
for name, architecture, extra, pool in (
        ("timm_vit", "vit_base_patch16_224", {}, "token"), ("timm_vit_mean", "vit_base_patch16_224", {}, "avg"),
        ("timm_vit_clip", "vit_base_patch16_clip_quickgelu_224", {}, "token"),
        ("timm_dinov2", "vit_small_patch14_dinov2", {}, "token")):
    model = timm.create_model(architecture, num_classes=3, global_pool=pool, **TINY)
    from_timm(name, model, architecture, TINY, cfg(8, 0.9, *half), pool)
# tf_efficientnet_b5_ns in the small.
model = _gen_efficientnet("tf_efficientnet_b0", channel_multiplier=0.1, depth_multiplier=0.1, pad_type="same",
                          bn_eps=1e-3, num_classes=3)
from_timm("timm_efficientnet", model, "tf_efficientnet_b5", None, cfg(64, 0.934, *IMAGENET.values()), "avg")

# --- M2M-100: its own tokenizer, pieces of SentencePiece with the numbers of a list beside them -----
path = folder("m2m100")
sentencepiece.SentencePieceTrainer.train(
    sentence_iterator=iter(CORPUS * 3), model_prefix=path + "/sentencepiece.bpe", vocab_size=90, model_type="bpe",
    normalization_rule_name="nmt_nfkc", character_coverage=1.0, num_threads=1, minloglevel=2)
os.remove(path + "/sentencepiece.bpe.vocab")
spm = sentencepiece.SentencePieceProcessor(model_file=path + "/sentencepiece.bpe.model")
# fairseq's list has an order of its own, and words that no text has.
pieces = sorted((spm.id_to_piece(i) for i in range(3, len(spm))), key=lambda piece: (len(piece), piece), reverse=True)
words = ["<s>", "<pad>", "</s>", "<unk>"] + pieces[:40] + ["madeupword0000"] + pieces[40:]
dump(path + "/vocab.json", {word: i for i, word in enumerate(words)})
m2m = hf.M2M100Tokenizer(vocab_file=path + "/vocab.json", spm_file=path + "/sentencepiece.bpe.model", src_lang="en")
config = hf.M2M100Config(
    vocab_size=len(words) + 100 + 8, d_model=16, encoder_layers=2, encoder_attention_heads=2, encoder_ffn_dim=24,
    decoder_layers=1, decoder_attention_heads=2, decoder_ffn_dim=24, max_position_embeddings=1024, pad_token_id=1,
    scale_embedding=True, activation_function="relu", encoder_layerdrop=0.05)
model = draw(hf.M2M100ForConditionalGeneration(config))
torch.save({k: v.clone() for k, v in model.state_dict().items()}, path + "/pytorch_model.bin")
settings(path, config, "M2M100ForConditionalGeneration")
MORE = TEXTS + ["Ｆｕｌｌ　ｗｉｄｔｈ 고양이\t 猫猫☃☃x", "aaa aaaa cats", "\u1100\u1169\u110b\u1163\u11bc\u110b\u1175 \u1100\u1161\u11a8\u1112\u1161 ca\u0323\u0301ts"]
rows = []
for text, language in zip(MORE, ["en", "de", "ko", "zh", "en", "tl", "ns", "no", "ko"]):
    m2m.src_lang = language
    rows.append(m2m(text).input_ids)
length = max(map(len, rows))
ids = torch.tensor([r + [1] * (length - len(r)) for r in rows])
first = model.get_encoder()(ids, attention_mask=(ids != 1).long()).last_hidden_state[:, 0]
record(path, ids=torch.tensor(sum(rows, [])), lengths=torch.tensor([len(r) for r in rows]), texts=length_one(first))
