#!/usr/bin/env python3
"""Makes Tests/Fixtures/search/analogy.json: sums of pictures and texts, and the pictures nearest to
them.

An independent statement of KELIP's feature analogy in numpy: every operand is brought to length
one, weighted and added; the sum is brought to length one; pictures are ordered by their cosine with
it; those that the question is made of are left out.
    python3 Tools/references/analogy.py            writes the fixture
    python3 Tools/references/analogy.py --check    says whether the committed one is the same
"""
import base64
import json
import os
import sys

import numpy as np

PICTURES, WIDTH = 60, 12
SAME = 0.9999


def unit(rows):
    rows = np.asarray(rows, np.float64)
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def packed(numbers):
    return base64.b64encode(np.ascontiguousarray(numbers, dtype="<f4").tobytes()).decode()


draw = np.random.default_rng(7)
index = unit(draw.standard_normal((PICTURES, WIDTH))).astype(np.float32)
# Of any length, as models give them.
texts = (draw.standard_normal((6, WIDTH)) * draw.uniform(0.1, 9, (6, 1))).astype(np.float32)
pictures = (draw.standard_normal((4, WIDTH)) * draw.uniform(0.1, 9, (4, 1))).astype(np.float32)
# A picture that is in the index, one that is nearly, and one that is only like another.
pictures[1] = index[17] * np.float32(3)
pictures[2] = index[30] + np.float32(0.002) * unit(draw.standard_normal(WIDTH)).astype(np.float32)
pictures[3] = index[41] + np.float32(0.2) * unit(draw.standard_normal(WIDTH)).astype(np.float32)
# Two pictures that no model could tell apart.
index[18] = index[17]


def question(*operands, limit=8):
    """Each operand: what it is (text, picture, indexed), which, and its weight."""
    total = np.zeros(WIDTH)
    left_out = set()
    rows = unit(index)
    for kind, number, weight in operands:
        vector = unit({"text": texts, "picture": pictures, "indexed": index}[kind][number])
        total += weight * vector
        if kind == "indexed":
            left_out.add(number)
        if kind == "picture":
            left_out |= set(np.flatnonzero(rows @ vector >= SAME).tolist())
    scores = rows @ unit(total)
    order = [r for r in np.argsort(-scores, kind="stable").tolist() if r not in left_out][:limit]
    return {
        "operands": [{"kind": k, "number": n, "weight": w} for k, n, w in operands],
        "limit": limit,
        "leftOut": sorted(left_out),
        "hits": order,
        "scores": [float(scores[r]) for r in order],
    }


questions = [
    question(("picture", 0, 1), ("text", 0, -1), ("text", 1, 1)),
    question(("picture", 1, 1), ("text", 2, -0.5), ("text", 3, 0.75)),
    question(("picture", 2, 1), ("text", 2, -1), ("text", 3, 1), ("text", 4, 0.25)),
    question(("picture", 3, 1), ("text", 5, -0.3)),
    question(("indexed", 5, 1), ("indexed", 9, -0.8), ("picture", 1, -0.1), ("text", 0, 0.4)),
    question(("text", 4, 1), ("text", 5, -1), limit=PICTURES),
    question(("picture", 1, 1), limit=PICTURES),
]
made = {
    "width": WIDTH,
    "index": packed(index),
    "texts": packed(texts),
    "pictures": packed(pictures),
    "questions": questions,
}
path = os.path.join(os.path.dirname(__file__), "../../Tests/Fixtures/search/analogy.json")
made = json.dumps(made, indent=1) + "\n"
if "--check" in sys.argv[1:]:
    sys.exit(0 if open(path).read() == made else "the fixture differs from what this script makes")
os.makedirs(os.path.dirname(path), exist_ok=True)
with open(path, "w") as file:
    file.write(made)
