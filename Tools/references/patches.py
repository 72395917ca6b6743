#!/usr/bin/env python3
"""patches.py FIXTURES_DIR: where in a picture a text is to be seen, as other code than ours works it out.

Needs: pip install torch transformers safetensors tokenizers pillow numpy. Reads the tiny models of
FIXTURES_DIR/families_image and FIXTURES_DIR/towers_image, and writes to FIXTURES_DIR/patches:

  turned.png            a picture that its EXIF turns
  tiles.json            KoCLIP's tiles of pictures, as sums of their pixels; their order and probabilities
  expected.safetensors  vectors of each patch from one pass
"""
import json, os, sys
import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageOps
from safetensors.torch import load_file, save_file
from transformers import CLIPModel, CLIPVisionConfig, CLIPVisionModel, PreTrainedTokenizerFast
from transformers import SiglipModel, SiglipVisionConfig, SiglipVisionModel
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

fixtures = sys.argv[1]
out = fixtures + "/patches"
os.makedirs(out, exist_ok=True)

# --- KoCLIP's text-to-patch ----------------------------------------------------------------------
# A picture as stored, 14 wide and 9 high, to be seen 9 wide and 14 high.
x, y = np.meshgrid(np.arange(14), np.arange(9))
stored = Image.fromarray(np.stack([x * 17, y * 28, (x * y * 5) % 256], -1).astype(np.uint8))
exif = stored.getexif()
exif[274] = 6
stored.save(out + "/turned.png", exif=exif)


def split(pixels, rows, columns):
    """From the description: whole-number sides, rows first, what is left over dropped."""
    height, width, _ = pixels.shape
    high, wide = height // rows, width // columns
    return [(left, top, pixels[top:top + high, left:left + wide])
            for top in range(0, rows * high, high) for left in range(0, columns * wide, wide)]


cases = []
for name in ("patches/turned.png", "families_image/picture.png"):
    upright = np.asarray(ImageOps.exif_transpose(Image.open(f"{fixtures}/{name}")).convert("RGB"))
    for rows, columns in ((1, 1), (3, 3), (2, 5), (4, 2), (14, 9), (7, 1)):
        if rows <= upright.shape[0] and columns <= upright.shape[1]:
            cases.append({"picture": name, "rows": rows, "columns": columns, "tiles": [
                {"x": x, "y": y, "width": t.shape[1], "height": t.shape[0], "sums": t.sum((0, 1)).tolist()}
                for x, y, t in split(upright, rows, columns)]})

# Each tile through the model's own processor as a picture of its own, then softmax over the tiles.
folder = fixtures + "/families_image/clip"
clip = CLIPModel.from_pretrained(folder).float().eval()
processor = CLIPImageProcessorPil.from_pretrained(folder)
tokenizer = PreTrainedTokenizerFast(tokenizer_file=folder + "/tokenizer.json")
ranked = []
upright = np.asarray(Image.open(fixtures + "/families_image/picture.png").convert("RGB"))
for text, rows, columns in (("the cat", 3, 3), ("red", 2, 4), ("apple", 5, 7)):
    tiles = split(upright, rows, columns)
    pixels = processor([Image.fromarray(t) for _, _, t in tiles], return_tensors="pt")["pixel_values"]
    ids = torch.tensor([tokenizer(text).input_ids])
    with torch.no_grad():
        made = clip(input_ids=ids, pixel_values=pixels)
    logits = made.logits_per_image[:, 0]
    ranked.append({
        "text": text, "rows": rows, "columns": columns, "order": logits.argsort(descending=True).tolist(),
        "cosines": (logits / clip.logit_scale.exp()).tolist(), "probabilities": logits.softmax(0).tolist()})
with open(out + "/tiles.json", "w") as file:
    json.dump({"tilings": cases, "ranked": ranked}, file)

# --- patches from one pass -------------------------------------------------------------------------
expected = {}


def first(made):
    return made[0] if isinstance(made, tuple) else made


def keep(name, vectors, normalizes=True):
    expected[name] = (F.normalize(vectors, dim=-1) if normalizes else vectors).detach().contiguous()


