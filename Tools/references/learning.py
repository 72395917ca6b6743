#!/usr/bin/env python3
"""learning.py OUT_DIR: reference numbers for losses, towers and the optimizer, from PyTorch.

Needs: pip install torch safetensors numpy. Writes small safetensors files that the Swift tests read:
losses.safetensors, towers.safetensors, optimizer.safetensors. Everything here is re-stated from the
papers, independently of the Swift code; gradients are PyTorch's own, in float64 where it says so.
"""
import math, sys
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

out = sys.argv[1]
torch.manual_seed(7)


def unit(*shape):
    return F.normalize(torch.randn(*shape, dtype=torch.float64), dim=-1)


# --- losses: 6 pictures, 9 captions, several of one concept -------------------------------------
images, texts = unit(6, 5).requires_grad_(), unit(9, 5).requires_grad_()
image_groups = torch.tensor([0, 1, 2, 0, 3, 4])
text_groups = torch.tensor([0, 0, 1, 2, 2, 2, 3, 4, 1])
positives = (image_groups[:, None] == text_groups[None]).double()
scale = torch.tensor(12.5, dtype=torch.float64, requires_grad=True)
bias = torch.tensor(-3.0, dtype=torch.float64, requires_grad=True)


def multi_positive(a, b, p):
    """-1/n sum_i 1/|P(i)| sum_{j in P(i)} log softmax_j, written out."""
    total = 0
    for i in range(a.shape[0]):
        row = scale * (b @ a[i])
        log_z = torch.logsumexp(row, 0)
        right = [j for j in range(b.shape[0]) if p[i, j] == 1]
        total = total + sum(log_z - row[j] for j in right) / len(right)
    return total / a.shape[0]


def pairwise_sigmoid():
    total = 0
    for i in range(6):
        for j in range(9):
            s = scale * (images[i] @ texts[j]) + bias
            total = total + torch.log1p(torch.exp(-s if positives[i, j] == 1 else s))
    return total / 6


tensors = dict(images=images, texts=texts, positives=positives, scale=scale, bias=bias)
for name, loss in (
    ("contrastive", 0.5 * (multi_positive(images, texts, positives) + multi_positive(texts, images, positives.T))),
    ("sigmoid", pairwise_sigmoid()),
):
    wanted = [images, texts, scale] + ([bias] if name == "sigmoid" else [])
    grads = torch.autograd.grad(loss, wanted)
    tensors[name] = loss
    for key, g in zip(("images", "texts", "scale", "bias"), grads):
        tensors[f"{name}.{key}"] = g
save_file({k: v.detach().contiguous() for k, v in tensors.items()}, out + "/losses.safetensors")

# --- towers: our parameter names, PyTorch's own modules -----------------------------------------
W, HEADS, DEPTH = 16, 2, 2
P = {}


def param(name, *shape, std=0.3):
    P[name] = (torch.randn(*shape) * std).requires_grad_()
    return P[name]


def norm_params(name):
    P[name + ".weight"] = (1 + 0.1 * torch.randn(W)).requires_grad_()
    P[name + ".bias"] = (0.1 * torch.randn(W)).requires_grad_()


def block_params(name):
    norm_params(name + ".attention_norm"); norm_params(name + ".perceptron_norm")
    param(name + ".attention.qkv.weight", 3 * W, W); param(name + ".attention.qkv.bias", 3 * W)
    param(name + ".attention.out.weight", W, W); param(name + ".attention.out.bias", W)
    param(name + ".inner.weight", 4 * W, W); param(name + ".inner.bias", 4 * W)
    param(name + ".outer.weight", W, 4 * W); param(name + ".outer.bias", W)


def norm(name, x):
    return F.layer_norm(x, (W,), P[name + ".weight"], P[name + ".bias"], 1e-5)


def block(name, x, padding=None, causal=False):
    y = norm(name + ".attention_norm", x).transpose(0, 1)
    n = x.shape[1]
    mask = torch.triu(torch.full((n, n), -math.inf), 1) if causal else None
    y, _ = F.multi_head_attention_forward(
        y, y, y, W, HEADS, P[name + ".attention.qkv.weight"], P[name + ".attention.qkv.bias"], None, None,
        False, 0.0, P[name + ".attention.out.weight"], P[name + ".attention.out.bias"], training=False,
        key_padding_mask=padding, need_weights=False, attn_mask=mask)
    x = x + y.transpose(0, 1)
    h = F.linear(norm(name + ".perceptron_norm", x), P[name + ".inner.weight"], P[name + ".inner.bias"])
    return x + F.linear(F.gelu(h), P[name + ".outer.weight"], P[name + ".outer.bias"])


def vit(pre, x, patch, pooling):
    x = F.conv2d(x, P[pre + "patches.weight"], stride=patch).flatten(2).transpose(1, 2)
    if pooling == "class":
        x = torch.cat([P[pre + "class"].expand(x.shape[0], 1, W), x], 1)
    x = x + P[pre + "positions"]
    for i in range(DEPTH):
        x = block(f"{pre}blocks.{i}", x)
    return norm(pre + "norm", x[:, 0] if pooling == "class" else x.mean(1))


def text(pre, ids, lengths, pooling):
    x = F.embedding(ids, P[pre + "tokens.weight"]) + P[pre + "positions"][: ids.shape[1]]
    padding = torch.arange(ids.shape[1])[None] >= lengths[:, None]
    for i in range(DEPTH):
        x = block(f"{pre}blocks.{i}", x, None if pooling == "last" else padding, pooling == "last")
    if pooling == "last":
        x = x[torch.arange(len(ids)), lengths - 1]
    else:
        keep = (~padding)[..., None].float()
        x = (x * keep).sum(1) / keep.sum(1)
    return norm(pre + "norm", x)


