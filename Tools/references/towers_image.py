#!/usr/bin/env python3
"""towers_image.py OUT_DIR: tiny image towers with random numbers, as their authors' code computes them.

Needs: pip install torch transformers open_clip_torch timm safetensors. For each tower one file in the
layout in which such models are published, with `pixels`, the `result`, and `gradient.<key>` of some of
its tensors (of the sum of result² · (1, 2, 3 …)). What no package has (KELIP's positions in pictures of
another size; BriVL, whose authors' code needs Python 3.8 and its own weights) is re-stated here.
"""
import sys
from functools import partial
import open_clip.transformer
import timm
import torch
import torch.nn.functional as F
from open_clip.model import QuickGELU
from safetensors.torch import save_file
from timm.models.efficientnet import _gen_efficientnet
from torch import nn
from transformers import CLIPVisionConfig, CLIPVisionModel, SiglipVisionConfig, SiglipVisionModel
from transformers import ViTConfig, ViTModel

out = sys.argv[1]
generator = torch.Generator().manual_seed(11)


def shake(module):
    """Numbers large enough that each part of a tower matters."""
    for name, tensor in list(module.named_parameters()) + list(module.named_buffers()):
        if not tensor.is_floating_point():
            continue
        noise = torch.randn(tensor.shape, generator=generator)
        one_dimensional = tensor.dim() <= 1
        with torch.no_grad():
            if name.endswith("running_var"):
                tensor.copy_(1 + 0.5 * noise.abs())
            elif one_dimensional and name.endswith("weight"):
                tensor.copy_(1 + 0.1 * noise)
            elif one_dimensional:
                tensor.copy_(0.1 * noise)
            else:
                fan = tensor[0].numel() if tensor.dim() > 2 else tensor.shape[-1]
                tensor.copy_(noise * (1.5 / fan) ** 0.5)
    return module.eval()


def first_block(key):
    """Not those of the second block: what holds for one holds for the other."""
    return not any(part in key for part in (".layers.1.", ".layer.1.", ".resblocks.1.", "blocks.1."))


def as_published(key):
    """transformers 5 calls ViT's layers otherwise in memory than in the files that it reads and writes."""
    for ours, theirs in (
            ("layers.", "encoder.layer."), ("attention.o_proj", "attention.output.dense"),
            ("attention.q_proj", "attention.attention.query"), ("attention.k_proj", "attention.attention.key"),
            ("attention.v_proj", "attention.attention.value"), ("mlp.fc1", "intermediate.dense"),
            ("mlp.fc2", "output.dense")):
        key = key.replace(ours, theirs)
    return key


def keep(name, module, pixels, forward, inputs=None, gradients=first_block, rename=lambda key: key, **variants):
    """Writes the module's tensors, its result for `pixels`, and gradients."""
    result = forward(module, pixels)
    weights = torch.arange(1, result.shape[-1] + 1).float()
    module.zero_grad()
    (result * result * weights).sum().backward()
    tensors = {rename(key): value for key, value in module.state_dict().items()}
    for key, parameter in module.named_parameters():
        if gradients(key) and parameter.grad is not None:
            tensors["gradient." + rename(key)] = parameter.grad
    tensors |= {"pixels": pixels.half(), "result": result} | (inputs or {})
    for variant, run in variants.items():
        tensors["result." + variant] = run(module, pixels)
    save_file({k: v.detach().contiguous().clone() for k, v in tensors.items()}, f"{out}/{name}.safetensors")


def pixels(*shape):
    """Half of the bytes suffice for them, in the file as well."""
    return torch.randn(*shape, generator=generator).half().float()


# --- Hugging Face --------------------------------------------------------------------------------
clip = CLIPVisionModel(CLIPVisionConfig(
    hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2, image_size=12,
    patch_size=4, hidden_act="quick_gelu"))
keep("hf_clip", shake(clip), pixels(2, 3, 12, 12), lambda m, x: m(x).pooler_output)

vit = ViTModel(ViTConfig(
    hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2, image_size=12,
    patch_size=4, hidden_act="gelu", layer_norm_eps=1e-12))
keep("hf_vit", shake(vit), pixels(2, 3, 12, 12), lambda m, x: m(x).pooler_output, rename=as_published,
     unpooled=lambda m, x: m(x).last_hidden_state[:, 0])

siglip = SiglipVisionModel(SiglipVisionConfig(
    hidden_size=16, intermediate_size=20, num_hidden_layers=2, num_attention_heads=2, image_size=14,
    patch_size=4))
keep("hf_siglip", shake(siglip), pixels(2, 3, 14, 14), lambda m, x: m(x).pooler_output)

# --- open_clip's own ViT -------------------------------------------------------------------------
def open_clip_vit(**settings):
    return shake(open_clip.transformer.VisionTransformer(
        image_size=12, patch_size=4, width=16, layers=2, heads=2, mlp_ratio=1.5, output_dim=8, **settings))


keep("open_clip", open_clip_vit(), pixels(2, 3, 12, 12), lambda m, x: m(x))
keep("open_clip_avg", open_clip_vit(pool_type="avg", act_layer=QuickGELU), pixels(2, 3, 12, 12), lambda m, x: m(x))
keep("open_clip_avg_late", open_clip_vit(pool_type="avg", final_ln_after_pool=True, no_ln_pre=True),
     pixels(2, 3, 12, 12), lambda m, x: m(x))


