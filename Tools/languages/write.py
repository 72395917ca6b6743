"""Writes what the detection of languages knows into the program's sources.

    python Tools/languages/write.py model model.npz     Sources/CLanguageData/language-model.bin
    python Tools/languages/write.py ideographs FOLDER   Sources/Languages/Detection/IdeographData.swift

FOLDER: /usr/share/unicode/cldr of Debian's unicode-cldr-core 41.

Needs: pip install numpy.
"""
import re, sys
from pathlib import Path
import xml.etree.ElementTree as ET

ROOT = Path(__file__).parents[2]
HEADER = "// Written by Tools/languages/write.py; not to be edited by hand.\n\n"


def model(path):
    """Two lines of text, numbers as differences, rows as two levels a byte, the matrix; LanguageModelFile.swift reads it."""
    import numpy as np

    found = np.load(path)
    numbers = bytearray()
    for step in np.diff(found["kept"], prepend=-1) - 1:
        while step >= 128:
            numbers.append(step & 127 | 128)
            step >>= 7
        numbers.append(int(step))
    levels = (found["levels"] + 7).astype(np.uint8).reshape(-1)
    matrix = (found["matrix"] * found["scale"]).astype("<f4")
    weights = np.concatenate([matrix, found["bias"][:, None].astype("<f4")], 1).tobytes()
    tags = " ".join(f"{tag.split()[0]}:{tag.split()[1]}" for tag in found["tags"])
    head = f"{len(found['kept'])} {found['levels'].shape[1]} {len(numbers)}\n{tags}\n"
    out = head.encode() + bytes(numbers) + (levels[0::2] | levels[1::2] << 4).tobytes() + weights
    (ROOT / "Sources/CLanguageData/language-model.bin").write_bytes(out)
    print(len(out), "bytes")


def exemplars(folder, locale):
    """The characters that CLDR says a language is written with."""
    found = set()
    for element in ET.parse(f"{folder}/common/main/{locale}.xml").getroot().iter("exemplarCharacters"):
        if element.get("type") not in ("index", "numbers", "punctuation"):
            text = re.sub(r"(.)-(.)", lambda m: "".join(map(chr, range(ord(m[1]), ord(m[2]) + 1))), element.text)
            found |= {char for char in text if char >= "\u3400"}
    return found


def ideographs(folder):
    """Characters that only one of the written forms of Chinese, or only Japanese, has."""
    rules = ET.parse(folder + "/common/transforms/Simplified-Traditional.xml").getroot().find(".//tRule").text
    pairs = re.findall(r"^(.)([↔←→])(.);", rules, re.M)
    same = {a for a, _, b in pairs if a == b}
    simplified = {a for a, _, b in pairs if a != b and a >= "\u3400"} - same
    traditional = {b for a, _, b in pairs if a != b and b >= "\u3400"} - same
    both = simplified & traditional
    hans, hant, japanese = (exemplars(folder, locale) for locale in ("zh", "zh_Hant", "ja"))
    simplified = (simplified - both - (hant - hans)) | (hans - hant) & simplified
    traditional = (traditional - both - (hans - hant)) | (hant - hans) & traditional
    japanese = japanese - hans - hant - simplified - traditional - {b for *_, b in pairs} - {a for a, *_ in pairs}
    japanese = {char for char in japanese if "\u4e00" <= char <= "\u9fff"}
    out = HEADER + "/// Characters that tell what Chinese characters write.\n///\n"
    out += "/// - Source: CLDR 41, the transform from simplified to traditional, and exemplar characters.\n"
    out += "enum IdeographData {\n"
    for name, chars in (("simplified", simplified), ("traditional", traditional), ("japanese", japanese)):
        text = "".join(sorted(chars))
        lines = "\\\n".join("    " + text[at:at + 94] for at in range(0, len(text), 94))
        out += f'  static let {name} = """\n{lines}\n    """\n\n'
        print(name, len(text), text[:40])
    (ROOT / "Sources/Languages/Detection/IdeographData.swift").write_text(out.rstrip() + "\n}\n")


if __name__ == "__main__":
    {"model": model, "ideographs": ideographs}[sys.argv[1]](sys.argv[2])
