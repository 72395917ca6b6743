#!/usr/bin/env python3
"""Exact search side by side: our kernels (Sources/CScan), NumPy and FAISS, in one process.

    python3 -m venv .venv && .venv/bin/pip install numpy faiss-cpu
    .venv/bin/python Benchmarks/search/scan.py [--count 100000] [--width 512] [--queries 60]

Each line: what, threads, median milliseconds of one query at a time (10 hits), the same as GB/s of
vectors read, and recall@10 against NumPy's float32. Rows are interleaved round by round, so that
another load on the machine meets all of them alike. Needs clang (it comes with Swift).
"""
import argparse, ctypes, os, pathlib, statistics, subprocess, tempfile, time
from concurrent.futures import ThreadPoolExecutor

arguments = argparse.ArgumentParser()
arguments.add_argument("--count", type=int, default=100_000)
arguments.add_argument("--width", type=int, default=512)
arguments.add_argument("--queries", type=int, default=60)
arguments.add_argument("--threads", type=int, nargs="+", default=[1, 2])
options = arguments.parse_args()
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = str(max(options.threads))

import faiss
import numpy as np

root = pathlib.Path(__file__).resolve().parents[2] / "Sources" / "CScan"
library = pathlib.Path(tempfile.mkdtemp()) / "cscan.so"
subprocess.run(
    ["clang", "-O3", "-shared", "-fPIC", f"-I{root}/include", "-o", library, *root.glob("*.c")],
    check=True)
scan = ctypes.CDLL(str(library))


class Rows(ctypes.Structure):
    _fields_ = [("values", ctypes.c_void_p), ("scales", ctypes.c_void_p),
                ("width", ctypes.c_size_t), ("type", ctypes.c_int)]


class Hit(ctypes.Structure):
    _fields_ = [("row", ctypes.c_int64), ("score", ctypes.c_float)]


scan.cscan_nearest.restype = ctypes.c_size_t
scan.cscan_nearest.argtypes = [
    ctypes.POINTER(Rows), ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64,
    ctypes.c_size_t, ctypes.POINTER(Hit)]
level_names = ["portable", "NEON", "AVX2", "AVX-512", "AVX-512 VNNI"]

# Clustered unit vectors: the cosine within a cluster is about one half.
random = np.random.default_rng(0)
count, width = options.count, options.width
centres = random.standard_normal((2000, width), dtype=np.float32)


def make(n):
    rows = centres[random.integers(0, 2000, n)] + random.standard_normal((n, width), dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


vectors, queries = make(count), make(options.queries)
halves = vectors.astype(np.float16)
scales = np.abs(halves.astype(np.float32)).max(axis=1) / 127
bytes_ = np.rint(halves.astype(np.float32) / scales[:, None]).astype(np.int8)
scales = np.ascontiguousarray(scales, dtype=np.float32)
pool = ThreadPoolExecutor(max(options.threads))


def ours(values, kind, factors=None, wanted=10):
    rows = Rows(values.ctypes.data, factors.ctypes.data if factors is not None else None, width, kind)

    def part(query, first, end):
        hits = (Hit * wanted)()
        found = scan.cscan_nearest(rows, query.ctypes.data, None, first, end, wanted, hits)
        return [(hit.score, hit.row) for hit in hits[:found]]

    def search(query, threads):
        if threads == 1:
            return part(query, 0, count)
        edges = [count * i // threads for i in range(threads + 1)]
        parts = pool.map(lambda i: part(query, edges[i], edges[i + 1]), range(threads))
        return sorted((hit for hits in parts for hit in hits), key=lambda h: (-h[0], h[1]))[:wanted]

    return search


def rescored(query, threads):
    candidates = [row for _, row in int8(query, threads)]
    scores = halves[candidates].astype(np.float32) @ query
    order = np.argsort(-scores)[:10]
    return [(scores[i], candidates[i]) for i in order]


def numpy_search(query, threads):
    scores = vectors @ query
    best = np.argpartition(-scores, 10)[:10]
    return [(scores[i], i) for i in best]


flat = faiss.IndexFlatIP(width)
flat.add(vectors)
sixteen = faiss.IndexScalarQuantizer(width, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
sixteen.train(vectors[:1000])
sixteen.add(vectors)
eight = faiss.IndexScalarQuantizer(width, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
eight.train(vectors)
eight.add(vectors)


def peer(index):
    def search(query, threads):
        # The scalar quantizers share one query's work among threads in FAISS only by its own choice.
        faiss.omp_set_num_threads(threads)
        scores, rows = index.search(query[None], 10)
        return list(zip(scores[0], rows[0]))
    return search


int8 = ours(bytes_, 2, scales, wanted=104)
contestants = {
    "ours float32": (ours(vectors, 0), 4), "ours float16": (ours(halves, 1), 2),
    "ours int8 + rescoring": (rescored, 1), "numpy float32": (numpy_search, 4),
    "faiss IndexFlatIP": (peer(flat), 4), "faiss SQ fp16": (peer(sixteen), 2),
    "faiss SQ 8bit": (peer(eight), 1),
}
truth = [{row for _, row in numpy_search(query, 1)} for query in queries]
times = {(name, threads): [] for name in contestants for threads in options.threads}
recall = {name: [] for name in contestants}
for number, query in enumerate(queries):
    for (name, threads), spent in times.items():
        start = time.perf_counter()
        hits = contestants[name][0](query, threads)
        spent.append(time.perf_counter() - start)
        recall[name].append(len(truth[number] & {row for _, row in hits}) / 10)

print(f"{count} × {width}, {options.queries} queries, {level_names[scan.cscan_level_in_use()]}, "
      f"faiss {faiss.__version__}, numpy {np.__version__}, load {os.getloadavg()[0]:.1f}")
for (name, threads), spent in times.items():
    if name.startswith("numpy") and threads != max(options.threads):
        continue  # its threads are set once a process
    median = statistics.median(spent)
    gigabytes = count * width * contestants[name][1] / median / 1e9
    print(f"{name:24} {threads} threads  {median * 1e3:8.2f} ms  {gigabytes:6.1f} GB/s  "
          f"recall@10 {np.mean(recall[name]):.3f}")
