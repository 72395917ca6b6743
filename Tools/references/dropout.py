#!/usr/bin/env python3
"""dropout.py OUT_DIR: tiny towers of the reference implementations while they learn, with masks given.

Needs: pip install torch transformers timm safetensors numpy. torch's dropout, timm's stochastic depth
and its choice of patches are given the masks that our rule draws, re-stated here: SplitMix64 by the
step's seed, a hash of the place's name, the sample, the token and the number. So these files prove both
the rule and every place where a tower drops. The form of a file is that of towers_text.py; each kind of
dropout has a rate of its own. `masks` is one mask itself.
"""
import math
import sys

import numpy as np
import timm
import torch
import torch.nn.functional as F
import transformers as hf
from safetensors.torch import load_file, save_file
from timm.models.efficientnet import _gen_efficientnet
from torch import nn

out = sys.argv[1]
SEED, HIDDEN, ATTENTION, ACTIVATION, PATH, PATCHES = 77, 0.2, 0.3, 0.25, 0.4, 0.5
W, DEPTH, HEADS, INNER, VOCABULARY = 8, 2, 2, 12, 14
file = {}


# --- the rule ---------------------------------------------------------------------------------------
def drawn(key, index):
    """Number `index` of the stream `key`, both arrays of uint64."""
    with np.errstate(over="ignore"):
        x = np.uint64(key) + (np.asarray(index, np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return x ^ (x >> np.uint64(31))


def place_key(name):
    number = 0xCBF29CE484222325
    for byte in (name + ".").encode():
        number = (number ^ byte) * 0x100000001B3 % 2**64
    return drawn(SEED, number)


def stream(name, sample, token, head=None):
    key = drawn(place_key(name), sample << 32 | token)
    return key if head is None else drawn(key, head)


def factors(stream, count, rate):
    two = drawn(stream, np.arange((count + 1) // 2))
    halves = np.stack([two & np.uint64(0xFFFFFFFF), two >> np.uint64(32)], -1).reshape(-1)[:count]
    return torch.tensor(np.where(halves < int(rate * 2**32), 0.0, 1 / (1 - rate)))


def token_mask(name, shape, rate):
    batch, length, width = shape
    return torch.stack([torch.stack([factors(stream(name, b, t), width, rate) for t in range(length)])
                        for b in range(batch)])


def share_mask(name, shape, rate):
    batch, heads, length, _ = shape
    return torch.stack([torch.stack([torch.stack([
        factors(stream(name, b, t, h), length, rate) for t in range(length)])
        for h in range(heads)]) for b in range(batch)])


class Masks:
    """Stands for torch's random functions while a network runs: the places in the order of its calls."""

    def __init__(self, places):
        self.places = iter(places)

    def dropout(self, x, p=0.5, training=True, inplace=False):
        if not training or p == 0:
            return x
        name, rate = next(self.places)
        assert rate == p, (name, rate, p)
        return x * (share_mask if x.dim() == 4 else token_mask)(name, x.shape, p)

    def attention(self, q, k, v, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None):
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        if is_causal:
            attn_mask = torch.ones(scores.shape[-2:]).tril().bool()
        if attn_mask is not None:
            scores = scores.masked_fill(~attn_mask, -math.inf) if attn_mask.dtype == torch.bool else scores + attn_mask
        return self.dropout(scores.softmax(-1), dropout_p) @ v

    def path(self, x, drop_prob=0.0, training=False, scale_by_keep=True):
        if not training or drop_prob == 0:
            return x
        name, rate = next(self.places)
        assert abs(rate - drop_prob) < 1e-6, (name, rate, drop_prob)
        kept = torch.stack([factors(stream(name, b, 0), 1, drop_prob) for b in range(x.shape[0])])
        return x * kept.reshape(-1, *[1] * (x.dim() - 1))

    def noise(self, batch, count, **_):
        name, _ = next(self.places)
        return torch.tensor(np.stack([  # Ranks, as 64 bits do not fit a float.
            drawn(stream(name, b, 0), np.arange(count)).argsort().argsort() for b in range(batch)])).double()

    def __enter__(self):
        self.kept = F.dropout, F.scaled_dot_product_attention, timm.layers.drop.drop_path, torch.randn
        F.dropout, F.scaled_dot_product_attention = self.dropout, self.attention
        timm.layers.drop.drop_path, torch.randn = self.path, self.noise
        return self

    def __exit__(self, *error):
        F.dropout, F.scaled_dot_product_attention, timm.layers.drop.drop_path, torch.randn = self.kept
        assert error[0] or next(self.places, None) is None, "a place was not asked"


def block(name, activation=ACTIVATION, path=0):
    """Where a block drops, in the order in which it computes."""
    branch = [(f"{name}.attention.out.dropout", HIDDEN)] + [(f"{name}.attention.out.path", path)] * (path > 0)
    return [(f"{name}.attention.dropout", ATTENTION)] + branch + \
        [(f"{name}.inner.dropout", activation)] * (activation > 0) + \
        [(f"{name}.outer.dropout", HIDDEN)] + [(f"{name}.outer.path", path)] * (path > 0)


def keep(name, module, inputs, places, run, ignored=()):
    """Draws the parameters, and keeps them, the inputs, the result and the gradients under `name`."""
    module.double().train()
    for key, p in module.named_parameters():
        is_norm = "norm" in key.lower()
        drawn = torch.randn(p.shape) * (0.1 if is_norm or key.endswith("bias") else 0.4)
        p.data = (drawn + 1 if is_norm and key.endswith("weight") else drawn).double()
    for part in module.modules():
        # A rule of PyTorch's learning, not of the network: this row would get no gradient.
        if isinstance(part, nn.Embedding):
            part.padding_idx = None
    with Masks(places):
        result = run(module)
    weights = torch.arange(1.0, result.shape[1] + 1, dtype=torch.float64)
    (result**2 * weights).sum().backward()
    for key, p in module.named_parameters():
        if any(part in key for part in ignored):
            continue
        file[f"{name}.{key}"] = p.detach().float()
        file[f"gradient.{name}.{key}"] = torch.zeros_like(p).float() if p.grad is None else p.grad.float()
    file[f"inputs.{name}"] = inputs.clone()
    file[f"result.{name}"] = result.detach().float()


def encoder(norm_first, activation, inner=INNER, norm=None):
    """PyTorch's own encoder, with a rate for each kind."""
    layer = nn.TransformerEncoderLayer(
        W, HEADS, inner, batch_first=True, norm_first=norm_first, activation=activation)
    made = nn.TransformerEncoder(layer, DEPTH, norm=norm, enable_nested_tensor=False)
    for layer in made.layers:
        layer.self_attn.dropout, layer.dropout.p = ATTENTION, ACTIVATION
        layer.dropout1.p = layer.dropout2.p = HIDDEN
    return made


def pad(texts, padding, length=None):
    length = length or max(map(len, texts))
    return torch.tensor([t + [padding] * (length - len(t)) for t in texts])


def mean(states, mask):
    return (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)


torch.manual_seed(21)
texts = [[2, 5, 11, 9, 7, 3], [2, 8, 3], [2, 3]]
blocks = [place for i in range(DEPTH) for place in block(f"blocks.{i}", activation=0)]
zero, one = pad(texts, 0), pad(texts, 1)
config = hf.BertConfig(
    vocab_size=VOCABULARY, hidden_size=W, intermediate_size=INNER, num_hidden_layers=DEPTH, num_attention_heads=HEADS,
    max_position_embeddings=9, type_vocab_size=2, pad_token_id=0, hidden_dropout_prob=HIDDEN,
    attention_probs_dropout_prob=ATTENTION, attn_implementation="eager")
keep("bert", hf.BertModel(config, add_pooling_layer=False), zero, [("dropout", HIDDEN)] + blocks,
     lambda m: mean(m(zero, (zero != 0).long()).last_hidden_state, (zero != 0).double()))

config = hf.M2M100Config(
    vocab_size=VOCABULARY, d_model=W, encoder_layers=DEPTH, encoder_attention_heads=HEADS, encoder_ffn_dim=INNER,
    decoder_layers=1, decoder_attention_heads=HEADS, decoder_ffn_dim=INNER, max_position_embeddings=9, pad_token_id=1,
    scale_embedding=True, activation_function="relu", dropout=HIDDEN, attention_dropout=ATTENTION,
    activation_dropout=ACTIVATION, encoder_layerdrop=0, attn_implementation="eager")
keep("nllb", hf.M2M100Model(config).get_encoder(), one,
     [("dropout", HIDDEN)] + [place for i in range(DEPTH) for place in block(f"blocks.{i}")],
     lambda m: m(one, attention_mask=(one != 1).long()).last_hidden_state[:, 0])


class Transformer(nn.Module):
    """A causal text tower that gives the last token: CLIP's, made of PyTorch's own layers."""

    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(VOCABULARY, W)
        self.positions = nn.Parameter(torch.zeros(7, W))
        self.encoder = encoder(True, "gelu", norm=nn.LayerNorm(W))

    def forward(self, ids, lengths):
        length = ids.shape[1]
        x = F.dropout(self.tokens(ids) + self.positions[:length], HIDDEN)
        later = torch.ones(length, length).triu(1).bool()
        x = self.encoder(x, mask=later)
        return x[range(len(ids)), [n - 1 for n in lengths]]


keep("transformer", Transformer(), zero,
     [("dropout", HIDDEN)] + [place for i in range(DEPTH) for place in block(f"blocks.{i}")],
     lambda m: m(zero, list(map(len, texts))))


class BriVL(nn.Module):
    """Its released code, re-stated; the filling is read by BERT, and not by the encoder on top."""

    def __init__(self):
        super().__init__()
        self.backbone = nn.ModuleDict({"bert": hf.BertModel(hf.BertConfig(
            vocab_size=VOCABULARY, hidden_size=W, intermediate_size=INNER, num_hidden_layers=DEPTH,
            num_attention_heads=HEADS, max_position_embeddings=9, type_vocab_size=2, pad_token_id=0,
            hidden_dropout_prob=HIDDEN, attention_probs_dropout_prob=ATTENTION, attn_implementation="eager"))})
        perceptron = nn.Module()
        perceptron.fc1, perceptron.fc2 = nn.Linear(W, 6), nn.Linear(6, 6)
        self.learnable = nn.ModuleDict({"textAtt": encoder(False, "relu", 20), "textFC": perceptron})

    def forward(self, ids, mask):
        x = F.normalize(self.backbone["bert"](ids).last_hidden_state, dim=-1)
        x = self.learnable["textAtt"](x, src_key_padding_mask=mask == 0)
        return self.learnable["textFC"].fc2(self.learnable["textFC"].fc1(mean(x, mask)).relu())


filled = pad(texts, 0, 8)
bert = [("bert." + name, rate) for name, rate in [("dropout", HIDDEN)] + blocks]
keep("brivl", BriVL(), filled, bert + [place for i in range(DEPTH) for place in block(f"blocks.{i}")],
     lambda m: m(filled, (filled != 0).double()), ignored=["pooler."])

# --- timm's vision transformer: stochastic depth and left-out patches as well -------------------------
vit = timm.models.vision_transformer.VisionTransformer(
    img_size=12, patch_size=4, embed_dim=W, depth=3, num_heads=HEADS, mlp_ratio=1.5, num_classes=0,
    pos_drop_rate=HIDDEN, proj_drop_rate=HIDDEN, attn_drop_rate=ATTENTION, drop_path_rate=PATH,
    patch_drop_rate=PATCHES)
vit.patch_drop.ordered = True
pixels = torch.randn(3, 3, 12, 12).half()
keep("vit", vit, pixels,
     [("dropout", HIDDEN), ("patch_dropout", PATCHES)]
     + [place for i in range(3) for place in block(f"blocks.{i}", HIDDEN, PATH * i / 2)],
     lambda m: m(pixels.double()))

# --- timm's EfficientNet, with the numbers of towers_image.py ------------------------------------------
net = _gen_efficientnet("tf_efficientnet_b0", channel_multiplier=0.05, depth_multiplier=0.3, bn_eps=1e-3,
                        pad_type="same", num_classes=2, drop_path_rate=PATH)
numbers = load_file(f"{out}/../towers_image/timm_efficientnet.safetensors")
net.load_state_dict({key: numbers[key] for key in net.state_dict()})
net.double().train()
pixels = torch.randn(4, 3, 37, 50).half()
depth, places = sum(map(len, net.blocks)), []
for stage, parts in enumerate(net.blocks):
    for index, part in enumerate(parts):
        rate = PATH * sum(map(len, net.blocks[:stage])) / depth + PATH * index / depth
        if part.has_skip and rate > 0:
            places.append((f"stages.{stage}.{index}.path", rate))
assert len(places) > 1
with Masks(places):
    file["result.efficientnet"] = net.forward_features(pixels.double()).mean((2, 3)).detach().float()
file["inputs.efficientnet"] = pixels

file["masks"] = token_mask("place", (2, 3, 5), HIDDEN).float()
save_file({k: v.contiguous() for k, v in file.items()}, f"{out}/dropout.safetensors")
