#!/usr/bin/env python3
"""losses.py OUT_DIR: reference numbers for the losses of the published recipes, in float64.

Needs: pip install torch safetensors. Writes losses_of_recipes.safetensors, which the Swift tests read.
Every loss is re-stated from its equation, pair by pair, independently of the Swift code and, where
there is one, of the authors' vectorized form; gradients are PyTorch's and are checked here against
finite differences too.
"""
import sys
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

out = sys.argv[1]
torch.manual_seed(23)
torch.set_default_dtype(torch.float64)
tensors = {}


def leaf(name, *shape, unit=True):
    x = torch.randn(*shape)
    x = F.normalize(x, dim=-1) if unit else x
    tensors[name] = x.requires_grad_()
    return tensors[name]


def keep(name, loss, **wanted):
    """The value, and the gradient of everything in `wanted`."""
    value = loss()
    assert name not in tensors, name
    tensors[name] = value
    for (key, x), gradient in zip(wanted.items(), torch.autograd.grad(value, list(wanted.values()))):
        tensors[f"{name}.{key}"] = gradient
        flat, step = x.detach().reshape(-1), 1e-5
        for i in range(flat.numel()):
            ends = []
            for sign in (1, -1):
                with torch.no_grad():
                    flat[i] += sign * step
                    ends.append(loss().item())
                    flat[i] -= sign * step
            slope = (ends[0] - ends[1]) / (2 * step)
            assert abs(slope - gradient.reshape(-1)[i].item()) < 1e-7, (name, key, i)


def logs(scores):
    return scores - torch.logsumexp(scores, 0)


# --- BriVL: 4 queries, a queue of 7, some of whose entries are of the same concept ----------------
queries, keys, queue = leaf("queries", 4, 5), leaf("keys", 4, 5), leaf("queue", 7, 5)
same = torch.tensor([[0, 1, 0, 0, 0, 0, 1], [0] * 7, [1, 0, 0, 0, 0, 0, 0], [0, 0, 1, 1, 0, 0, 0]])
other_keys, other_queue = leaf("other_keys", 4, 5), leaf("other_queue", 7, 5)
# So that some pair is near an entry on both sides.
with torch.no_grad():
    queue[2], other_queue[2] = F.normalize(keys[1] + 0.3 * queue[2], dim=0), F.normalize(
        other_keys[1] + 0.2 * other_queue[2], dim=0)
    queue[5], other_queue[5] = F.normalize(keys[3] + 0.3 * queue[5], dim=0), F.normalize(
        other_keys[3] + 0.4 * other_queue[5], dim=0)
tensors["same"] = same.double()


def near(count):
    """1 where an entry is among the nearest on both sides, as BriVL's code finds it."""
    found = torch.zeros(4, 7)
    for i in range(4):
        first = sorted(range(7), key=lambda j: -(queue[j] @ keys[i]).item())[:count]
        second = sorted(range(7), key=lambda j: -(other_queue[j] @ other_keys[i]).item())[:count]
        for j in set(first) & set(second):
            found[i, j] = 1
    return found


tensors["neighbours"], tensors["neighbours_of_3"] = near(1), near(3)
assert 0 < tensors["neighbours"].sum() < tensors["neighbours_of_3"].sum() < 28
# Both at once: a neighbour of the same concept stays, as a right answer.
assert (tensors["neighbours_of_3"] * same).sum() > 0


def queue_loss(left_out=None, positives=None, temperature=0.07):
    total = 0
    for i in range(4):
        rows = [queries[i] @ keys[i] / temperature]
        right = [0]
        for j in range(7):
            is_right = positives is not None and positives[i, j] == 1
            if left_out is not None and left_out[i, j] == 1 and not is_right:
                continue
            if is_right:
                right.append(len(rows))
            rows.append(queries[i] @ queue[j] / temperature)
        p = logs(torch.stack(rows))
        total = total - sum(p[j] for j in right)
    return total / 4


for name, settings in (
    ("queue_plain", {}), ("queue_same", dict(left_out=same)),
    ("queue_neighbours", dict(positives=tensors["neighbours"])),
    ("queue_both", dict(left_out=same, positives=tensors["neighbours_of_3"])),
):
    keep(name, lambda: queue_loss(**settings), queries=queries, keys=keys, queue=queue)

# --- contrastive with captions that have no picture, and a picture without a caption --------------
images, texts = leaf("images", 4, 6), leaf("texts", 7, 6)
scale = tensors["scale"] = torch.tensor(9.0, requires_grad=True)
positives = torch.zeros(4, 7)
for i, j in ((0, 0), (0, 1), (1, 2), (2, 3), (2, 0), (1, 5)):
    positives[i, j] = 1
tensors["positives"] = positives


def per_row(a, b, p, apart=None):
    terms = []
    for i in range(len(a)):
        right = [j for j in range(len(b)) if p[i, j] == 1]
        seen = [j for j in range(len(b)) if j in right or apart is None or apart[i, j] == 0]
        row = logs(torch.stack([scale * (a[i] @ b[j]) for j in seen]))
        terms.append(-sum(row[seen.index(j)] for j in right) / len(right) if right else torch.tensor(0.0))
    return terms


def asked(terms, p):
    return sum(terms) / (p.sum(1) > 0).sum()


keep("hard_negatives", lambda: 0.5 * (asked(per_row(images, texts, positives), positives)
                                      + asked(per_row(texts, images, positives.T), positives.T)),
     images=images, texts=texts, scale=scale)
