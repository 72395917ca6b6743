"""Makes Tests/Fixtures/pictures: what Pillow does with small pictures, for the tests of Pictures.

    python3 -m venv venv && venv/bin/pip install pillow==13.0.0 numpy pillow-heif==1.8.1 torch
    venv/bin/python Tools/references/pictures.py Tests/Fixtures/pictures

One file, deep.avif, is made by `avifenc` of Debian's libavif-bin, and left alone without it.
"""

import io
import json
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pillow_heif
import torch
from PIL import Image, ImageCms, ImageOps

FILTERS = {
    "bicubic": Image.BICUBIC,
    "bilinear": Image.BILINEAR,
    "box": Image.BOX,
}
CLIP = ([0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711])


def scene(width, height, seed):
    """Smooth colours with sharp edges and some noise: every branch of a filter is used."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    waves = [np.sin(x * a + y * b) for a, b in rng.uniform(0.05, 0.9, (3, 2))]
    image = np.stack(waves, -1) * 90 + 128 + rng.normal(0, 25, (height, width, 3))
    image[(x // 7 + y // 5) % 4 == 0] = [255, 0, 255]
    return Image.fromarray(image.clip(0, 255).round().astype(np.uint8))


class Store:
    """Pictures' bytes, one after the other, and where each begins."""

    def __init__(self):
        self.bytes = bytearray()

    def add(self, image):
        start = len(self.bytes)
        self.bytes += image.convert("RGB").tobytes()
        return {"width": image.width, "height": image.height, "start": start}


def clip_picture(image, size):
    """torchvision's Resize(size) and CenterCrop(size), as open_clip puts them together."""
    width, height = image.size
    if width <= height:
        new = (size, int(size * height / width))
    else:
        new = (int(size * width / height), size)
    image = image.resize(new, Image.BICUBIC)
    left, top = int(round((new[0] - size) / 2.0)), int(round((new[1] - size) / 2.0))
    return image.crop((left, top, left + size, top + size))


def resizes(store):
    sources = [scene(61, 47, 1), scene(16, 40, 2), scene(200, 3, 3), scene(1, 1, 4), scene(9, 70, 5)]
    cases = []
    for source in sources:
        entry = store.add(source)
        for name, kind in FILTERS.items():
            for width, height in [(32, 32), (61, 20), (16, 47), (7, 1), (70, 66), (1, 90)]:
                made = store.add(source.resize((width, height), kind))
                cases.append({"source": entry, "filter": name, "made": made})
        if source.width < 20:
            continue
        for box in [(3.3, 0.25, 48.7, 2.75), (10, 1, 42, 3), (0.1, 0, 61, 2.5)]:
            made = store.add(source.resize((24, 19), Image.BICUBIC, box=box))
            cases.append({"source": entry, "filter": "bicubic", "box": box, "made": made})
    return cases


