#!/usr/bin/env python3
"""without_concepts.py PAIRS OUT: the shared collection without what says which pictures show the same.

Every picture is its own concept then, as in any collection of pictures and captions; open_clip's trainer
is told no more. The pictures are linked to, not copied. Evaluate the run on PAIRS itself.
"""
import json, os, sys

pairs, out = sys.argv[1:3]
os.makedirs(out, exist_ok=True)
if not os.path.exists(f"{out}/images"):
    os.symlink(os.path.abspath(f"{pairs}/images"), f"{out}/images")
with open(f"{out}/captions.jsonl", "w", encoding="utf-8") as file:
    for line in open(f"{pairs}/captions.jsonl", encoding="utf-8"):
        sample = json.loads(line)
        sample.pop("concept", None)
        file.write(json.dumps(sample, ensure_ascii=False) + "\n")
