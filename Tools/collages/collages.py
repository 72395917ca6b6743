#!/usr/bin/env python3
"""collages.py PICTOGLOT MODEL COLLECTION [--count 100] [--language en] [--split test] [--keep DIR]

How often the best tile, and the hottest part of the dense map, lie on the right thing. Each collage shows four
pictures of the collection (tar shards made by “pictoglot data emoji”) of different concepts, at random places and
of random sizes on white; each is asked for by its caption. A hit is a tile or part whose middle lies in the asked
picture's square (Zhang et al. 2018, “pointing game”, arXiv:1608.00507); chance is the square's share of the area.

Needs: pip install pillow.
"""
import argparse, glob, io, json, os, random, subprocess, tarfile, tempfile
from PIL import Image

SIDE, SIZES = 320, (90, 150)
options = argparse.ArgumentParser()
for name in ("pictoglot", "model", "collection"):
    options.add_argument(name)
options.add_argument("--count", type=int, default=100)
options.add_argument("--language", default="en")
options.add_argument("--split", default="test")
options.add_argument("--keep")
options = options.parse_args()

samples = []
for path in sorted(glob.glob(options.collection + "/*.tar")):
    with tarfile.open(path) as tar:
        for name in sorted(tar.getnames()):
            if name.endswith(".json"):
                record = json.load(tar.extractfile(name))
                if record["split"] == options.split and options.language in record["captions"]:
                    record["picture"] = tar.extractfile(name[:-5] + ".png").read()
                    samples.append(record)


def collage(rng):
    while True:
        chosen, squares = rng.sample(samples, 4), []
        if len({sample["concept"] for sample in chosen}) < 4:
            continue
        for _ in range(5000):
            side = rng.randint(*SIZES)
            x, y = rng.randint(0, SIDE - side), rng.randint(0, SIDE - side)
            if all(x + side <= a or a + s <= x or y + side <= b or b + s <= y for a, b, s in squares):
                squares.append((x, y, side))
            if len(squares) == 4:
                break
        else:
            continue
        canvas = Image.new("RGB", (SIDE, SIDE), "white")
        for sample, (x, y, side) in zip(chosen, squares):
            emoji = Image.open(io.BytesIO(sample["picture"])).convert("RGBA")
            scale = side / max(emoji.size)
            emoji = emoji.resize([max(1, round(s * scale)) for s in emoji.size], Image.BICUBIC)
            canvas.paste(emoji, (x + (side - emoji.width) // 2, y + (side - emoji.height) // 2), emoji)
        return canvas, [sample["captions"][options.language][0] for sample in chosen], squares


def best(lines, index):
    """The middle of the best tile, or of the hottest part, for a text; in pixels."""
    if "similarities" in lines[0]:
        line = lines[index]
        at = max(range(len(line["similarities"])), key=line["similarities"].__getitem__)
        row, column, region = at // line["columns"], at % line["columns"], line["region"]
        return (SIDE * (region["left"] + region["width"] * (column + 0.5) / line["columns"]),
                SIDE * (region["top"] + region["height"] * (row + 0.5) / line["rows"]))
    line = [line for line in lines if line["rank"] == 1][index]
    return line["x"] + line["width"] / 2, line["y"] + line["height"] / 2


rng = random.Random(0)
folder = options.keep or tempfile.mkdtemp()
os.makedirs(folder, exist_ok=True)
ways = {"tiles 3×3": [], "tiles 4×4": ["--rows", "4", "--columns", "4"], "dense": ["--dense"]}
hits, area, asked = {way: 0 for way in ways}, 0, 0
for number in range(options.count):
    picture, texts, squares = collage(rng)
    path = f"{folder}/{number}.png"
    picture.save(path)
    for way, words in ways.items():
        made = subprocess.run(
            [options.pictoglot, "patches", options.model, path, *texts, "--json", "--quiet", "--device", "cpu",
             "--language", options.language, *words], capture_output=True, text=True, check=True)
        lines = [json.loads(line) for line in made.stdout.splitlines()]
        for index, (x, y, side) in enumerate(squares):
            (a, b) = best(lines, index)
            hits[way] += x <= a < x + side and y <= b < y + side
    asked += 4
    area += sum(side * side for _, _, side in squares) / SIDE ** 2
print(f"{asked} questions in {options.language} on {options.count} collages; by chance {area / asked:.1%}")
for way, count in hits.items():
    print(f"{way}: {count / asked:.1%}")
