#!/usr/bin/env python3
"""recall.py PICTOGLOT MODEL PAIRS PAIRS_SHIFT: recall of a model in the form of the peers' table.

PAIRS and PAIRS_SHIFT are the folders of the shared collections. The mean is over the languages with
at least 300 captions in the part "test" (and, in the other design, 300 or 150 there), as in
evalr.py, the peers' script. Needs nothing but Python.
"""
import json, subprocess, sys

pictoglot, model, pairs, shift = sys.argv[1:5]


def evaluate(data, split):
    run = subprocess.run(
        [pictoglot, "evaluate", model, "--data", f"{data}/captions.jsonl", "--split", split,
         "--resamples", "0", "--json", "--quiet"], stdout=subprocess.PIPE, check=True)
    return json.loads(run.stdout)


big = None
print("| gallery | languages | text→image R@1 / 5 / 10 | image→text R@1 / 5 / 10 | chance t→i R@10 |")
print("|---|---|---|---|---|")
for name, data, split, least in (
    ("test, unseen concepts", pairs, "test", 300),
    ("val, unseen concepts", pairs, "val", 200),
    ("other design, seen concepts", shift, "train", 300),
    ("other design, unseen concepts", shift, "test", 150),
):
    report = evaluate(data, split)
    rows = [r for r in report["languages"] if r["captions"] >= least and (data == pairs or r["language"] in big)]
    if big is None:
        big = {r["language"] for r in rows}

    def mean(direction, what):
        values = [[q["value"]["value"] if what == "value" else q["chance"] for q in r[direction]["recall"]] for r in rows]
        return [100 * sum(v[i] for v in values) / len(values) for i in range(3)]

    text = " / ".join(f"{x:.1f}" for x in mean("textToImage", "value"))
    image = " / ".join(f"{x:.1f}" for x in mean("imageToText", "value"))
    print(f"| {name}, {report['images']} pictures | {len(rows)} | {text} | {image} | {mean('textToImage', 'chance')[2]:.1f} |", flush=True)
