"""Makes Tests/Fixtures/pictures/colours: pictures whose colours are easily taken for others.

    python3 -m venv venv && venv/bin/pip install pillow==13.0.0 numpy
    venv/bin/python Tools/references/colours.py Tests/Fixtures/pictures/colours

What profiles make of colours is computed by littlecms, through Pillow's ImageCms, in the relative
colorimetric way. Every picture has twelve patches, four in a row, of 8 x 8 pixels; colours.json
says which colour each has when it is seen.
"""

import io
import json
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

PATCHES = [
    (220, 30, 30), (30, 180, 30), (30, 30, 220), (255, 80, 40),
    (10, 10, 10), (60, 60, 60), (128, 128, 128), (200, 200, 200),
    (255, 255, 255), (0, 0, 0), (40, 200, 220), (230, 210, 20),
]
SRGB = [(0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)]
P3 = [(0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841)]
RELATIVE = ImageCms.Intent.RELATIVE_COLORIMETRIC


def patches(colours=PATCHES):
    """The patches as pixels, in the type of the colours."""
    grid = np.array(colours).reshape(3, 4, -1)
    return grid.repeat(8, axis=0).repeat(8, axis=1)


def fixed(*values):
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def gamma(value):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256)) + b"\0\0"


def srgb_formula():
    return b"para\0\0\0\0\0\3\0\0" + fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def srgb_table(count=1024):
    value = np.arange(count) / (count - 1)
    light = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    numbers = np.round(light * 65535).astype(">u2").tobytes()
    return b"curv\0\0\0\0" + struct.pack(">I", count) + numbers


