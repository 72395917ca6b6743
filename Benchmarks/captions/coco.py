#!/usr/bin/env python3
"""COCO's scores of many captions by pycocoevalcap, without METEOR and SPICE, beside `pictoglot score`.

    python3 -m venv venv && venv/bin/pip install pycocoevalcap==1.2      # and Java
    venv/bin/python Benchmarks/captions/coco.py make CAPTIONS_FOLDER files 40000
    time .build/release/pictoglot score --hypotheses files/results.json --references files/captions.json \\
        --metric bleu,rouge-l,cider-d --resamples 0
    venv/bin/python Benchmarks/captions/coco.py score files

CAPTIONS_FOLDER holds `train.1.en` to `train.5.en`, Multi30k's five captions of each picture, one a line.
The captions to score are other people's of the same picture and, for half of the pictures, of another.
"""
import contextlib
import io
import json
import os
import random
import sys
import time


def make(source, folder, count):
    streams = [open(os.path.join(source, f"train.{n}.en"), encoding="utf-8").read().split("\n")[:-1] for n in range(1, 6)]
    rng = random.Random(1)
    results, annotations = [], []
    for picture in range(count):
        line = picture % len(streams[0])
        captions = [stream[line] for stream in streams]
        if picture >= len(streams[0]):
            captions = [caption + " " + rng.choice(streams[0]).split(" ")[0] for caption in captions]
        other = rng.randrange(len(streams[0])) if picture % 2 else line
        words = rng.choice(streams)[other].split(" ")
        results.append({"image_id": picture, "caption": " ".join(w for w in words if rng.random() < 0.9)})
        annotations += [{"image_id": picture, "id": len(annotations) + i, "caption": c} for i, c in enumerate(captions)]
    os.makedirs(folder, exist_ok=True)
    json.dump(results, open(os.path.join(folder, "results.json"), "w"))
    json.dump({"images": [{"id": p} for p in range(count)], "annotations": annotations},
              open(os.path.join(folder, "captions.json"), "w"))


def score(folder):
    from pycocoevalcap.bleu.bleu import Bleu
    from pycocoevalcap.cider.cider import Cider
    from pycocoevalcap.rouge.rouge import Rouge
    from pycocoevalcap.tokenizer.ptbtokenizer import PTBTokenizer
    start = time.time()
    gts, res = {}, {}
    for entry in json.load(open(os.path.join(folder, "captions.json")))["annotations"]:
        gts.setdefault(entry["image_id"], []).append(entry)
    for entry in json.load(open(os.path.join(folder, "results.json"))):
        res[entry["image_id"]] = [entry]
    print(f"reading {time.time() - start:.1f} s")
    start = time.time()
    gts, res = PTBTokenizer().tokenize(gts), PTBTokenizer().tokenize(res)
    print(f"tokens {time.time() - start:.1f} s")
    for name, scorer in (("BLEU", Bleu(4)), ("ROUGE-L", Rouge()), ("CIDEr", Cider())):
        start = time.time()
        with contextlib.redirect_stdout(io.StringIO()):
            value, _ = scorer.compute_score(gts, res)
        print(f"{name} {time.time() - start:.1f} s {value}", flush=True)


if sys.argv[1] == "make":
    make(sys.argv[2], sys.argv[3], int(sys.argv[4]))
else:
    score(sys.argv[2])
