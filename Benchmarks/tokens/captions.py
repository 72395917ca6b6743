#!/usr/bin/env python3
"""Writes every caption of a captions.jsonl as one line of text, in a fixed random order.

    python3 Benchmarks/tokens/captions.py ../shared/data/pairs/captions.jsonl captions.txt
"""
import json
import random
import sys

texts = []
for line in open(sys.argv[1], encoding="utf-8"):
    for captions in json.loads(line)["captions"].values():
        texts += [caption for caption in captions if len(caption.splitlines()) == 1]
random.Random(1).shuffle(texts)
open(sys.argv[2], "w", encoding="utf-8").write("\n".join(texts) + "\n")
