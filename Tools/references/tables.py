#!/usr/bin/env python3
"""Writes Tests/Fixtures/corpora/tables: tables of pictures and captions as other programs write them,
and captions.json with what they hold.

    python3 Tools/references/tables.py

Needs pandas (tried with 3.0).
"""
import csv
import io
import json
import pathlib

import pandas

here = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/corpora/tables"
here.mkdir(parents=True, exist_ok=True)

captions = [
    'He said "red"',
    '"two"\nlines',
    "a, b; c | d",
    "tab\there",
    "빨간 사과\r\nund mehr",
    'ends with a mark"',
    '"begins" with one',
    "U+2028 \u2028 and \x85 and \x0b too",
]
rows = pandas.DataFrame({"filepath": [f"p{i}.png" for i in range(len(captions))], "title": captions})

# pandas: to_csv with its own separators and quoting; open_clip reads tabs whatever the suffix.
rows.to_csv(here / "pandas.csv", index=False)
rows.to_csv(here / "pandas.tsv", index=False, sep="\t")
rows.to_csv(here / "open_clip.csv", index=False, sep="\t")
rows.to_csv(here / "index.csv")
rows.to_csv(here / "quoted.csv", index=False, quoting=csv.QUOTE_ALL)

# Excel where numbers have commas: semicolons, a byte order mark, CRLF; with and without its own line.
text = io.StringIO(newline="")
writer = csv.writer(text, dialect="excel", delimiter=";")
writer.writerow(["filepath", "title"])
writer.writerows(rows.itertuples(index=False))
(here / "excel.csv").write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode())
(here / "stated.csv").write_bytes(b"sep=;\r\n" + text.getvalue().encode())

# Hugging Face's folders of pictures.
rows.rename(columns={"filepath": "file_name", "title": "text"}).to_csv(here / "metadata.csv", index=False)
with open(here / "metadata.jsonl", "w", encoding="utf-8") as file:
    for row in rows.itertuples(index=False):
        file.write(json.dumps({"file_name": row.filepath, "text": row.title}, ensure_ascii=False) + "\n")

(here / "captions.json").write_text(json.dumps(captions, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
