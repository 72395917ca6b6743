#!/usr/bin/env python3
"""open_clip_step.py [--model ViT-B-16 --batch 256 --steps 20 --device cuda --precision amp_bf16]

A training step as open_clip's trainer takes it (its model, its loss, autocast, fused AdamW, clipping),
on random pictures and texts that lie on the device; and the rate of one large matrix product in
bfloat16, of which the step's share is told. Run it in turn with
`swift run -c release Benchmarks train-step --model vit-b-16 --device cuda --precision bfloat16 --batch 256`.
Needs open_clip_torch. THREADS sets the threads on a processor (2).
"""
import argparse, os, statistics, time
import torch, torch.nn as nn
import open_clip

parser = argparse.ArgumentParser()
parser.add_argument("--model", default="ViT-B-16")
parser.add_argument("--batch", type=int, default=256)
parser.add_argument("--steps", type=int, default=20)
parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
parser.add_argument("--precision", default="amp_bf16", choices=["fp32", "amp_bf16"])
options = parser.parse_args()
device = torch.device(options.device)
torch.set_num_threads(int(os.environ.get("THREADS", 2)))
torch.manual_seed(0)


def wait():
    if device.type == "cuda":
        torch.cuda.synchronize()


def matrix_rate():
    """Operations a second of a product of two square matrices in bfloat16, the best of ten."""
    side = 8192 if device.type == "cuda" else 1024
    a, b = (torch.randn(side, side, device=device, dtype=torch.bfloat16) for _ in range(2))
    best = float("inf")
    for _ in range(10):
        wait()
        begun = time.perf_counter()
        a @ b
        wait()
        best = min(best, time.perf_counter() - begun)
    return 2 * side**3 / best


model = open_clip.create_model(options.model, device=device)
model.train()
optimizer = torch.optim.AdamW(model.parameters(), lr=5e-4, betas=(0.9, 0.98), eps=1e-6, weight_decay=0.2, fused=True)
loss_of = open_clip.ClipLoss()
size = model.visual.image_size[0] if isinstance(model.visual.image_size, tuple) else model.visual.image_size
images = torch.randn(options.batch, 3, size, size, device=device)
texts = torch.randint(1, 49000, (options.batch, 77), device=device)
texts[:, -1] = 49407


def step():
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast(device.type, torch.bfloat16, enabled=options.precision == "amp_bf16"):
        i, t, scale = model(images, texts)
        loss = loss_of(i, t, scale)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    with torch.no_grad():
        model.logit_scale.clamp_(0, 4.6052)
    return loss.item()


from torch.utils.flop_counter import FlopCounterMode

step()
with FlopCounterMode(display=False) as counter:
    step()
times = []
for _ in range(options.steps):
    wait()
    begun = time.perf_counter()
    step()
    times.append(time.perf_counter() - begun)
median, rate = statistics.median(times), matrix_rate()
operations = counter.get_total_flops()
print(f"open_clip {open_clip.__version__} on torch {torch.__version__}, {options.model}, batch {options.batch}, "
      f"{options.precision}, {options.device}: median {median * 1000:.0f} ms, {options.batch / median:.1f} samples a second, "
      f"{operations / median / 1e12:.3f} TFLOP/s, {100 * operations / median / rate:.0f} % of the matrix rate {rate / 1e12:.3f}")
