#!/usr/bin/env python3
"""Makes Tests/Fixtures/evaluation/classification.json: embeddings and the accuracies they give.

An independent statement, in torch, of how LAION's CLIP_benchmark scores zero-shot classification
(clip_benchmark/metrics/zeroshot_classification.py at 48de38c): a class is the mean of its prompts'
embeddings of length one, brought to length one; logits are 100 times the cosines; acc1 and acc5
count the right class among torch.topk's, acc5 from five classes on; the mean per-class recall is
scikit-learn's balanced accuracy of the argmax.
    python3 Tools/references/classification.py            writes the fixture
    python3 Tools/references/classification.py --check    says whether the committed one is the same

Among equal logits torch.topk may take any; there the statement takes the earlier class, as argmax
does, and says so in the case's name.
"""
import base64
import json
import os
import sys

import torch

torch.set_num_threads(1)


def unit(rows):
    return rows / rows.norm(dim=-1, keepdim=True)


def classifier(prompts):
    """[classes, prompts, width] -> [classes, width]"""
    return unit(unit(prompts).mean(dim=1))


def accuracy(logits, target, k, by_topk):
    if by_topk:
        places = logits.topk(k, dim=1, largest=True, sorted=True).indices
    else:
        places = torch.sort(logits, dim=1, descending=True, stable=True).indices[:, :k]
    return (places == target[:, None]).any(dim=1).double().mean().item()


def mean_per_class_recall(logits, target):
    taken = logits.argmax(dim=1)
    recalls = [(taken[target == c] == c).double().mean() for c in target.unique()]
    return torch.stack(recalls).mean().item()


def case(name, images, prompts, target, by_topk=True):
    images, target = unit(images), torch.tensor(target)
    classes = classifier(prompts)
    logits = 100 * images @ classes.T
    if not by_topk:
        assert (logits.argmax(1) == torch.sort(logits, dim=1, descending=True, stable=True).indices[:, 0]).all()
    return {
        "name": name,
        "width": images.shape[1],
        "classes": len(classes),
        "prompts": prompts.shape[1],
        "images": packed(images),
        "promptEmbeddings": packed(unit(prompts)),
        "classifier": packed(classes),
        "target": target.tolist(),
        "acc1": accuracy(logits, target, 1, by_topk),
        "acc5": accuracy(logits, target, 5, by_topk) if len(classes) >= 5 else None,
        "meanPerClassRecall": mean_per_class_recall(logits, target),
    }


def packed(numbers):
    return base64.b64encode(numbers.contiguous().float().numpy().tobytes()).decode()


def drawn(seed, classes, prompts, images, width, noise, present=None):
    draw = torch.Generator().manual_seed(seed)
    centres = torch.randn(classes, width, generator=draw)
    words = centres[:, None] + 0.8 * torch.randn(classes, prompts, width, generator=draw)
    present = present or range(classes)
    target = [present[i] for i in torch.randint(0, len(present), (images,), generator=draw)]
    pictures = centres[target] + noise * torch.randn(images, width, generator=draw)
    return pictures, words, target


def ties():
    """Coordinates are ±1/4 of 16, one prompt a class: every score is exact, and many are equal."""
    draw = torch.Generator().manual_seed(5)
    signs = lambda *shape: torch.randint(0, 2, shape, generator=draw).float() / 2 - 0.25
    words = signs(9, 1, 16)
    target = torch.randint(0, 9, (60,), generator=draw).tolist()
    flips = torch.where(torch.rand(60, 16, generator=draw) < 0.35, -1.0, 1.0)
    return case("ties, the earlier first", words[target, 0] * flips, words, target, by_topk=False)


path = os.path.join(
    os.path.dirname(__file__), "../../Tests/Fixtures/evaluation/classification.json")
made = json.dumps(
    [
        case("twelve classes, three prompts", *drawn(1, 12, 3, 90, 16, 1.6)),
        case("classes without pictures", *drawn(2, 20, 2, 50, 12, 1.2, present=[0, 3, 4, 11, 19])),
        case("four classes have no acc5", *drawn(3, 4, 1, 40, 8, 1.5)),
        ties(),
    ],
    indent=1,
) + "\n"
if "--check" in sys.argv[1:]:
    sys.exit(0 if open(path).read() == made else "the fixture differs from what this script makes")
with open(path, "w") as file:
    file.write(made)
