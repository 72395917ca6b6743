#!/usr/bin/env python3
"""objectives.py OUT_DIR: reference numbers for the losses of networks that read texts and pictures together.

Needs: pip install torch safetensors. Writes objectives.safetensors, which the Swift tests read. Every loss is
re-stated from its equation, token by token or pair by pair, in float64 and independently of the Swift code;
gradients are PyTorch's and are checked here against finite differences. Where PyTorch or the authors' code has
the loss, the two are compared here too.
"""
import math
import sys
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

out = sys.argv[1]
torch.manual_seed(41)
torch.set_default_dtype(torch.float64)
tensors = {}


def leaf(name, *shape, unit=False, scale=1.0):
    x = torch.randn(*shape) * scale
    x = F.normalize(x, dim=-1) if unit else x
    tensors[name] = x.requires_grad_()
    return tensors[name]


def keep(name, loss, still=(), **wanted):
    """The value, and the gradient of everything in `wanted`; what is in `still` must have none."""
    value = loss()
    assert name not in tensors, name
    tensors[name] = value
    for x in still:
        assert torch.autograd.grad(loss(), x, allow_unused=True)[0] is None, name
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


def agree(name, other):
    assert abs(tensors[name].item() - float(other.detach())) < 1e-12, (name, tensors[name].item(), other)


def logs(scores):
    scores = torch.stack(list(scores))
    return scores - torch.logsumexp(scores, 0)


# --- tokens: states of two texts of 5, a vocabulary of 7, width 4 ---------------------------------
states, vocabulary, bias = leaf("states", 2, 5, 4), leaf("embedding", 7, 4), leaf("token_bias", 7, scale=0.3)


def token(row, column, label, smoothing=0.0):
    p = logs(vocabulary[w] @ states[row, column] + bias[w] for w in range(7))
    return -sum(((1 - smoothing) * (w == label) + smoothing / 7) * p[w] for w in range(7))


