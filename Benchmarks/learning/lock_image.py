#!/usr/bin/env python3
"""lock_image.py PICTOGLOT PAIRS OUT: training beside a locked ViT-B/32, samples a second.

PAIRS is the folder of the shared collection; OUT a folder for what is made. The same towers (ViT-B/32
at 224 pixels; CLIP's text transformer, 12 × 512), batch and precision as open_clip's trainer with
--lock-image, in turn, TURNS times (3). Ours runs the locked tower once over each picture and keeps what
came of it; how long that takes is told, too. Needs open_clip_torch (open_clip_train) beside Python;
threads: OMP_NUM_THREADS (2).
"""
import json, os, re, shutil, statistics, subprocess, sys, time

pictoglot, pairs, out = sys.argv[1:4]
threads = os.environ.setdefault("OMP_NUM_THREADS", "2")
BATCH, STEPS, PEER_STEPS, TURNS = 128, 60, 4, int(os.environ.get("TURNS", 3))
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
    shutil.rmtree(f"{out}/run", ignore_errors=True)
    start = time.time()
    subprocess.run(
        [pictoglot, "train", "--recipe", "nllb-clip", "--data", f"{pairs}/captions.jsonl", "--out", f"{out}/run",
         "--steps", str(STEPS), "--threads", threads, "--quiet", "--feature-cache", f"{out}/features",
         "--set", f"model.text={json.dumps(TEXT)}", "--set", f"training.batch={BATCH}",
         "--set", "training.precision=bfloat16", "--set", "training.vocabulary=49408",
         "--set", "training.validationMinutes=0", "--set", "training.checkpointMinutes=60"], check=True)
    whole = time.time() - start
    reports = [json.loads(line) for line in open(f"{out}/run/log.jsonl")]
    # Steps differ by the length of their captions, so over all of them.
    rate = BATCH * (reports[-1]["step"] - reports[0]["step"]) / (reports[-1]["seconds"] - reports[0]["seconds"])
    return rate, whole - reports[-1]["seconds"], reports[-1]["dataWait"]


shutil.rmtree(f"{out}/features", ignore_errors=True)
results = []
for turn in range(TURNS):
    (rate, before, wait), other = ours(), peer()
    results.append(rate / other)
    kept = "with the features of every picture and a vocabulary" if turn == 0 else "with kept features"
    print(f"ours {rate:.0f} pictures a second (before the first step, {kept}: {before:.0f} s; waiting for data "
          f"{100 * wait:.1f} %); open_clip --lock-image {other:.1f}: {rate / other:.1f} ×", flush=True)
print(f"median {statistics.median(results):.1f} ×")