def seen(folder):
    """The pixels of picture.png as this model's processor gives them."""
    pixels = load_file(folder + "/expected.safetensors")["pixels"]
    return pixels.reshape(1, 3, *[int((pixels.numel() // 3) ** 0.5)] * 2)


def published(module, name):
    """A module of transformers with the numbers of a tower, and the tower's pixels."""
    tensors = load_file(f"{fixtures}/towers_image/{name}.safetensors")
    module.load_state_dict({k: v.float() for k, v in tensors.items() if k in module.state_dict()})
    return module.eval(), tensors["pixels"].float()


def clip_patches(tower, pixels):
    """The class token's last block without attention between tokens: maps of value and output alone."""
    x = tower.pre_layrnorm(tower.embeddings(pixels))
    for layer in tower.encoder.layers[:-1]:
        x = first(layer(x, attention_mask=None))
    last = tower.encoder.layers[-1]
    x = x + last.self_attn.out_proj(last.self_attn.v_proj(last.layer_norm1(x)))
    x = x + last.mlp(last.layer_norm2(x))
    return tower.post_layernorm(x)[:, 1:]


def siglip_patches(tower, pixels):
    """SigLIP's pooling, reading each patch alone: the same."""
    x = tower.embeddings(pixels)
    for layer in tower.encoder.layers:
        x = first(layer(x, attention_mask=None))
    x = tower.post_layernorm(x)
    (width, attention) = (x.shape[-1], tower.head.attention)
    value = F.linear(x, attention.in_proj_weight[2 * width:], attention.in_proj_bias[2 * width:])
    x = attention.out_proj(value)
    return x + tower.head.mlp(tower.head.layernorm(x))


keep("clip", clip.visual_projection(clip_patches(clip.vision_model, seen(folder)))[0])
folder = fixtures + "/families_image/siglip"
siglip = SiglipModel.from_pretrained(folder).float().eval()
keep("siglip", siglip_patches(siglip.vision_model, seen(folder))[0])

clip_settings = CLIPVisionConfig(
    hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2, image_size=12, patch_size=4,
    hidden_act="quick_gelu")
keep("hf_clip", clip_patches(*published(CLIPVisionModel(clip_settings), "hf_clip")), normalizes=False)
siglip_settings = SiglipVisionConfig(
    hidden_size=16, intermediate_size=20, num_hidden_layers=2, num_attention_heads=2, image_size=14, patch_size=4)
keep("hf_siglip", siglip_patches(*published(SiglipVisionModel(siglip_settings), "hf_siglip")), normalizes=False)


# Towers in open_clip's and Hugging Face's names, by hand. Patches of 4 pixels, 2 heads.
def tower_of(name):
    tensors = {key: value.float() for key, value in load_file(f"{fixtures}/towers_image/{name}.safetensors").items()}

    def linear(x, key):
        return F.linear(x, tensors[key + ".weight"], tensors.get(key + ".bias"))

    def norm(x, key, epsilon=1e-5):
        return F.layer_norm(x, x.shape[-1:], tensors[key + ".weight"], tensors[key + ".bias"], epsilon)

    return tensors, linear, norm


def attend(q, k, v, heads=2):
    def split(t):
        return t.reshape(*t.shape[:2], heads, -1).transpose(1, 2)
    q, k, v = split(q), split(k), split(v)
    weights = (q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5).softmax(-1)
    return (weights @ v).transpose(1, 2).flatten(2)


def open_clip_mean(name, is_late):
    t, linear, norm = tower_of(name)
    x = F.conv2d(t["pixels"], t["conv1.weight"], stride=4).flatten(2).transpose(1, 2)
    x = torch.cat([t["class_embedding"].expand(len(x), 1, -1), x], 1) + t["positional_embedding"]
    if not is_late:
        x = norm(x, "ln_pre")
    for block in ("transformer.resblocks.0.", "transformer.resblocks.1."):
        h = norm(x, block + "ln_1")
        qkv = F.linear(h, t[block + "attn.in_proj_weight"], t[block + "attn.in_proj_bias"])
        x = x + linear(attend(*qkv.chunk(3, -1)), block + "attn.out_proj")
        h = linear(norm(x, block + "ln_2"), block + "mlp.c_fc")
        x = x + linear(F.gelu(h) if is_late else h * torch.sigmoid(1.702 * h), block + "mlp.c_proj")
    keep(name, norm(x[:, 1:], "ln_post") @ t["proj"], normalizes=False)


open_clip_mean("open_clip_avg", False)
open_clip_mean("open_clip_avg_late", True)

t, linear, norm = tower_of("hf_vit")
x = F.conv2d(t["pixels"], t["embeddings.patch_embeddings.projection.weight"],
             t["embeddings.patch_embeddings.projection.bias"], stride=4).flatten(2).transpose(1, 2)
x = torch.cat([t["embeddings.cls_token"].expand(len(x), 1, -1), x], 1) + t["embeddings.position_embeddings"]
for index in range(2):
    block = f"encoder.layer.{index}."
    h = norm(x, block + "layernorm_before", 1e-12)
    q, k, v = (linear(h, block + "attention.attention." + part) for part in ("query", "key", "value"))
    x = x + linear(v if index == 1 else attend(q, k, v), block + "attention.output.dense")
    h = linear(norm(x, block + "layernorm_after", 1e-12), block + "intermediate.dense")
    x = x + linear(F.gelu(h), block + "output.dense")
keep("hf_vit", linear(norm(x[:, 1:], "layernorm", 1e-12), "pooler.dense").tanh(), normalizes=False)

save_file(expected, out + "/expected.safetensors")