def preprocessings(store):
    cases = []
    mean, deviation = (np.array(values, np.float32) for values in CLIP)
    for seed, (width, height) in enumerate([(61, 47), (47, 60), (31, 32), (90, 33), (20, 20)]):
        source = scene(width, height, 10 + seed)
        made = clip_picture(source, 32)
        numbers = (np.asarray(made, np.float32) / np.float32(255) - mean) / deviation
        side = max(source.size)
        white = Image.new("RGB", (side, side), "white")
        white.paste(source, ((side - width) // 2, (side - height) // 2))
        cases.append(
            {
                "source": store.add(source),
                "crop": store.add(made),
                "squash": store.add(source.resize((32, 32), Image.BICUBIC)),
                "pad": store.add(white.resize((32, 32), Image.BICUBIC)),
                "normalized": [float(v) for v in numbers.transpose(2, 0, 1).reshape(-1)[::97]],
            }
        )
    return cases


def framings():
    """width, height, size, then the resized size and the corner of the crop."""
    rng = np.random.default_rng(5)
    rows = []
    for _ in range(400):
        width, height = (int(v) for v in rng.integers(1, 3000, 2))
        size = int(rng.choice([32, 64, 224, 256, 384, 378]))
        if width <= height:
            new = (size, int(size * height / width))
        else:
            new = (int(size * width / height), size)
        corner = [int(round((side - size) / 2.0)) for side in new]
        rows.append([width, height, size, *new, *corner])
    return rows


def profile_p3():
    """A minimal ICC profile: Display P3's primaries with a gamma of 2.2."""
    def fixed(*values):
        return b"".join(struct.pack(">i", round(v * 65536)) for v in values)

    def xyz(*values):
        return b"XYZ \0\0\0\0" + fixed(*values)

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
    text = b"desc\0\0\0\0" + struct.pack(">I", 8) + b"test P3\0" + bytes(4 + 4 + 2 + 1 + 67)
    text += bytes(-len(text) % 4)
    tags = [
        (b"desc", text),
        (b"wtpt", xyz(0.9642, 1, 0.8249)),
        (b"rXYZ", xyz(0.5151, 0.2412, -0.0011)),
        (b"gXYZ", xyz(0.2920, 0.6922, 0.0419)),
        (b"bXYZ", xyz(0.1571, 0.0666, 0.7841)),
        (b"rTRC", curve),
        (b"gTRC", curve),
        (b"bTRC", curve),
        (b"cprt", b"text\0\0\0\0none\0\0\0\0"),
    ]
    offset, table, body = 128 + 4 + 12 * len(tags), b"", b""
    for name, data in tags:
        table += name + struct.pack(">II", offset + len(body), len(data))
        body += data
    size = offset + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"lcms", 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + fixed(0.9642, 1, 0.8249)
    head += bytes(128 - len(head))
    return head + struct.pack(">I", len(tags)) + table + body


def formats(folder, store):
    """One small file of each kind, and what it should look like."""
    source = scene(24, 18, 20).resize((24, 18), Image.BILINEAR)
    smooth = source.resize((6, 5), Image.BOX).resize((24, 18), Image.BICUBIC)
    alpha = Image.fromarray(np.tile(np.linspace(0, 255, 24).astype(np.uint8), (18, 1)))
    grey = smooth.convert("L")
    rgba = smooth.copy()
    rgba.putalpha(alpha)
    la = Image.merge("LA", (grey, alpha))
    palette = smooth.quantize(16)
    sixteen = Image.fromarray((np.asarray(grey).astype(np.uint16) * 257))
    kinds = [
        ("rgb.png", smooth, {}, 0),
        ("grey.png", grey, {}, 0),
        ("one_bit.png", grey.convert("1"), {}, 0),
        ("palette.png", palette, {}, 0),
        ("rgba.png", rgba, {}, 0),
        ("grey_alpha.png", la, {}, 0),
        ("grey16.png", sixteen, {}, 0),
        ("rgb.jpg", smooth, {"quality": 95}, 1),
        ("grey.jpg", grey, {"quality": 95}, 1),
        ("progressive.jpg", smooth, {"quality": 90, "progressive": True}, 1),
        ("cmyk.jpg", smooth.convert("CMYK"), {"quality": 95}, 2),
        ("lossless.webp", smooth, {"lossless": True}, 0),
        ("alpha.webp", rgba, {"lossless": True, "exact": True}, 0),
        ("lossy.webp", smooth, {"quality": 90}, 2),
        ("rgb.gif", palette, {}, 0),
        ("lzw.tif", smooth, {"compression": "tiff_lzw"}, 0),
        ("one_bit.tif", grey.convert("1"), {"compression": "group4"}, 0),
        ("rgb.avif", smooth, {"quality": 90, "subsampling": "4:4:4"}, 6),
        ("rgb.bmp", smooth, {}, 0),
        ("palette.bmp", palette, {}, 0),
        ("one_bit.bmp", grey.convert("1"), {}, 0),
        ("rgba.bmp", rgba, {}, 0),
        ("rgb.ppm", smooth, {}, 0),
        ("grey.pgm", grey, {}, 0),
        ("one_bit.pbm", grey.convert("1"), {}, 0),
    ]
    cases = []
    for name, image, options, tolerance in kinds:
        data = io.BytesIO()
        kind = {"jpg": "JPEG", "tif": "TIFF", "ppm": "PPM", "pgm": "PPM", "pbm": "PPM"}
        ending = name.split(".")[1]
        image.save(data, kind.get(ending, ending.upper()), **options)
        (folder / name).write_bytes(data.getvalue())
        seen = Image.open(io.BytesIO(data.getvalue()))
        if name == "grey16.png":
            seen = Image.fromarray((np.asarray(seen) >> 8).astype(np.uint8))
        if "A" in seen.getbands():
            seen = seen.convert("RGBA")
            white = Image.new("RGB", seen.size, "white")
            white.paste(seen, mask=seen.getchannel("A"))
            seen = white
        cases.append({"file": name, "tolerance": tolerance, "made": store.add(seen)})

    profile = profile_p3()
    smooth.save(folder / "display_p3.png", icc_profile=profile)
    seen = ImageCms.profileToProfile(
        smooth, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC)
    cases.append({"file": "display_p3.png", "tolerance": 2, "made": store.add(seen)})
    for orientation in range(1, 9):
        name = f"turned{orientation}.png"
        exif = Image.Exif()
        exif[0x112] = orientation
        source.save(folder / name, exif=exif)
        seen = ImageOps.exif_transpose(Image.open(folder / name))
        cases.append({"file": name, "tolerance": 0, "made": store.add(seen)})
    return cases


def on_white(image):
    if "A" not in image.getbands():
        return image.convert("RGB")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white


def deep_png(path, pixels):
    """A PNG of 16 bits a channel, which Pillow does not write."""
    import zlib

    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    data = b"\x89PNG\r\n\x1a\n"
    head = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    for kind, body in [(b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]:
        data += struct.pack(">I", len(body)) + kind + body
        data += struct.pack(">I", zlib.crc32(kind + body))
    path.write_bytes(data)


def heif(folder):
    """HEIC and AVIF: with alpha, of 10 bits, turned and mirrored by the container.

    HEIC is read by pillow-heif (libheif, libde265), AVIF by Pillow (libavif, dav1d).
    """
    pillow_heif.register_heif_opener()
    store = Store()
    source = scene(32, 24, 21).resize((8, 6), Image.BOX).resize((32, 24), Image.BICUBIC)
    rgba = source.copy()
    rgba.putalpha(Image.fromarray(np.tile(np.linspace(0, 255, 32).astype(np.uint8), (24, 1))))
    names = []

    def save(name, image, **options):
        options |= {"chroma": 444} if name.endswith("heic") else {"subsampling": "4:4:4"}
        image.save(folder / name, quality=95, **options)
        names.append(name)

    for ending in ("heic", "avif"):
        save(f"plain.{ending}", source)
        save(f"see_through.{ending}", rgba)
        for orientation in (2, 3, 5, 6, 8):
            exif = Image.Exif()
            exif[0x112] = orientation
            save(f"turned{orientation}.{ending}", source, exif=exif.tobytes())
    deep = np.asarray(source).astype(np.uint16) * 257
    made = pillow_heif.from_bytes(mode="RGB;16", size=source.size, data=deep.tobytes())
    made.save(folder / "deep.heic", quality=95, chroma=444)
    names += ["deep.heic", "deep.avif"]
    if shutil.which("avifenc"):
        with tempfile.TemporaryDirectory() as place:
            deep_png(Path(place) / "deep.png", deep)
            subprocess.run(
                ["avifenc", "-d", "10", "-y", "444", "--min", "0", "--max", "8",
                 Path(place) / "deep.png", folder / "deep.avif"], check=True)
    cases = []
    for name in names:
        # Both readers turn the picture themselves and say so by an orientation of 1.
        seen = ImageOps.exif_transpose(Image.open(folder / name))
        cases.append({"file": name, "tolerance": 3, "made": store.add(on_white(seen))})
    (folder / "heif.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")
    (folder / "heif.bin").write_bytes(store.bytes)


def interpolations():
    """ToTensor, then interpolate without antialiasing, then CLIP's constants: the sources of
    preprocessings() as 32 × 32, and every 97th number."""
    cases = []
    mean, deviation = (torch.tensor(values)[:, None, None] for values in CLIP)
    for seed, (width, height) in enumerate([(61, 47), (47, 60), (31, 32), (90, 33), (20, 20)]):
        source = scene(width, height, 10 + seed)

        def numbers(image, size):
            values = torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255
            made = torch.nn.functional.interpolate(
                values[None], size=size[::-1], mode="bilinear", align_corners=False)[0]
            return (made - mean) / deviation

        new = (32, int(32 * height / width)) if width <= height else (int(32 * width / height), 32)
        left, top = (int(round((side - 32) / 2.0)) for side in new)
        crop = numbers(source, new)[:, top : top + 32, left : left + 32]
        side = max(source.size)
        white = Image.new("RGB", (side, side), "white")
        white.paste(source, ((side - width) // 2, (side - height) // 2))
        made = {"crop": crop, "squash": numbers(source, (32, 32)), "pad": numbers(white, (32, 32))}
        cases.append({fit: values.reshape(-1)[::97].tolist() for fit, values in made.items()})
    return cases


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    store = Store()
    index = {
        "resizes": resizes(store),
        "preprocessings": preprocessings(store),
        "framings": framings(),
        "formats": formats(folder, store),
    }
    (folder / "pictures.json").write_text(json.dumps(index, separators=(",", ":")) + "\n")
    (folder / "pictures.bin").write_bytes(store.bytes)
    heif(folder)
    (folder / "interpolated.json").write_text(json.dumps(interpolations()) + "\n")


if __name__ == "__main__":
    main()
