#!/usr/bin/env python3
"""pretraining.py OUT_DIR: one step of masked autoencoding and one of multi-crop, from PyTorch.

Needs: pip install torch safetensors. Writes pretraining.safetensors, which the Swift tests read: a tiny
vision transformer under our parameter names, decoders for it, and for each variant the painted patches,
the loss and the gradients. Re-stated from the papers and, where KELIP's code says it, by its way of
selecting with Boolean masks; all in float64, written as float32.
"""
import math
import sys
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

out = sys.argv[1]
torch.manual_seed(31)
torch.set_default_dtype(torch.float64)
W, HEADS, DEPTH, PATCH, SIDE = 8, 2, 2, 4, 3   # the encoder; SIDE patches along each side
V, D, D_HEADS = 8, 12, 3                       # width of the shared space; MAE's decoder
P = {}


def param(name, *shape, std=0.4):
    # Numbers that float32 holds exactly, since that is what is written.
    P[name] = (torch.randn(*shape) * std).float().double().requires_grad_()


def norm_params(name, width):
    param(name + ".weight", width, std=0.1)
    with torch.no_grad():
        P[name + ".weight"] += 1
        P[name + ".weight"].copy_(P[name + ".weight"].float().double())
    param(name + ".bias", width, std=0.1)


def block_params(name, width):
    norm_params(name + ".attention_norm", width); norm_params(name + ".perceptron_norm", width)
    param(name + ".attention.qkv.weight", 3 * width, width); param(name + ".attention.qkv.bias", 3 * width, std=0.1)
    param(name + ".attention.out.weight", width, width); param(name + ".attention.out.bias", width, std=0.1)
    param(name + ".inner.weight", 4 * width, width); param(name + ".inner.bias", 4 * width, std=0.1)
    param(name + ".outer.weight", width, 4 * width); param(name + ".outer.bias", width, std=0.1)


def norm(name, x, epsilon=1e-5):
    return F.layer_norm(x, x.shape[-1:], P[name + ".weight"], P[name + ".bias"], epsilon)


def quick_gelu(x):
    return x * torch.sigmoid(1.702 * x)


def block(name, x, heads, activation, causal=False, epsilon=1e-5):
    n, length, width = x.shape
    y = F.linear(norm(name + ".attention_norm", x, epsilon), P[name + ".attention.qkv.weight"], P[name + ".attention.qkv.bias"])
    q, k, v = (part.reshape(n, length, heads, -1).transpose(1, 2) for part in y.split(width, -1))
    scores = q @ k.transpose(-1, -2) / math.sqrt(width / heads)
    if causal:
        scores = scores + torch.full((length, length), -math.inf).triu(1)
    y = (scores.softmax(-1) @ v).transpose(1, 2).reshape(n, length, width)
    x = x + F.linear(y, P[name + ".attention.out.weight"], P[name + ".attention.out.bias"])
    h = F.linear(norm(name + ".perceptron_norm", x, epsilon), P[name + ".inner.weight"], P[name + ".inner.bias"])
    return x + F.linear(activation(h), P[name + ".outer.weight"], P[name + ".outer.bias"])


param("image.patches.weight", W, 3, PATCH, PATCH, std=0.2)
param("image.class", W)
param("image.positions", 1 + SIDE * SIDE, W)
norm_params("image.pre_norm", W)
for i in range(DEPTH):
    block_params(f"image.blocks.{i}", W)
norm_params("image.norm", W)
param("image_projection.weight", V, W)
P["log_scale"], P["bias"] = torch.tensor(2.0), torch.tensor(-10.0)
for name, width in (("kelip", V), ("mae", D)):
    param(name + ".mask", width)
    if name == "kelip":
        param(name + ".positions", SIDE * SIDE, width)
    else:
        param(name + ".entrance.weight", width, W); param(name + ".entrance.bias", width)
    block_params(name + ".blocks.0", width)
    norm_params(name + ".norm", width)
    param(name + ".predictor.weight", 3 * PATCH * PATCH, width, std=0.2)
    param(name + ".predictor.bias", 3 * PATCH * PATCH, std=0.1)


