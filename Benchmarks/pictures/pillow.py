"""Pillow's side of the picture benchmark: the same files, the same steps, one thread's CPU time.

    python3 -m venv venv && venv/bin/pip install pillow==13.0.0 numpy
    venv/bin/python Benchmarks/pictures/pillow.py make FOLDER PHOTO   # the files, from one photograph
    venv/bin/python Benchmarks/pictures/pillow.py run FOLDER

The Swift side is `swift run -c release Benchmarks prepare-pictures FOLDER`; run both on one machine,
one after the other.
Each line is the best of many runs in 0.6 s, in milliseconds.
"""

import io
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image

FILES = ["12mp.jpg", "640x480.jpg", "640x480.png", "640x480.webp", "640x480.gif", "640x480.tif",
         "640x480.bmp", "256.jpg", "64.png"]


def make(folder, photo):
    rng = np.random.default_rng(0)
    source = Image.open(photo).convert("RGB")

    def noisy(size, deviation):
        pixels = np.asarray(source.resize(size, Image.BICUBIC), np.float32)
        pixels = pixels + rng.normal(0, deviation, pixels.shape)
        return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))

    folder.mkdir(parents=True, exist_ok=True)
    noisy((4000, 3000), 4).save(folder / "12mp.jpg", quality=90)
    middle = noisy((640, 480), 3)
    for ending, options in [("jpg", {"quality": 90}), ("png", {}), ("webp", {"quality": 80}),
                            ("gif", {}), ("tif", {}), ("bmp", {})]:
        middle.save(folder / f"640x480.{ending}", **options)
    middle.resize((256, 192)).save(folder / "256.jpg", quality=85)
    middle.resize((64, 64)).save(folder / "64.png")


def clip(image, size=224):
    width, height = image.size
    if width <= height:
        new = (size, int(size * height / width))
    else:
        new = (int(size * width / height), size)
    image = image.resize(new, Image.BICUBIC)
    left, top = (int(round((side - size) / 2.0)) for side in new)
    return image.crop((left, top, left + size, top + size))


def measure(name, body, seconds=0.6):
    body()
    best, start = float("inf"), time.process_time()
    while time.process_time() - start < seconds:
        begin = time.process_time()
        body()
        best = min(best, time.process_time() - begin)
    print(f"{name:40s} {best * 1000:9.3f} ms")


def run(folder):
    for name in FILES:
        data = (folder / name).read_bytes()

        def decode():
            return Image.open(io.BytesIO(data)).convert("RGB")

        image = decode()
        measure(f"decode {name}", decode)
        measure(f"resize to 224 {name}", lambda: clip(image))
        measure(f"decode and resize to 224 {name}", lambda: clip(decode()))
        if name.endswith("jpg"):

            def draft():
                image = Image.open(io.BytesIO(data))
                # Twice the size that is wanted, as thumbnail() asks for with its reducing_gap of 2.
                image.draft("RGB", (448, 448))
                return clip(image.convert("RGB"))

            measure(f"draft: decode and resize to 224 {name}", draft)


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(Path(sys.argv[2]), sys.argv[3])
    else:
        run(Path(sys.argv[2]))
