#!/usr/bin/env python3
"""lock_image.py PICTOGLOT PAIRS TOKENIZER_JSON OUT: training beside a locked ViT-B/32, samples a second.

PAIRS is the folder of the shared collection, TOKENIZER_JSON CLIP's vocabulary of 49,408 tokens, which
open_clip has, too; OUT a folder for what is made. The same towers (ViT-B/32 at 224 pixels; CLIP's text
transformer, 12 × 512), vocabulary, batch and precision as open_clip's trainer with --lock-image, in turn,
TURNS times (3). Ours runs the locked tower once over each picture and keeps what came of it; open_clip
runs it at every step, with no gradient. So two rates are told: that of the steps, and that of a command
of STEPS steps (600) with all that comes before its first step in it. Needs open_clip_torch
(open_clip_train) beside Python; threads: OMP_NUM_THREADS (2).
"""
import json, os, re, shutil, statistics, subprocess, sys, time

pictoglot, pairs, tokenizer, out = sys.argv[1:5]
threads = os.environ.setdefault("OMP_NUM_THREADS", "2")
BATCH, STEPS, PEER_STEPS = 128, int(os.environ.get("STEPS", 600)), 6
TURNS, MEASURED = int(os.environ.get("TURNS", 3)), 60
os.makedirs(out, exist_ok=True)

samples = [json.loads(line) for line in open(f"{pairs}/captions.jsonl", encoding="utf-8")]
samples = [s for s in samples if s.get("split") == "train"]
with open(f"{out}/peer.tsv", "w", encoding="utf-8") as file:
    file.write("filepath\ttitle\n")
    rows = [(f"{pairs}/{s['image']}", text) for s in samples
            for text in (texts[0] for texts in s["captions"].values()) if "\t" not in text and "\n" not in text]
    step = max(1, len(rows) // (BATCH * PEER_STEPS))
    for path, text in rows[::step][: BATCH * PEER_STEPS]:
        file.write(f"{path}\t{text}\n")


def peer():
    shutil.rmtree(f"{out}/logs", ignore_errors=True)
    run = subprocess.run(
        [sys.executable, "-m", "open_clip_train.main", "--train-data", f"{out}/peer.tsv", "--dataset-type", "csv",
         "--csv-separator", "\t", "--model", "ViT-B-32", "--device", "cpu", "--precision", "amp_bf16", "--batch-size",
         str(BATCH), "--lr", "5e-4", "--warmup", "1", "--epochs", "1", "--workers", "0", "--logs", f"{out}/logs",
         "--name", "run", "--log-every-n-steps", "1", "--lock-image"],
        env={**os.environ, "HF_HUB_OFFLINE": "1"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if run.returncode:
        sys.exit(run.stdout[-2000:])
    rates = [float(x) for x in re.findall(r"([\d.]+)/s, ", run.stdout)]
    # The first step also finds its memory.
    return statistics.median(rates[1:])


TEXT = {"kind": "transformer", "vocabulary": 0, "contextLength": 77, "width": 512, "depth": 12, "heads": 8,
        "pooling": "last", "activation": "quick_gelu"}


def ours():
    """The rate of the steps, and the seconds before the first, with the pass of the locked tower over all pictures."""
    for made in ("run", "features"):
        shutil.rmtree(f"{out}/{made}", ignore_errors=True)
    start = time.time()
    subprocess.run(
        [pictoglot, "train", "--recipe", "nllb-clip", "--data", f"{pairs}/captions.jsonl", "--out", f"{out}/run",
         "--steps", str(MEASURED), "--threads", threads, "--quiet", "--feature-cache", f"{out}/features",
         "--tokenizer", tokenizer,
         "--set", f"model.text={json.dumps(TEXT)}", "--set", f"training.batch={BATCH}",
         "--set", "training.precision=bfloat16",
         "--set", "training.validationMinutes=0", "--set", "training.checkpointMinutes=60"], check=True)
    whole = time.time() - start
    reports = [json.loads(line) for line in open(f"{out}/run/log.jsonl")]
    # Steps differ by the length of their captions, so over all of them.
    rate = BATCH * (reports[-1]["step"] - reports[0]["step"]) / (reports[-1]["seconds"] - reports[0]["seconds"])
    return rate, whole - reports[-1]["seconds"]


results = []
for turn in range(TURNS):
    (rate, before), other = ours(), peer()
    command = BATCH * STEPS / (before + BATCH * STEPS / rate)
    results.append((rate / other, command / other))
    print(f"ours {rate:.0f} pictures a second, {before:.0f} s before the first step, so {command:.0f} a second over "
          f"{STEPS} steps; open_clip --lock-image {other:.1f}: {rate / other:.1f} ×, {command / other:.1f} ×", flush=True)
steps, commands = zip(*results)
print(f"median {statistics.median(steps):.1f} × (steps), {statistics.median(commands):.1f} × (command of {STEPS} steps)")