# --- KELIP: CLIP's ViT, and its positions in a picture of another size ---------------------------
class KELIP(nn.Module):
    def __init__(self):
        super().__init__()
        self.visual = open_clip.transformer.VisionTransformer(
            image_size=28, patch_size=4, width=8, layers=1, heads=2, mlp_ratio=4.0, output_dim=8, act_layer=QuickGELU)

    def forward(self, x):
        v = self.visual
        patches = v.conv1(x).flatten(2).transpose(1, 2)
        rows, columns = x.shape[3] // 4, x.shape[2] // 4
        positions = v.positional_embedding
        if rows * columns != 49:
            grid = positions[1:].reshape(1, 7, 7, -1).permute(0, 3, 1, 2)
            grid = F.interpolate(grid, scale_factor=((rows + 0.1) / 7, (columns + 0.1) / 7), mode="bicubic")
            positions = torch.cat([positions[:1], grid.flatten(2).transpose(1, 2)[0]])
        x = torch.cat([v.class_embedding.expand(len(x), 1, -1), patches], 1) + positions
        return v.ln_post(v.transformer(v.ln_pre(x))[:, 0]) @ v.proj


large, small = pixels(2, 3, 28, 28), pixels(2, 3, 12, 12)
keep("kelip", shake(KELIP()), large, lambda m, x: m(x), inputs={"small": small},
     small=lambda m, x: m(small))

# --- timm ----------------------------------------------------------------------------------------
keep("timm_siglip", shake(timm.models.VisionTransformer(
    img_size=14, patch_size=4, embed_dim=16, depth=2, num_heads=2, mlp_ratio=1.3, class_token=False,
    global_pool="map", num_classes=0, norm_layer=partial(nn.LayerNorm, eps=1e-6))),
    pixels(2, 3, 14, 14), lambda m, x: m(x))


def efficient_net(factor, depth):
    return _gen_efficientnet("tf_efficientnet_b0", channel_multiplier=factor, depth_multiplier=depth,
                             bn_eps=1e-3, pad_type="same", num_classes=2)


net = shake(efficient_net(0.05, 0.3))
keep("timm_efficientnet", net, pixels(2, 3, 37, 50), lambda m, x: m.forward_features(x).mean((2, 3)),
     gradients=lambda key: "blocks.1.0" in key or "conv_stem" in key or "blocks.0.0.bn1" in key,
     features=lambda m, x: m.forward_features(x))


# --- BriVL ---------------------------------------------------------------------------------------
class Perceptron(nn.Module):
    def __init__(self, inputs, inner, outputs):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(inputs, inner), nn.Linear(inner, outputs)

    def forward(self, x):
        return self.fc2(F.relu(self.fc1(x)))


class BriVLImage(nn.Module):
    """The published module, from its description: names, order and the sampler's mismatch included."""

    def __init__(self, size, width, points=4, network=None, depth=2, inner=24, head=(20, 20)):
        super().__init__()
        self.size, self.points = size, points
        self.backbone = network or efficient_net(width / 1280, 0.3)
        layer = nn.TransformerEncoderLayer(width, 4, dim_feedforward=inner, dropout=0.0)
        self.learnable = nn.ModuleDict({
            "imgFC": Perceptron(width, *head), "imgAtt": nn.TransformerEncoder(layer, depth),
            "max_pool": nn.Sequential(nn.Conv2d(width, width, 1), nn.AvgPool2d(points, stride=1))})

    def forward(self, pixels, boxes, mask):
        features = self.backbone.forward_features(pixels)
        height, width = features.shape[2:]
        pooled = []
        for row, own in zip(features, boxes):
            x1, y1, x2, y2 = (own / (self.size / height)).T
            zero = torch.zeros_like(x1)
            theta = torch.stack([
                (x2 - x1) / (width - 1), zero, (x1 + x2 - width + 1) / (width - 1),
                zero, (y2 - y1) / (height - 1), (y1 + y2 - height + 1) / (height - 1)], 1).view(-1, 2, 3)
            grid = F.affine_grid(theta, [len(own), features.shape[1], self.points, self.points], align_corners=False)
            seen = F.grid_sample(row.expand(len(own), -1, -1, -1), grid, align_corners=False)
            pooled.append(self.learnable["max_pool"](seen)[:, :, 0, 0])
        x = F.normalize(torch.stack(pooled), dim=-1)
        x = self.learnable["imgAtt"](x.transpose(0, 1), src_key_padding_mask=mask == 0).transpose(0, 1)
        x = (x * mask[..., None]).sum(1) / mask.sum(1)[:, None]
        return self.learnable["imgFC"](x)


SIZE = 66
found = [[[3.5, 8.0, 40.25, 61.0], [0.0, 0.0, 20.0, 30.0], [35.0, 30.5, 66.0, 66.0]], [[10.0, 20.0, 60.0, 47.0]]]
grid = [[j * SIZE / 6, i * SIZE / 6, (j + 1) * SIZE / 6, (i + 1) * SIZE / 6] for i in range(6) for j in range(6)]


def filled(lists, length, size=SIZE):
    rows = [own + [[0.0, 0.0, float(size), float(size)]] for own in lists]
    mask = torch.tensor([[1.0] * len(r) + [0.0] * (length - len(r)) for r in rows])
    return torch.tensor([r + [[0.0] * 4] * (length - len(r)) for r in rows]), mask


keep("brivl", shake(BriVLImage(SIZE, 16)), pixels(2, 3, SIZE, SIZE), lambda m, x: m(x, *filled(found, 6)),
     inputs={"boxes": torch.tensor(found[0] + found[1])},
     gradients=lambda key: key.startswith("learnable") and first_block(key) or key == "backbone.conv_head.weight",
     grid=lambda m, x: m(x, *filled([grid, grid], 37)), whole=lambda m, x: m(x, *filled([[], []], 1)))
