#!/usr/bin/env python3
"""Makes Tests/Fixtures/search/lens.json: scores of the same pictures by two texts, and how far the
two rankings agree.

Spearman's ρ and Kendall's τ-b are SciPy's. Overlaps and rank-biased overlap are stated anew, as
sums over sets (Webber, Moffat, Zobel 2010, doi:10.1145/1852102.1852106, equation 23).
    python3 Tools/references/lens.py            writes the fixture
    python3 Tools/references/lens.py --check    says whether the committed one is the same
"""
import json
import math
import os
import sys
import warnings

import numpy as np
from scipy import stats

AT = (1, 5, 10, 20)
PERSISTENCE = 0.9


def order(scores):
    return sorted(range(len(scores)), key=lambda i: (-scores[i], i))


def biased_overlap(a, b, p):
    depth = len(a)
    agreement = [len(set(a[:d]) & set(b[:d])) for d in range(1, depth + 1)]
    sums = sum(x / d * p**d for d, x in enumerate(agreement, 1))
    return agreement[-1] / depth * p**depth + (1 - p) / p * sums


def number(value):
    return None if math.isnan(value) else float(value)


def case(name, first, second):
    first, second = np.float32(first), np.float32(second)
    a, b = order(first), order(second)
    with warnings.catch_warnings():
        # Where a ranking is constant or of one thing there is no correlation, which is a case.
        warnings.simplefilter("ignore")
        spearman = stats.spearmanr(first, second).statistic
        kendall = stats.kendalltau(first, second, variant="b").statistic
    return {
        "name": name,
        "first": [float(x) for x in first],
        "second": [float(x) for x in second],
        "averageRanks": [float(x) for x in stats.rankdata(-first.astype(np.float64))],
        "overlaps": [
            {"k": k, "shared": len(set(a[:k]) & set(b[:k])), "chance": k * k / len(a)}
            for k in AT
            if k <= len(a)
        ],
        "spearman": number(spearman),
        "kendall": number(kendall),
        "biasedOverlap": biased_overlap(a, b, PERSISTENCE),
    }


def cases():
    draw = np.random.default_rng(4)
    base = draw.standard_normal(120)
    noisy = base + 0.6 * draw.standard_normal(120)
    yield case("no ties", base, noisy)
    # Rounded, so that many are equal: within one ranking, within the other, and within both.
    yield case("ties", np.round(base, 0), np.round(noisy, 1))
    yield case("few values", draw.integers(0, 3, 90), draw.integers(0, 2, 90))
    yield case("equal", base, base)
    yield case("opposite", base[:50], -base[:50])
    yield case("unrelated", draw.standard_normal(200), draw.standard_normal(200))
    yield case("constant", np.zeros(12), base[:12])
    yield case("two", [0.5, 0.25], [0.25, 0.5])
    yield case("one", [0.5], [0.25])


path = os.path.join(os.path.dirname(__file__), "../../Tests/Fixtures/search/lens.json")
made = json.dumps(list(cases()), separators=(",", ":")).replace("},{\"name\"", "},\n{\"name\"") + "\n"
if "--check" in sys.argv[1:]:
    sys.exit(0 if open(path).read() == made else "the fixture differs from what this script makes")
os.makedirs(os.path.dirname(path), exist_ok=True)
with open(path, "w") as file:
    file.write(made)
