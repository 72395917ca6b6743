#!/usr/bin/env python3
"""Makes Tests/Fixtures/evaluation/retrieval.json: embeddings and the retrieval numbers they give.

An independent statement of the measure in numpy: the whole score matrix, masks, one line a rule.
    python3 Tools/references/evaluation.py            writes the fixture
    python3 Tools/references/evaluation.py --check    says whether the committed one is the same

Rank of a query: 1 + wrong answers with a score of at least the best right one's less 1e-6.
Where each query has one right answer and no ties, recall@k is also computed as LAION's
CLIP_benchmark does (metrics/zeroshot_retrieval.py, recall_at_k: right answers among the top k,
divided by all right answers, above 0) and must be the same.
"""
import base64
import json
import math
import os
import sys
from fractions import Fraction

import numpy as np

RECALL_AT = (1, 5, 10)


def ranking(scores, right):
    asked = right.any(1)
    scores, right = scores[asked], right[asked]
    best = np.where(right, scores, np.float32(-9)).max(1, keepdims=True)
    rank = 1 + ((scores >= best - np.float32(1e-6)) & ~right).sum(1)
    answers = scores.shape[1]

    def chance(r, k):
        return 1 - Fraction(math.comb(answers - r, min(k, answers)), math.comb(answers, min(k, answers)))

    counts = right.sum(1).tolist()
    return {
        "queries": len(rank),
        "candidates": answers,
        "recall": [float((rank <= k).mean()) for k in RECALL_AT],
        "chance": [float(sum(chance(r, k) for r in counts) / len(counts)) for k in RECALL_AT],
        "meanRank": float(rank.mean()),
        "medianRank": float(np.median(rank)),
        "chanceMeanRank": float(np.mean([(answers + 1) / (r + 1) for r in counts])),
    }


def clip_benchmark_recall(scores, right, k):
    top = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    found = np.take_along_axis(right, top, 1).sum(1) / right.sum(1)
    return float((found > 0).mean())


def case(name, images, concepts, languages, minimum, single=False):
    concepts = np.array(concepts)
    result = {
        "name": name,
        "width": images.shape[1],
        "images": packed(images),
        "concepts": concepts.tolist(),
        "minimumCaptions": minimum,
        "languages": [],
    }
    for tag, captions, owners in languages:
        owners = np.array(owners)
        scores = captions @ images.T
        right = concepts[owners][:, None] == concepts[None]
        captioned = sorted(set(owners.tolist()))
        forth = ranking(scores, right)
        back = ranking(scores.T[captioned], right.T[captioned])
        if single:
            for k, recall in zip(RECALL_AT, forth["recall"]):
                assert clip_benchmark_recall(scores, right, k) == recall
            for k, recall in zip(RECALL_AT, back["recall"]):
                assert clip_benchmark_recall(scores.T, right.T, k) == recall
        result["languages"].append(
            {
                "language": tag,
                "embeddings": packed(captions),
                "imageIndices": owners.tolist(),
                "textToImage": forth,
                "imageToText": back,
            }
        )
    # Between languages: a text's right answers are the other language's texts of its concept.
    result["textSpace"] = []
    for target, candidates, places in languages:
        for source, queries, owners in languages:
            if source == target:
                continue
            right = concepts[np.array(owners)][:, None] == concepts[np.array(places)][None]
            if right.any():
                found = ranking(queries @ candidates.T, right)
                result["textSpace"].append({"from": source, "to": target, **found})
    large = [one for one in result["languages"] if len(one["imageIndices"]) >= minimum]
    result["mean"] = {
        way: {
            key: np.mean([one[way][key] for one in large], axis=0).tolist()
            for key in ("recall", "chance", "meanRank", "medianRank", "chanceMeanRank")
        }
        for way in ("textToImage", "imageToText")
    }
    return result


def packed(numbers):
    return base64.b64encode(np.ascontiguousarray(numbers, dtype="<f4").tobytes()).decode()


def ties():
    """Coordinates are ±1/4 of 16: length one and every score exact, so that ties are many."""
    draw = np.random.default_rng(1)
    concepts = [int(c) for c in draw.integers(0, 20, 30)]
    centres = draw.choice([-0.25, 0.25], (20, 16)).astype(np.float32)
    images = centres[concepts] * np.where(draw.random((30, 16)) < 0.15, -1, 1).astype(np.float32)
    languages = []
    for tag, share, repeats in (("en", 1, 3), ("ko", 0.7, 1), ("sw", 0.3, 2), ("zh-Hant", 1, 1)):
        owners = [i for i in range(30) if draw.random() < share for _ in range(repeats)]
        flips = np.where(draw.random((len(owners), 16)) < 0.2, -1, 1).astype(np.float32)
        languages.append((tag, images[owners] * flips, owners))
    return case("ties", images, concepts, languages, 25)


def single():
    """One picture a concept, one caption a picture, no ties."""
    draw = np.random.default_rng(2)
    images = unit(draw.standard_normal((37, 11)))
    languages = []
    for tag, noise in (("de", 0.4), ("hi", 1.0), ("ar", 3.0)):
        captions = unit(images + noise * draw.standard_normal(images.shape))
        languages.append((tag, captions, range(37)))
    return case("single", images, range(37), languages, 1, single=True)


def near_ties():
    """Scores a fraction of the tolerance apart; a caption is an axis, so that each is exact."""
    scores = np.float32(0.5) + np.arange(24, dtype=np.float32) * np.float32(2.5e-7)
    images = np.stack([scores, np.sqrt(1 - scores.astype(np.float64) ** 2)], 1).astype(np.float32)
    captions = np.tile(np.array([[1, 0]], np.float32), (24, 1))
    return case("near ties", images, range(24), [("mi", captions, range(24))], 1)


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


path = os.path.join(os.path.dirname(__file__), "../../Tests/Fixtures/evaluation/retrieval.json")
made = json.dumps([ties(), single(), near_ties()], indent=1) + "\n"
if "--check" in sys.argv[1:]:
    sys.exit(0 if open(path).read() == made else "the fixture differs from what this script makes")
os.makedirs(os.path.dirname(path), exist_ok=True)
with open(path, "w") as file:
    file.write(made)