def fixed_positions():
    """MAE's: the first half says the column, the second the row."""
    rows = []
    for y in range(SIDE):
        for x in range(SIDE):
            row = []
            for place in (x, y):
                omega = [1 / 10000 ** (k / (D / 4)) for k in range(D // 4)]
                row += [math.sin(place * o) for o in omega] + [math.cos(place * o) for o in omega]
            rows.append(row)
    return torch.tensor(rows)


P["mae.positions"] = fixed_positions()


def tokens(pixels):
    patches = F.conv2d(pixels, P["image.patches.weight"], stride=PATCH).flatten(2).transpose(1, 2)
    positions = P["image.positions"]
    side = pixels.shape[-1] // PATCH
    if side != SIDE:
        grid = positions[1:].reshape(1, SIDE, SIDE, W).permute(0, 3, 1, 2)
        grid = F.interpolate(grid, scale_factor=((side + 0.1) / SIDE,) * 2, mode="bicubic")
        positions = torch.cat([positions[:1], grid.flatten(2).transpose(1, 2)[0]])
    return torch.cat([P["image.class"].expand(len(pixels), 1, W), patches], 1) + positions


def autoencode(pixels, hidden, decoder, causal):
    n = len(pixels)
    x = tokens(pixels)[:, 1:][~hidden].reshape(n, -1, W)
    x = norm("image.pre_norm", x)
    for i in range(DEPTH):
        x = block(f"image.blocks.{i}", x, HEADS, quick_gelu)
    x = norm("image.norm", x)
    if decoder == "kelip":
        x = x @ P["image_projection.weight"].T
    else:
        x = x @ P["mae.entrance.weight"].T + P["mae.entrance.bias"]
    width = x.shape[-1]
    places = P[decoder + ".positions"].expand(n, -1, -1)
    whole = torch.zeros(n, SIDE * SIDE, width)
    whole[~hidden] = (x + places[~hidden].reshape(n, -1, width)).reshape(-1, width)
    whole[hidden] = P[decoder + ".mask"] + places[hidden]
    epsilon = 1e-5 if decoder == "kelip" else 1e-6
    whole = block(decoder + ".blocks.0", whole, HEADS if decoder == "kelip" else D_HEADS,
                  quick_gelu if decoder == "kelip" else F.gelu, causal, epsilon)
    painted = norm(decoder + ".norm", whole, epsilon) @ P[decoder + ".predictor.weight"].T + P[decoder + ".predictor.bias"]
    return torch.tanh(painted) if decoder == "kelip" else painted


def patches(pixels):
    """[n, patches, 3, side, side]"""
    n = len(pixels)
    return pixels.reshape(n, 3, SIDE, PATCH, SIDE, PATCH).permute(0, 2, 4, 1, 3, 5).reshape(n, SIDE * SIDE, 3, PATCH, PATCH)


def halves(*shape):
    return torch.randn(*shape).half().double()


pixels, small = halves(2, 3, 12, 12), halves(2, 3, 8, 8)
hidden = torch.tensor([[1, 1, 0, 1, 1, 1, 0, 1, 1], [0, 1, 1, 1, 1, 1, 1, 1, 0]]).bool()
mean, deviation = torch.tensor([0.5, 0.25, 0.375]), torch.tensor([0.25, 0.125, 0.5])
results = dict(pixels=pixels, small=small, hidden=hidden)


def keep(name, loss, prefixes):
    wanted = {k: p for k, p in P.items() if p.requires_grad and k.startswith(prefixes)}
    gradients = torch.autograd.grad(loss, list(wanted.values()), allow_unused=True)
    results["loss." + name] = loss
    for key, gradient in zip(wanted, gradients):
        if gradient is not None and gradient.abs().max() > 0:   # the class token learns nothing
            results[f"gradient.{name}.{key}"] = gradient


unit = (pixels * deviation[:, None, None] + mean[:, None, None]) * 2 - 1
for name, causal in (("kelip", False), ("causal", True)):
    painted = autoencode(pixels, hidden, "kelip", causal)
    if not causal:
        results["painted." + name] = painted
    errors = (painted - patches(unit).flatten(2)) ** 2
    keep(name, errors[hidden].mean(), ("image", "kelip."))
target = patches(pixels).permute(0, 1, 3, 4, 2).flatten(2)
target = (target - target.mean(-1, keepdim=True)) / (target.var(-1, keepdim=True) + 1e-6).sqrt()
painted = autoencode(pixels, hidden, "mae", False)
results["painted.mae"] = painted
keep("mae", ((painted - target) ** 2)[hidden].mean(), ("image", "mae."))

# --- multi-crop: the same captions for a picture and a smaller crop of it -------------------------
texts = F.normalize(halves(2, V), dim=-1)
results["texts"] = texts


def embed(x):
    x = norm("image.pre_norm", tokens(x))
    for i in range(DEPTH):
        x = block(f"image.blocks.{i}", x, HEADS, quick_gelu)
    return F.normalize(norm("image.norm", x[:, 0]) @ P["image_projection.weight"].T, dim=-1)


def contrast(x):
    logits = 7 * embed(x) @ texts.T
    right = torch.arange(2)
    return (F.cross_entropy(logits, right) + F.cross_entropy(logits.T, right)) / 2


keep("crops", 0.75 * contrast(pixels) + 0.25 * contrast(small), ("image",))

# Small files: what holds for the encoder's blocks behind one decoder holds behind the others.
for key in [k for k in results if k.startswith((
        "gradient.causal.image.blocks", "gradient.mae.image.blocks", "gradient.crops.image.blocks.1"))]:
    del results[key]
results |= {k: v for k, v in P.items() if k != "mae.positions"}
results["expected.positions"] = P["mae.positions"]


def stored(x):
    x = x.detach().contiguous()
    return x if x.dtype == torch.bool else x.float()


save_file({k: stored(v) for k, v in results.items()}, out + "/pretraining.safetensors")
