#!/usr/bin/env python3
"""towers_text.py OUT_DIR: tiny text towers of the reference implementations, with what they compute.

Needs: pip install torch transformers open_clip_torch safetensors. Writes one safetensors file a
family: for each case the state dict under the reference's own names, the ids of three texts of
different length, their vectors and the gradient of a weighted sum of the vectors' squares.
Computed in float64 from parameters that are rounded to float32.
"""
import sys

import torch
import torch.nn.functional as F
from open_clip.hf_model import HFTextEncoder
from open_clip.transformer import QuickGELU, TextTransformer
from safetensors.torch import save_file
from torch import nn
import transformers as hf

out = sys.argv[1]
W, DEPTH, HEADS, INNER, VOCABULARY = 8, 2, 2, 12, 14
file = {}


def keep(name, module, ids, run, ignored=()):
    """Draws the parameters, and keeps them, the ids, the vectors and the gradients under `name`."""
    module.eval()
    for key, p in module.named_parameters():
        is_norm = "norm" in key.lower() or ".ln_" in key or key.startswith("ln_")
        drawn = torch.randn(p.shape) * (0.1 if is_norm or key.endswith("bias") else 0.4)
        p.data = (drawn + 1 if is_norm and key.endswith("weight") else drawn).double()
    for part in module.modules():
        # A rule of PyTorch's learning, not of the network: this row would get no gradient.
        if isinstance(part, nn.Embedding):
            part.padding_idx = None
    module.double()
    result = run(module)
    weights = torch.arange(1.0, result.shape[1] + 1, dtype=torch.float64)
    (result**2 * weights).sum().backward()
    for key, p in module.named_parameters():
        if any(part in key for part in ignored):
            continue
        file[f"{name}.{key}"] = p.detach().float()
        file[f"gradient.{name}.{key}"] = torch.zeros_like(p).float() if p.grad is None else p.grad.float()
    file[f"ids.{name}"] = ids.clone()
    file[f"result.{name}"] = result.detach().float()


def write(family):
    save_file({k: v.contiguous() for k, v in file.items()}, f"{out}/{family}.safetensors")
    file.clear()


def pad(texts, padding, length=None):
    length = length or max(map(len, texts))
    return torch.tensor([t + [padding] * (length - len(t)) for t in texts])


# --- CLIP and its like: [start] … [end], the end token with the greatest id ----------------------
torch.manual_seed(11)
texts = [[12, 5, 1, 9, 2, 13], [12, 3, 13], [12, 13]]
sizes = dict(vocab_size=VOCABULARY, hidden_size=W, intermediate_size=INNER, num_hidden_layers=DEPTH,
             num_attention_heads=HEADS)
for name, activation in (("clip", "quick_gelu"), ("clip_gelu", "gelu")):
    model = hf.CLIPTextModel(hf.CLIPTextConfig(
        **sizes, max_position_embeddings=7, hidden_act=activation, pad_token_id=0, bos_token_id=12, eos_token_id=13))
    ids = pad(texts, 13, 7)
    keep(name, model, ids, lambda m: m(ids, attention_mask=(pad(texts, -1, 7) >= 0).long()).pooler_output)
# KELIP and OpenAI's own files: filled up with 0 and no mask.
model = TextTransformer(7, VOCABULARY, W, HEADS, DEPTH, mlp_ratio=INNER / W, output_dim=None, act_layer=QuickGELU)
ids = pad(texts, 0, 7)
keep("kelip", model, ids, lambda m: m(ids))
# SigLIP: everything attends to everything, padding included.
model = hf.SiglipTextModel(hf.SiglipTextConfig(
    **sizes, max_position_embeddings=7, hidden_act="gelu_pytorch_tanh", layer_norm_eps=1e-6, pad_token_id=1,
    projection_size=W))
ids = pad(texts, 1, 7)
keep("siglip", model, ids, lambda m: m(ids).last_hidden_state[:, -1], ignored=["head."])
model = TextTransformer(
    7, VOCABULARY, W, HEADS, DEPTH, mlp_ratio=INNER / W, output_dim=None, no_causal_mask=True, pool_type="last",
    act_layer=lambda: nn.GELU(approximate="tanh"), norm_layer=lambda w: nn.LayerNorm(w, eps=1e-6))
ids2 = pad(texts, 0, 7)
keep("siglip2", model, ids2, lambda m: m(ids2))
write("clip")

# --- BERT and its like ----------------------------------------------------------------------------
torch.manual_seed(12)
texts = [[2, 5, 11, 9, 7, 3], [2, 8, 3], [2, 3]]


def mask(padding, texts=texts):
    return (pad(texts, padding) != padding).long()


