#!/usr/bin/env python3
"""train_step.py [BATCH STEPS PRECISION [compile]]: the model of `Benchmarks train-step` in Python on PyTorch.

With the word compile the model goes through torch.compile (needs g++). Needs: pip install torch.
THREADS sets the threads (2). PyTorch's users on processors also set another allocator:
`LD_PRELOAD=/usr/lib/x86_64-linux-gnu/libtcmalloc_minimal.so.4` (Debian: libtcmalloc-minimal4). Run it
in turn with `swift run -c release Benchmarks train-step`.
"""
import os, statistics, sys, time
import torch, torch.nn as nn, torch.nn.functional as F

batch = int(sys.argv[1]) if len(sys.argv) > 1 else 32
steps = int(sys.argv[2]) if len(sys.argv) > 2 else 5
precision = sys.argv[3] if len(sys.argv) > 3 else "float32"
compiled = "compile" in sys.argv[4:]
torch.set_num_threads(int(os.environ.get("THREADS", 2)))
torch.manual_seed(0)


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.n1, self.n2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.inner, self.outer = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x, causal=False):
        b, n, w = x.shape
        q, k, v = self.qkv(self.n1(x)).view(b, n, 3, self.heads, w // self.heads).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
        x = x + self.out(y.transpose(1, 2).reshape(b, n, w))
        return x + self.outer(F.gelu(self.inner(self.n2(x))))


class Model(nn.Module):
    def __init__(self, width=384, depth=12, heads=6):
        super().__init__()
        self.patches = nn.Conv2d(3, width, 16, 16, bias=False)
        self.cls, self.pos = nn.Parameter(torch.randn(width)), nn.Parameter(torch.randn(197, width))
        self.image, self.text = (nn.ModuleList(Block(width, heads) for _ in range(depth)) for _ in range(2))
        self.tokens, self.tpos = nn.Embedding(49408, width), nn.Parameter(torch.randn(77, width) * 0.01)
        self.n1, self.n2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.p1, self.p2 = nn.Linear(width, width, bias=False), nn.Linear(width, width, bias=False)
        self.log_scale = nn.Parameter(torch.tensor(2.659))

    def forward(self, x, ids):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(len(x), 1, -1).to(x.dtype), x], 1) + self.pos
        for b in self.image:
            x = b(x)
        t = self.tokens(ids) + self.tpos
        for b in self.text:
            t = b(t, True)
        return F.normalize(self.p1(self.n1(x[:, 0])).float(), dim=-1), F.normalize(self.p2(self.n2(t[:, -1])).float(), dim=-1)


model = Model()
network = torch.compile(model) if compiled else model
optimizer = torch.optim.AdamW(model.parameters(), lr=5e-4, betas=(0.9, 0.98), eps=1e-6, weight_decay=0.2, fused=True)
images, ids = torch.randn(batch, 3, 224, 224), torch.randint(1, 49000, (batch, 77))
labels, times = torch.arange(batch), []
for _ in range(steps + 1):
    begun = time.time()
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16"):
        i, t = network(images, ids)
    logits = i @ t.T * model.log_scale.exp().clamp(max=100)
    loss = (F.cross_entropy(logits, labels) + F.cross_entropy(logits.T, labels)) / 2
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    loss.item()
    times.append(time.time() - begun)
times = sorted(times[1:])
count = sum(p.numel() for p in model.parameters()) // 10**6
how = ("compiled" if compiled else "eager") + (", tcmalloc" if "tcmalloc" in os.environ.get("LD_PRELOAD", "") else "")
print(f"PyTorch {torch.__version__} {how} train step, {count} M parameters, batch {batch}, {precision}, "
      f"{torch.get_num_threads()} threads: median {statistics.median(times) * 1000:.0f} ms, best {times[0] * 1000:.0f} ms of {len(times)}")