def profile(name, curve, primaries=None, padding=0):
    """An ICC profile of version 2: of three primaries, or of grey."""
    text = name.encode() + b"\0"
    text = b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78)
    white = b"XYZ \0\0\0\0" + fixed(0.9642, 1, 0.8249)
    tags = [(b"desc", text), (b"cprt", b"text\0\0\0\0CC0\0"), (b"wtpt", white)]
    if primaries:
        for letter, primary in zip("rgb", primaries):
            tags.append((f"{letter}XYZ".encode(), b"XYZ \0\0\0\0" + fixed(*primary)))
            tags.append((f"{letter}TRC".encode(), curve))
    else:
        tags.append((b"kTRC", curve))
    offset, table, body = 128 + 4 + 12 * len(tags), b"", b""
    for tag, data in tags:
        data += bytes(-len(data) % 4)
        table += tag + struct.pack(">II", offset + len(body), len(data))
        body += data
    body += bytes(padding)
    space = b"RGB " if primaries else b"GRAY"
    head = struct.pack(">I4sI4s4s4s", offset + len(body), b"lcms", 0x02100000, b"mntr", space, b"XYZ ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + white[8:]
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def converted(image, icc):
    source = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    return ImageCms.profileToProfile(
        image, source, ImageCms.createProfile("sRGB"), RELATIVE, outputMode="RGB")


def tiff(pixels, photometric, bits, sample_format):
    """A TIFF in one strip, of samples that Pillow does not write."""
    height, width, count = pixels.shape
    data = pixels.tobytes()
    entries = [
        (256, 4, [width]), (257, 4, [height]), (258, 3, [bits] * count), (259, 3, [1]),
        (262, 3, [photometric]), (273, 4, [8]), (277, 3, [count]), (278, 4, [height]),
        (279, 4, [len(data)]), (339, 3, [sample_format] * count),
    ]
    more, directory = b"", b""
    place = 8 + len(data)
    for tag, kind, values in entries:
        packed = b"".join(struct.pack("<H" if kind == 3 else "<I", value) for value in values)
        if len(packed) > 4:
            directory += struct.pack("<HHII", tag, kind, len(values), place + len(more))
            more += packed
        else:
            directory += struct.pack("<HHI", tag, kind, len(values)) + packed.ljust(4, b"\0")
    head = b"II*\0" + struct.pack("<I", place + len(more))
    return head + data + more + struct.pack("<H", len(entries)) + directory + bytes(4)


def png_with(image, chunks, **options):
    """A PNG with further chunks before its pixels."""
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    data = file.getvalue()
    place = data.index(b"IDAT") - 4
    more = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks)
    return data[:place] + more + data[place:]


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(patches().astype(np.uint8))
    grey = image.convert("L")
    cmyk = image.convert("CMYK")
    cases = []

    def add(name, data, seen, tolerance):
        (folder / name).write_bytes(data)
        colours = None
        if seen is not None:
            pixels = np.asarray(seen.convert("RGB"))
            colours = [pixels[y * 8 + 4, x * 8 + 4].tolist() for y in range(3) for x in range(4)]
        cases.append({"file": name, "colours": colours, "tolerance": tolerance})

    kinds = {
        "jpg": ("JPEG", {"quality": 97, "subsampling": 0}), "png": ("PNG", {}),
        "webp": ("WEBP", {"lossless": True}), "tif": ("TIFF", {}),
    }

    def encoded(picture, ending, icc=None):
        kind, options = kinds[ending]
        file = io.BytesIO()
        picture.save(file, kind, **options, **({"icc_profile": icc} if icc else {}))
        return file.getvalue()

    p3 = profile("sRGB EOTF with DCI-P3 Color Gamut", srgb_formula(), P3)
    swapped = profile("sRGB EOTF with exchanged Color Gamut", gamma(2.2), [SRGB[1], SRGB[0], SRGB[2]])
    for ending in kinds:
        slack = 3 if ending == "jpg" else 2
        add(f"p3_named_srgb.{ending}", encoded(image, ending, p3), converted(image, p3), slack)
    add("exchanged_named_srgb.png", encoded(image, "png", swapped), converted(image, swapped), 2)
    # What decides is the curve: a power of 2.2 darkens shadows, and the others are sRGB's own.
    power = profile("sRGB", gamma(2.2), SRGB)
    add("srgb_power.png", encoded(image, "png", power), converted(image, power), 2)
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    add("srgb_lcms.png", encoded(image, "png", own), image, 0)
    table = profile("Camera", srgb_table(), SRGB)
    add("srgb_table.png", encoded(image, "png", table), image, 0)

    bright = profile("Grey of 1.8", gamma(1.8))
    add("grey_own.png", encoded(grey, "png", bright), converted(grey, bright), 2)
    for ending in ("jpg", "png", "tif"):
        slack = 2 if ending == "jpg" else 0
        add(f"grey_with_rgb.{ending}", encoded(grey, ending, swapped), grey, slack)
    add("rgb_with_grey.png", encoded(image, "png", bright), image, 0)
    add("cmyk_with_rgb.jpg", encoded(cmyk, "jpg", swapped), cmyk, 6)
    add("cut_profile.jpg", encoded(image, "jpg", swapped[:300]), image, 3)

    # Notes that unpack to megabytes, too many of them, and a profile of 1.5 MB behind them.
    notes = [(kind, b"workflow\0" + rest + zlib.compress(b"node " * 400_000, 9))
             for kind, rest in ((b"zTXt", b"\0"), (b"iTXt", b"\1\0\0\0"))]
    notes += [(b"tEXt", f"key {index}\0value".encode()) for index in range(40)]
    fat = profile("Exchanged", gamma(2.2), [SRGB[1], SRGB[0], SRGB[2]], padding=1_500_000)
    big = [(b"iCCP", b"printer\0\0" + zlib.compress(fat, 9))]
    add("notes.png", png_with(image, notes + big), converted(image, fat), 2)

    lab = ImageCms.profileToProfile(
        image, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), RELATIVE,
        outputMode="LAB")
    file = io.BytesIO()
    Image.frombytes("LAB", lab.size, lab.tobytes()).save(file, "TIFF")
    add("lab.tif", file.getvalue(), image, 6)

    def add_tiff(name, pixels, photometric, bits, sample_format, seen, tolerance=1):
        add(name, tiff(pixels, photometric, bits, sample_format), seen, tolerance)

    light = np.asarray(grey)[..., None]
    share = (patches() / 255).astype("<f4")
    add_tiff("float_share_rgb.tif", share, 2, 32, 3, image)
    add_tiff("float_share_grey.tif", (light / 255).astype("<f4"), 1, 32, 3, grey)
    add_tiff("float_levels_grey.tif", light.astype("<f4"), 1, 32, 3, grey)
    add_tiff("int32_levels_grey.tif", light.astype("<i4"), 1, 32, 2, grey)
    add_tiff("uint32_deep_grey.tif", light.astype("<u4") * 257, 1, 32, 1, grey)
    add_tiff("cmyk16.tif", np.asarray(cmyk).astype("<u2") * 257, 5, 16, 1, cmyk)
    add_tiff("float_bright.tif", share * 21.5, 2, 32, 3, None)
    add_tiff("float_negative.tif", share - np.float32(0.5), 2, 32, 3, None)
    add_tiff("float_nan.tif", np.where(share > 0.9, np.nan, share).astype("<f4"), 2, 32, 3, None)
    add_tiff("int32_wide.tif", light.astype("<i4") * 100_000, 1, 32, 2, None)
    (folder / "colours.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