pixels = torch.randn(3, 3, 8, 8)
ids = torch.tensor([[5, 1, 9, 2], [3, 4, 0, 0], [7, 0, 0, 0]])
lengths = torch.tensor([4, 2, 1])
results = dict(pixels=pixels, ids=ids, lengths=lengths)
for pooling in ("class", "mean"):
    pre = f"vit_{pooling}."
    param(pre + "patches.weight", W, 3, 4, 4)
    if pooling == "class":
        param(pre + "class", W)
    param(pre + "positions", 4 + (pooling == "class"), W)
    for i in range(DEPTH):
        block_params(f"{pre}blocks.{i}")
    norm_params(pre + "norm")
    results["result." + pre[:-1]] = vit(pre, pixels, 4, pooling)
for pooling in ("mean", "last"):
    pre = f"text_{pooling}."
    param(pre + "tokens.weight", 11, W); param(pre + "positions", 6, W)
    for i in range(DEPTH):
        block_params(f"{pre}blocks.{i}")
    norm_params(pre + "norm")
    results["result." + pre[:-1]] = text(pre, ids, lengths, pooling)
# A bag of tokens: mean of the tokens' vectors, norm, residual perceptrons.
pre = "bag."
param(pre + "tokens.weight", 11, W)
norm_params(pre + "norm")
x = torch.stack([F.embedding(ids[i, : lengths[i]], P[pre + "tokens.weight"]).mean(0) for i in range(3)])
x = norm(pre + "norm", x)
for i in range(2):
    q = f"{pre}perceptrons.{i}."
    norm_params(q + "norm")
    param(q + "inner.weight", 4 * W, W); param(q + "inner.bias", 4 * W)
    param(q + "outer.weight", W, 4 * W); param(q + "outer.bias", W)
    h = F.gelu(F.linear(norm(q + "norm", x), P[q + "inner.weight"], P[q + "inner.bias"]))
    x = x + F.linear(h, P[q + "outer.weight"], P[q + "outer.bias"])
results["result.bag"] = x

# A residual network of two stages, in its learning form (statistics of the batch) and, with the
# running statistics that one such step leaves behind, in the form in which it is used.
RUNNING = {}


def normed(name, x, out, size, stride, training):
    c = name + "convolution.weight"
    if c not in P:
        param(c, out, x.shape[1], size, size)
        P[name + "norm.weight"] = (1 + 0.1 * torch.randn(out)).requires_grad_()
        P[name + "norm.bias"] = (0.1 * torch.randn(out)).requires_grad_()
        RUNNING[name + "norm.running_mean"], RUNNING[name + "norm.running_var"] = torch.zeros(out), torch.ones(out)
    x = F.conv2d(x, P[c], stride=stride, padding=size // 2)
    return F.batch_norm(x, RUNNING[name + "norm.running_mean"], RUNNING[name + "norm.running_var"],
                        P[name + "norm.weight"], P[name + "norm.bias"], training, 0.1, 1e-5)


def resnet(x, training):
    x = F.relu(normed("resnet.stem.", x, 6, 3, 2, training))
    for stage, (width, blocks) in enumerate([(8, 1), (W, 2)]):
        for i in range(blocks):
            pre = f"resnet.stages.{stage}.{i}."
            stride, direct = (2 if i == 0 else 1), x
            # Our order of making: first, second, shortcut.
            h = F.relu(normed(pre + "first.", x, width, 3, stride, training))
            h = normed(pre + "second.", h, width, 3, 1, training)
            if i == 0:
                direct = normed(pre + "shortcut.", F.avg_pool2d(x, 2), width, 1, 1, training)
            x = F.relu(direct + h)
    return x.mean((2, 3))


photos = torch.randn(4, 3, 16, 16)
results["photos"] = photos
results["result.resnet"] = resnet(photos, True)
results["use.resnet"] = resnet(photos, False)
results.update({k + ".after": v.clone() for k, v in RUNNING.items()})
# What the Swift network begins with.
P.update({k: (torch.zeros_like(v) if "mean" in k else torch.ones_like(v)) for k, v in RUNNING.items()})

# The gradient of the sum of squares of each result, for every parameter.
for key in [k for k in results if k.startswith("result.")]:
    mine = {n: p for n, p in P.items() if n.startswith(key[7:] + ".") and p.requires_grad}
    for name, g in zip(mine, torch.autograd.grad((results[key] ** 2 * torch.arange(1.0, W + 1)).sum(), mine.values())):
        results["gradient." + name] = g
save_file({k: v.detach().contiguous() for k, v in {**P, **results}.items()}, out + "/towers.safetensors")

# --- AdamW with clipping: five steps on a quadratic ----------------------------------------------
start, target = torch.randn(4, 3), torch.randn(4, 3)
p = start.clone().requires_grad_()
opt = torch.optim.AdamW([p], lr=0.05, betas=(0.9, 0.98), eps=1e-6, weight_decay=0.1)
states, norms = [], []
for _ in range(5):
    opt.zero_grad()
    ((p - target) ** 2).sum().backward()
    norms.append(torch.nn.utils.clip_grad_norm_([p], 1.0))
    opt.step()
    states.append(p.detach().clone())
save_file(dict(start=start, target=target, states=torch.stack(states), norms=torch.stack(norms)), out + "/optimizer.safetensors")