ids = pad(texts, 0)
config = hf.BertConfig(**sizes, max_position_embeddings=9, type_vocab_size=2, pad_token_id=0)
keep("bert_mean", hf.BertModel(config, add_pooling_layer=False), ids, lambda m: (
    m(ids, mask(0)).last_hidden_state * mask(0)[..., None]).sum(1) / mask(0).sum(1, keepdim=True))
keep("bert_first", hf.BertModel(config, add_pooling_layer=False), ids,
     lambda m: m(ids, mask(0)).last_hidden_state[:, 0])
keep("bert_pooler", hf.BertModel(config), ids, lambda m: m(ids, mask(0)).pooler_output)
distil = hf.DistilBertConfig(
    vocab_size=VOCABULARY, dim=W, hidden_dim=INNER, n_layers=DEPTH, n_heads=HEADS, max_position_embeddings=9)
keep("distilbert", hf.DistilBertModel(distil), ids, lambda m: m(ids, mask(0)).last_hidden_state[:, 0])
write("bert")
one = pad(texts, 1)
roberta = hf.RobertaConfig(**sizes, max_position_embeddings=9, type_vocab_size=1, pad_token_id=1, layer_norm_eps=1e-5)
keep("roberta", hf.RobertaModel(roberta), one, lambda m: m(one, mask(1)).pooler_output)
# KoCLIP as it was trained: the positions are given, from 0, padding numbered too.
keep("koclip", hf.RobertaModel(roberta), one, lambda m: m(
    one, mask(1), position_ids=torch.arange(one.shape[1]).expand(one.shape)).pooler_output)
# open_clip's XLM-R towers: a perceptron of half the sum of both widths behind the mean.
xlmr = hf.XLMRobertaConfig(
    **sizes, max_position_embeddings=9, type_vocab_size=1, pad_token_id=1, layer_norm_eps=1e-5)
keep("xlmr", HFTextEncoder("", 4, config=xlmr, pooler_type="mean_pooler", proj_type="mlp"), one, lambda m: m(one),
     ignored=["pooler."])
write("roberta")

# --- NLLB: the language's code first ---------------------------------------------------------------
torch.manual_seed(13)
config = hf.M2M100Config(
    vocab_size=VOCABULARY, d_model=W, encoder_layers=DEPTH, encoder_attention_heads=HEADS, encoder_ffn_dim=INNER,
    decoder_layers=1, decoder_attention_heads=HEADS, decoder_ffn_dim=INNER, max_position_embeddings=9, pad_token_id=1,
    scale_embedding=True, activation_function="relu")


class Custom(nn.Module):
    """The text side of the published modeling_nllb_clip.py."""

    def __init__(self):
        super().__init__()
        self.encoder = hf.M2M100Model(config).get_encoder()
        self.final_layer_norm = nn.LayerNorm(W, eps=1e-5)

    def forward(self, ids, mask):
        return self.final_layer_norm(self.encoder(ids, attention_mask=mask).last_hidden_state)[:, 0]


keep("nllb", hf.M2M100Model(config).get_encoder(), one, lambda m: m(one, attention_mask=mask(1)).last_hidden_state[:, 0])
keep("custom", Custom(), one, lambda m: m(one, mask(1)))
# Rows of the published table of positions, far ones too.
from transformers.models.m2m_100.modeling_m2m_100 import M2M100SinusoidalPositionalEmbedding as Sinusoids

file["sinusoids"] = Sinusoids(1024, 1024, 1).weights[[2, 3, 78, 1025]]
write("nllb")

# --- BriVL, re-stated from its released code ---------------------------------------------------------
torch.manual_seed(14)


class BriVL(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.ModuleDict({"bert": hf.BertModel(hf.BertConfig(
            **sizes, max_position_embeddings=9, type_vocab_size=2, pad_token_id=0))})
        layer = nn.TransformerEncoderLayer(W, HEADS, dim_feedforward=20)
        perceptron = nn.Module()
        perceptron.fc1, perceptron.fc2 = nn.Linear(W, 6), nn.Linear(6, 6)
        self.learnable = nn.ModuleDict({"textAtt": nn.TransformerEncoder(layer, 2), "textFC": perceptron})

    def forward(self, ids, mask):
        x = F.normalize(self.backbone["bert"](ids).last_hidden_state, dim=-1).transpose(0, 1)
        x = self.learnable["textAtt"](x, src_key_padding_mask=mask == 0).transpose(0, 1)
        x = (x * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return self.learnable["textFC"].fc2(self.learnable["textFC"].fc1(x).relu())


filled = pad(texts, 0, 8)
keep("brivl", BriVL(), filled, lambda m: m(filled, (filled != 0).double()), ignored=["pooler."])
write("brivl")
