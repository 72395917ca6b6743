#!/usr/bin/env python3
"""Texts a second of processor time of Hugging Face's `tokenizers` on one thread.

    python3 -m venv venv && venv/bin/pip install tokenizers==0.23.3
    RAYON_NUM_THREADS=1 venv/bin/python Benchmarks/tokens/huggingface.py tokenizer.json captions.txt

Two figures: one call a text, and batches of a thousand without offsets, which is the quickest it
has. Nothing is cut or padded.
"""
import os
import sys
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"
from tokenizers import Tokenizer

path, captions = sys.argv[1:3]
texts = [line for line in open(captions, encoding="utf-8").read().split("\n") if line]
tokenizer = Tokenizer.from_file(path)
tokenizer.no_padding()
tokenizer.no_truncation()


def measure(name, count):
    start = time.process_time()
    tokens = count()
    print(f"{name}\t{len(texts) / (time.process_time() - start):.0f} texts/s\t{tokens} tokens", flush=True)


measure("huggingface one by one", lambda: sum(len(tokenizer.encode(text).ids) for text in texts))
measure("huggingface batches", lambda: sum(
    len(e.ids) for i in range(0, len(texts), 1000) for e in tokenizer.encode_batch_fast(texts[i:i + 1000])))