places, right = [1, 3, 9], [6, 0, 2]
tensors["places"], tensors["hidden_labels"] = torch.tensor(places), torch.tensor(right)
keep("masked", lambda: sum(token(p // 5, p % 5, y) for p, y in zip(places, right)) / 3,
     states=states, embedding=vocabulary, token_bias=bias)
labels = torch.tensor([[3, 0, 6, -100, -100], [5, 5, 1, 2, -1]])
tensors["labels"] = labels
counted = [(r, c) for r in range(2) for c in range(5) if labels[r, c] >= 0]
for name, smoothing in (("sequence", 0.0), ("sequence_smooth", 0.1)):
    keep(name, lambda: sum(token(r, c, labels[r, c].item(), smoothing) for r, c in counted) / len(counted),
         states=states, embedding=vocabulary, token_bias=bias)
    logits = F.linear(states, vocabulary, bias).reshape(-1, 7)
    agree(name, F.cross_entropy(logits, labels.clamp(min=-1).reshape(-1), ignore_index=-1, label_smoothing=smoothing))
# fairseq shares its ε among the wrong tokens.
fairseq = sum((1 - 0.1) * token(r, c, labels[r, c].item())
              + sum(0.1 / 6 * token(r, c, w) for w in range(7) if w != labels[r, c]) for r, c in counted) / len(counted)
tensors["sequence_fairseq"] = fairseq

# --- regions: 3 hidden, 5 classes, whose names have 4 tokens of the vocabulary -------------------
logits = leaf("region_logits", 3, 5)
classes = leaf("classes", 3, 5, scale=2.0).detach().softmax(1)
classes[0], classes[1, 2] = torch.tensor([0.0, 0, 0, 1, 0]), 0.0   # a certain class; one ruled out
classes = classes / classes.sum(1, keepdim=True)
tensors["classes"] = classes


def divergence(p, q):
    return sum(a * (math.log(a) - b) for a, b in zip(p.tolist(), q) if a > 0)


keep("region_classes", lambda: sum(divergence(p, logs(x)) for p, x in zip(classes, logits)) / 3, region_logits=logits)
agree("region_classes", F.kl_div(logits.log_softmax(1), classes, reduction="sum") / 3)
predictions = leaf("region_predictions", 3, 6)
features = leaf("region_features", 3, 6)
keep("region_features_loss", lambda: sum((predictions[i, j] - features[i, j].item()) ** 2 for i in range(3) for j in range(6)) / 18,
     region_predictions=predictions)
names = torch.tensor([[1, 0, 0, 0], [0, 1, 1, 0], [0, 1, 0, 1], [0, 0, 1, 1], [0, 0, 0, 0]]).double()
name_tokens = [4, 1, 6, 2]
tensors["names"], tensors["name_tokens"] = names, torch.tensor(name_tokens)
soft = torch.zeros(3, 4)
for i in range(3):
    for j in range(4):
        soft[i, j] = sum(classes[i, c] * names[c, j] for c in range(5))
    soft[i] /= soft[i].sum()
tensors["soft_tokens"] = soft
region_states = leaf("region_states", 3, 4)


def said(i):
    return logs(vocabulary[w] @ region_states[i] + bias[w] for w in name_tokens)


keep("soft_visual_tokens", lambda: sum(divergence(soft[i], said(i)) for i in range(3)) / 3,
     region_states=region_states, embedding=vocabulary, token_bias=bias)
# UC2's code: 1,000 times the mean over all elements.
uc2 = F.kl_div(torch.stack([said(i) for i in range(3)]), soft, reduction="none").mean() * 1000
agree("soft_visual_tokens", uc2 * 4 / 1000)

# --- matching -------------------------------------------------------------------------------------
matching = leaf("matching_logits", 5, 2)
yes = torch.tensor([1, 0, 0, 1, 0])
tensors["matching_labels"] = yes
keep("matching", lambda: -sum(logs(matching[i])[yes[i]] for i in range(5)) / 5, matching_logits=matching)
similarities = leaf("similarities", 5, 5, scale=1.5).detach()
groups = [7, 3, 7, -1, -1]
tensors["groups"] = torch.tensor(groups)
probabilities = torch.zeros(2, 5, 5)
for text in range(5):
    rest = [k for k in range(5) if k != text and (groups[k] != groups[text] or groups[text] < 0)]
    for k, p in zip(rest, logs(similarities[k, text] for k in rest)):
        probabilities[0, text, k] = p.exp()   # a picture for the text
    for k, p in zip(rest, logs(similarities[text, k] for k in rest)):
        probabilities[1, text, k] = p.exp()   # a text for its picture
tensors["negative_probabilities"] = probabilities

# --- cross-lingual contrast: pairs 0 and 2 are of one picture, 3 and 4 of none --------------------
first, second = leaf("first", 5, 6, unit=True), leaf("second", 5, 6, unit=True)
scale = tensors["scale"] = torch.tensor(7.0, requires_grad=True)


def is_other(i, j):
    return i != j and groups[i] == groups[j] and groups[i] >= 0


def term(i, a, b, others):
    """What row i of a adds among all of b."""
    seen = [j for j in range(5) if others != "leftOut" or not is_other(i, j)]
    positives = [j for j in seen if j == i or (others == "positives" and is_other(i, j))]
    row = logs(scale * (a[i] @ b[j]) for j in seen)
    return -sum(row[seen.index(j)] for j in positives) / len(positives)


def contrast(others, weights=(1,) * 5):
    return sum(w * 0.5 * (term(i, first, second, others) + term(i, second, first, others)) for i, w in enumerate(weights)) / 5


for others in ("none", "leftOut", "positives"):
    keep("contrast_" + others, lambda: contrast(others), first=first, second=second, scale=scale)
square = scale * first @ second.T
agree("contrast_none", (F.cross_entropy(square, torch.arange(5)) + F.cross_entropy(square.T, torch.arange(5))) / 2)
soft_label = torch.tensor([[float(i == j or is_other(i, j)) for j in range(5)] for i in range(5)])   # CCLM's
soft_label = soft_label / soft_label.sum(1, keepdim=True)
agree("contrast_positives", -((square.log_softmax(1) * soft_label).sum(1).mean()
                              + (square.T.log_softmax(1) * soft_label).sum(1).mean()) / 2)

# --- weakly aligned pairs -------------------------------------------------------------------------
first_texts, second_texts = leaf("first_texts", 5, 3, unit=True), leaf("second_texts", 5, 3, unit=True)
strict = [leaf("strict_first", 2, 6, unit=True), leaf("strict_second", 2, 6, unit=True)]
strict_texts = [leaf("strict_first_texts", 2, 3, unit=True), leaf("strict_second_texts", 2, 3, unit=True)]


def near(i):
    return first[i] @ second[i]


def relevance(i, j=None):
    return (first_texts[i].detach() @ second_texts[i if j is None else j].detach())


def zero_below(x):
    return x if x > 0 else 0 * x


def ceiling(margin):
    return sum(zero_below(near(i) - relevance(i) - margin) for i in range(5)) / 5


def order():
    total = 0
    for i in range(5):
        for j in range(2):
            r = (strict_texts[0][j] @ strict_texts[1][j]).detach()
            s = strict[0][j] @ strict[1][j]
            total = total + zero_below((r - relevance(i)) - (s - near(i)))
    return total / 10


def weights(none, full):
    return [min(1.0, max(0.0, ((relevance(i) - none) / (full - none)).item())) for i in range(5)]


def distributions(temperature):
    total = 0
    for i in range(5):
        seen = [j for j in range(5) if not is_other(i, j)]
        for p, q in (
            (logs(relevance(i, j) / temperature for j in seen), logs(scale * (first[i] @ second[j]) for j in seen)),
            (logs(relevance(j, i) / temperature for j in seen), logs(scale * (first[j] @ second[i]) for j in seen)),
        ):
            total = total + sum(p.exp() * (p - q))
    return total / 10


texts = [first_texts, second_texts, *strict_texts]
pair = dict(first=first, second=second)
excess = [(near(i) - relevance(i)).item() for i in range(5)]
MARGIN = 0.05
assert any(x > MARGIN + 0.01 for x in excess) and any(x < MARGIN - 0.01 for x in excess), excess
keep("ceiling", lambda: ceiling(MARGIN), still=texts, **pair)
keep("order", order, still=texts, strict_first=strict[0], strict_second=strict[1], **pair)
keep("distributions", lambda: distributions(0.2), still=texts, scale=scale, **pair)
NONE, FULL = -0.5, 0.5
w = weights(NONE, FULL)
assert any(0 < x < 1 for x in w) and any(x in (0, 1) for x in w), w
tensors["relevance_weights"] = torch.tensor(w)
keep("weak_weights", lambda: contrast("leftOut", weights(NONE, FULL)), still=texts, scale=scale, **pair)
for name, penalty in (("ceiling", lambda: ceiling(MARGIN)), ("order", order), ("distributions", lambda: distributions(0.2))):
    keep("weak_" + name, lambda: contrast("leftOut") + 0.75 * penalty(), still=texts, scale=scale, **pair)

save_file({k: v.detach().contiguous().clone() for k, v in tensors.items()}, out + "/objectives.safetensors")
