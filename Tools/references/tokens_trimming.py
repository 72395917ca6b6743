#!/usr/bin/env python3
"""tokens_trimming.py [DIR TOKENIZERS]: Hugging Face's tokenizers reads our trimmed tokenizers as we do.

Needs: pip install tokenizers. Without arguments: every tokenizer in Tests/Fixtures/tokens_trimmed gives the
same tokens as its whole one in Tests/Fixtures/tokens, for the texts that it was trimmed for (every third of
NAME.parity.jsonl). With arguments: those that `PICTOGLOT_TRIMMED=DIR swift test --filter TrimmingTests` wrote,
beside the whole ones, TOKENIZERS/NAME/tokenizer.json. Ends with status 1 if any differs.
"""
import json, os, sys
from tokenizers import Tokenizer

fixtures = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Tests/Fixtures")
if len(sys.argv) > 1:
    folder, whole = sys.argv[1], lambda name: f"{sys.argv[2]}/{name}/tokenizer.json"
    texts = open(f"{folder}/texts.txt", encoding="utf-8", newline="").read().split("\n")
else:
    folder, whole = f"{fixtures}/tokens_trimmed", lambda name: f"{fixtures}/tokens/{name}.json"
    texts = None
failed = False
for file in sorted(f for f in os.listdir(folder) if f.endswith(".json")):
    big, small = Tokenizer.from_file(whole(file[:-5])), Tokenizer.from_file(f"{folder}/{file}")
    if len(sys.argv) < 2:
        lines = open(f"{fixtures}/tokens/{file[:-5]}.parity.jsonl", encoding="utf-8").read().split("\n")
        texts = [json.loads(line)["text"] for line in lines if line][::3]
    wrong = [t for t in texts if big.encode(t).tokens != small.encode(t).tokens]
    ids = {}
    for text in texts:
        for old, new in zip(big.encode(text).ids, small.encode(text).ids):
            if ids.setdefault(old, new) != new:
                wrong.append(text)
    failed |= bool(wrong) or len(set(ids.values())) != len(ids)
    print(f"{file}: {big.get_vocab_size()} → {small.get_vocab_size()} tokens, {len(wrong)} of {len(texts)} texts differ")
sys.exit(failed)
