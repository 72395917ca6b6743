#!/usr/bin/env python3
"""Writes Tests/Fixtures/corpora/parquet: small Parquet files as pyarrow and pandas write them, in every
encoding and compression that is read, and some that are not.

    python3 Tools/references/parquet.py

Needs pandas and pyarrow (tried with 3.1 and 26.0). What the files hold is told by captions.json, and
by the names of the test ParquetTests.
"""
import io
import json
import pathlib
import struct
import zlib

import pandas
import pyarrow
from pyarrow import parquet

here = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/corpora/parquet"
here.mkdir(parents=True, exist_ok=True)

captions = ["a red apple", "빨간 사과", "", None, 'two\nlines, "quoted"'] + ["the same again"] * 15
languages = ["en", "ko"] + ["en"] * 18
paths = [f"p{i}.png" for i in range(20)]


def png(width):
    """A grey picture of this width, one pixel high."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = struct.pack(">IIBBBBB", width, 1, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" + bytes([width]) * width)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def table(**more):
    return pyarrow.table({"file_name": paths, "caption": captions, "language": languages, **more})


numbers = table(id=list(range(100, 120)), share=[i / 4 for i in range(20)], flag=[i % 3 == 0 for i in range(20)])
for codec in ["none", "snappy", "gzip", "zstd"]:
    parquet.write_table(numbers, here / f"{codec}.parquet", compression=codec)
parquet.write_table(numbers, here / "v2.parquet", data_page_version="2.0", compression="zstd")
parquet.write_table(numbers, here / "plain.parquet", use_dictionary=False, compression="none")
parquet.write_table(numbers, here / "groups.parquet", row_group_size=7, data_page_size=32, write_batch_size=2)
parquet.write_table(
    numbers, here / "delta.parquet", use_dictionary=False, data_page_version="2.0",
    column_encoding={
        "file_name": "DELTA_BYTE_ARRAY", "caption": "DELTA_LENGTH_BYTE_ARRAY", "language": "DELTA_BYTE_ARRAY",
        "id": "DELTA_BINARY_PACKED", "share": "BYTE_STREAM_SPLIT", "flag": "RLE"})
numbers.to_pandas().to_parquet(here / "pandas.parquet")

# What is not read, each for its own reason.
parquet.write_table(numbers, here / "brotli.parquet", compression="brotli")
parquet.write_table(numbers, here / "lz4.parquet", compression="lz4")

# Lists of captions, and captions by language.
lists = pyarrow.table({
    "image_path": paths[:4],
    "captions": [["one", "two"], [], None, ["three", None, "four"]],
    "caption_ko": ["하나", None, "둘", "셋"]})
parquet.write_table(lists, here / "lists.parquet")

# Pictures inside: as Hugging Face's data sets, as img2dataset writes Parquet, and with repeated ones.
bytes_of = [png(i + 1) for i in range(20)]
image = pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())])
pictures = [{"bytes": b, "path": p} for b, p in zip(bytes_of, paths)]
pictures[3] = None
inside = pyarrow.table({"image": pyarrow.array(pictures, image), "text": [f"picture {i}" for i in range(20)]})
parquet.write_table(inside, here / "train-00000-of-00001.parquet", row_group_size=8, data_page_size=256,
                    write_batch_size=2, use_dictionary=False)
parquet.write_table(inside, here / "dictionary.parquet", compression="zstd", data_page_version="2.0")
parquet.write_table(
    pyarrow.table({"jpg": bytes_of, "caption": [f"picture {i}" for i in range(20)],
                   "key": [f"{i:09}" for i in range(20)], "url": ["http://x"] * 20}),
    here / "img2dataset.parquet")

(here / "captions.json").write_text(json.dumps(captions, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