apart = tensors["apart"] = (torch.rand(4, 7) < 0.4).double()
assert 0 < (apart * positives).sum() < apart.sum()
keep("left_out", lambda: 0.5 * (asked(per_row(images, texts, positives, apart), positives)
                                + asked(per_row(texts, images, positives.T, apart.T), positives.T)),
     images=images, texts=texts, scale=scale)
tensors["hard_negatives.terms.images"] = torch.stack(per_row(images, texts, positives))
tensors["hard_negatives.terms.texts"] = torch.stack(per_row(texts, images, positives.T))
tensors["sigmoid.terms.texts"] = torch.stack([
    sum(torch.log1p(torch.exp(-(2 * positives[i, j] - 1) * (scale * (images[i] @ texts[j]) - 3))) for i in range(4))
    for j in range(7)])

# --- Matryoshka: whole, and cut to 4 and 2 numbers, which count 1, 2 and ½ ------------------------
long_images, long_texts = leaf("long_images", 3, 6, unit=False), leaf("long_texts", 3, 6, unit=False)


def clip(a, b):
    total = 0
    for i in range(len(a)):
        total = total - logs(torch.stack([9.0 * (a[i] @ y) for y in b]))[i]
        total = total - logs(torch.stack([9.0 * (x @ b[i]) for x in a]))[i]
    return total / (2 * len(a))


def cut(x, width):
    return torch.stack([row[:width] / row[:width].norm() for row in x])


def matryoshka(weights):
    widths = (6, 4, 2)
    return sum(w * clip(cut(long_images, k), cut(long_texts, k)) for k, w in zip(widths, weights)) / sum(weights)


keep("matryoshka", lambda: matryoshka((1, 1, 1)), long_images=long_images, long_texts=long_texts)
keep("matryoshka_weighted", lambda: matryoshka((1, 2, 0.5)), long_images=long_images, long_texts=long_texts)

# --- SimCLR ---------------------------------------------------------------------------------------
first, second = leaf("first", 4, 5), leaf("second", 4, 5)


def ntxent(temperature=0.1):
    views = [*first, *second]
    total = 0
    for i in range(8):
        others = [j for j in range(8) if j != i]
        row = logs(torch.stack([views[i] @ views[j] / temperature for j in others]))
        total = total - row[others.index((i + 4) % 8)]
    return total / 8


keep("simclr", ntxent, first=first, second=second)

# --- masked patches: 2 pictures of 4 × 6 pixels, patches of 2 -------------------------------------
pixels = leaf("pixels", 2, 3, 4, 6, unit=False)
predictions = leaf("predictions", 2, 6, 12, unit=False)
hidden = torch.tensor([[1, 0, 1, 1, 0, 0], [0, 0, 1, 0, 1, 1]]).double()
tensors["hidden"] = hidden
# Exact in float32 too.
mean, deviation = torch.tensor([0.5, 0.4375, 0.40625]), torch.tensor([0.25, 0.28125, 0.3125])


def number(picture, patch, k, order):
    """The k-th number of a patch."""
    row, column = patch // 3, patch % 3
    if order == "first":
        channel, y, x = k // 4, k % 4 // 2, k % 2
    else:
        y, x, channel = k // 6, k % 6 // 3, k % 3
    return pixels[picture, channel, 2 * row + y, 2 * column + x], channel


def masked(order, target, only_hidden=True):
    total, patches = 0, 0
    for n in range(2):
        for patch in range(6):
            if only_hidden and hidden[n, patch] == 0:
                continue
            numbers = [number(n, patch, k, order) for k in range(12)]
            if target == "unit":
                right = torch.stack([2 * (v * deviation[c] + mean[c]) - 1 for v, c in numbers])
            else:
                right = torch.stack([v for v, _ in numbers])
            if target == "normalized":
                right = (right - right.mean()) / (right.var(unbiased=True) + 1e-6) ** 0.5
            total = total + ((predictions[n, patch] - right) ** 2).sum() / 12
            patches += 1
    return total / patches


keep("masked_unit", lambda: masked("first", "unit"), predictions=predictions)
keep("masked_normalized", lambda: masked("last", "normalized"), predictions=predictions)
keep("masked_all", lambda: masked("last", "plain", only_hidden=False), predictions=predictions)

# --- teachers -------------------------------------------------------------------------------------
students, teachers = leaf("students", 3, 5, unit=False), leaf("teachers", 3, 5, unit=False)
keep("teacher", lambda: sum((students[i, j] - teachers[i, j].detach()) ** 2 for i in range(3) for j in range(5)) / 15,
     students=students)
# The teacher's space has another width than the student's.
teacher_images, teacher_texts = leaf("teacher_images", 4, 8).detach(), leaf("teacher_texts", 7, 8).detach()


def kullback(a, b, c, d, teacher_scale=20.0):
    """Of the rows of a against b from those of c against d."""
    total = 0
    for i in range(len(a)):
        p = torch.softmax(torch.stack([teacher_scale * (c[i] @ y) for y in d]), 0)
        q = torch.softmax(torch.stack([scale * (a[i] @ y) for y in b]), 0)
        total = total + sum(p[j] * torch.log(p[j] / q[j]) for j in range(len(b)))
    return total / len(a)


keep("similarity", lambda: 0.5 * (kullback(images, texts, teacher_images, teacher_texts)
                                  + kullback(texts, images, teacher_texts, teacher_images)),
     images=images, texts=texts, scale=scale)

save_file({k: v.detach().contiguous() for k, v in tensors.items()}, out + "/losses_of_recipes.safetensors")
