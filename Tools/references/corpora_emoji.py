"""Makes Tests/Fixtures/corpora/emoji: a few glyphs of Noto Color Emoji and a few names of CLDR.

    dpkg-deb -x fonts-noto-color-emoji_*.deb root
    dpkg-deb -x unicode-cldr-core_*.deb root
    python3 Tools/references/corpora_emoji.py root Tests/Fixtures/corpora/emoji

The font is written anew with the tables that ColorFont reads; its bitmaps are the font's own PNG
files, indexed in the formats 1, 3 and 4 so that each of them is tried. OFL-1.1 (font), Unicode-DFS-2016 (names).
"""

import os
import re
import struct
import sys

SEQUENCES = [
    "2a", "35", "1f34e", "1f415", "1f9d4", "1f469-200d-1f373", "1f468-200d-1f373", "1f373",
    "1f468-200d-1f466", "1f44b-1f3fd", "35-20e3", "1f1eb-1f1f7", "1f1e8-1f1f5", "1f1f0-1f1f7",
    "1f3f4-e0067-e0062-e0077-e006c-e0073-e007f",
]
LANGUAGES = ["en", "ko", "ar", "fr", "no", "pt", "to", "kl", "kab", "cs", "en_GB", "zh_Hant"]
NOTO = "usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
CLDR = "usr/share/unicode/cldr/common"


class Font:
    def __init__(self, data):
        self.data = data
        self.tables = {}
        for i in range(self.u16(4)):
            tag, _, offset, _ = struct.unpack(">4sIII", data[12 + 16 * i : 28 + 16 * i])
            self.tables[tag.decode()] = offset
        self.read_cmap()
        self.read_ligatures()
        self.read_pictures()

    def u16(self, place):
        return struct.unpack(">H", self.data[place : place + 2])[0]

    def u32(self, place):
        return struct.unpack(">I", self.data[place : place + 4])[0]

    def read_cmap(self):
        cmap = self.tables["cmap"]
        self.cmap = {}
        for i in range(self.u16(cmap + 2)):
            place = cmap + self.u32(cmap + 8 + 8 * i)
            if self.u16(place) != 12:
                continue
            for j in range(self.u32(place + 12)):
                first, last, glyph = struct.unpack(
                    ">III", self.data[place + 16 + 12 * j : place + 28 + 12 * j])
                for code in range(first, last + 1):
                    self.cmap[code] = glyph + code - first

    def read_ligatures(self):
        gsub = self.tables["GSUB"]
        lookups = gsub + self.u16(gsub + 8)
        lookup = lookups + self.u16(lookups + 2)
        subtable = lookup + self.u16(lookup + 6)
        coverage = subtable + self.u16(subtable + 2)
        firsts = []
        if self.u16(coverage) == 1:
            firsts = [self.u16(coverage + 4 + 2 * i) for i in range(self.u16(coverage + 2))]
        else:
            for i in range(self.u16(coverage + 2)):
                a, b = self.u16(coverage + 4 + 6 * i), self.u16(coverage + 6 + 6 * i)
                firsts += range(a, b + 1)
        self.ligatures = {}
        for i, first in enumerate(firsts):
            group = subtable + self.u16(subtable + 6 + 2 * i)
            for j in range(self.u16(group)):
                ligature = group + self.u16(group + 2 + 2 * j)
                rest = [self.u16(ligature + 4 + 2 * k) for k in range(self.u16(ligature + 2) - 1)]
                self.ligatures[(first, *rest)] = self.u16(ligature)

    def read_pictures(self):
        cblc, cbdt = self.tables["CBLC"], self.tables["CBDT"]
        array = cblc + self.u32(cblc + 8)
        self.pictures = {}
        for i in range(self.u32(cblc + 16)):
            first, last, offset = struct.unpack(">HHI", self.data[array + 8 * i : array + 8 * i + 8])
            table = array + offset
            base = cbdt + self.u32(table + 4)
            for k in range(last - first + 1):
                begin, end = self.u32(table + 8 + 4 * k), self.u32(table + 12 + 4 * k)
                if end > begin:
                    self.pictures[first + k] = self.data[base + begin : base + end]

    def glyph(self, codes):
        run = tuple(self.cmap[code] for code in codes)
        return run[0] if len(run) == 1 else self.ligatures[run]


def subset(font):
    """The bytes of a font with the glyphs of SEQUENCES alone."""
    sequences = [[int(code, 16) for code in s.split("-")] for s in SEQUENCES]
    codes = sorted({code for sequence in sequences for code in sequence})
    new = {code: i + 1 for i, code in enumerate(codes)}
    pictures = {}
    ligatures = {}
    by_old = {}
    number = len(codes) + 1
    for sequence in sequences:
        old = font.glyph(sequence)
        if len(sequence) == 1:
            glyph = new[sequence[0]]
        elif old in by_old:
            glyph = by_old[old]
        else:
            glyph, number = number, number + 1
            by_old[old] = glyph
        if len(sequence) > 1:
            ligatures.setdefault(new[sequence[0]], []).append(
                ([new[c] for c in sequence[1:]], glyph))
        pictures[glyph] = font.pictures[old]
    groups = b"".join(struct.pack(">III", c, c, new[c]) for c in codes)
    table = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(codes)) + groups
    cmap = struct.pack(">HHHHI", 0, 1, 3, 10, 12) + table

    glyphs = sorted(pictures)
    cbdt = struct.pack(">HH", 3, 0)
    singles = [g for g in glyphs if g <= len(codes)]
    joined = [g for g in glyphs if g > len(codes)]
    assert joined == list(range(joined[0], joined[-1] + 1))
    half = len(joined) // 2
    parts = [(4, singles), (1, joined[:half]), (3, joined[half:])]
    subtables, records = [], []
    for kind, members in parts:
        base = len(cbdt)
        offsets = [0]
        for glyph in members:
            cbdt += pictures[glyph]
            offsets.append(offsets[-1] + len(pictures[glyph]))
        head = struct.pack(">HHI", kind, 17, base)
        if kind == 1:
            body = b"".join(struct.pack(">I", o) for o in offsets)
        elif kind == 3:
            body = b"".join(struct.pack(">H", o) for o in offsets)
        else:
            body = struct.pack(">I", len(members)) + b"".join(
                struct.pack(">HH", g, o) for g, o in zip(members + [0], offsets))
        subtables.append(head + body + b"\0" * (-len(body) % 4))
        records.append((members[0], members[-1]))
    array, place = b"", 8 * len(parts)
    for (first, last), subtable in zip(records, subtables):
        array += struct.pack(">HHI", first, last, place)
        place += len(subtable)
    array += b"".join(subtables)
    metrics = struct.pack(">bbBbbbbbbbbb", 101, -27, 136, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    size = struct.pack(">IIII", 56, len(array), len(parts), 0) + metrics * 2
    size += struct.pack(">HHBBBb", glyphs[0], glyphs[-1], 109, 109, 32, 1)
    cblc = struct.pack(">HHI", 3, 0, 1) + size + array

    firsts = sorted(ligatures)
    sets = []
    for first in firsts:
        entries = [struct.pack(">HH", glyph, len(rest) + 1) + b"".join(struct.pack(">H", r) for r in rest)
                   for rest, glyph in sorted(ligatures[first], key=lambda e: -len(e[0]))]
        place, head, body = 2 + 2 * len(entries), struct.pack(">H", len(entries)), b""
        for entry in entries:
            head += struct.pack(">H", place + len(body))
            body += entry
        sets.append(head + body)
    coverage = struct.pack(">HH", 1, len(firsts)) + b"".join(struct.pack(">H", f) for f in firsts)
    head_size = 6 + 2 * len(sets)
    head = struct.pack(">HHH", 1, head_size, len(sets))
    place = head_size + len(coverage)
    for one in sets:
        head += struct.pack(">H", place)
        place += len(one)
    subtable = head + coverage + b"".join(sets)
    lookup = struct.pack(">HHHH", 4, 0, 1, 8) + subtable
    gsub = struct.pack(">HHHHH", 1, 0, 10, 12, 14) + b"\0\0" + b"\0\0"
    gsub += struct.pack(">HH", 1, 4) + lookup

    tables = [(b"CBDT", cbdt), (b"CBLC", cblc), (b"GSUB", gsub), (b"cmap", cmap)]
    place = 12 + 16 * len(tables)
    directory, body = struct.pack(">IHHHH", 0x00010000, len(tables), 0, 0, 0), b""
    for tag, data in tables:
        directory += struct.pack(">4sIII", tag, 0, place + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    return directory + body


def names(source, wanted):
    """The lines of an LDML file that are about the wanted sequences, and all that frames them."""
    kept = []
    for line in open(source, encoding="utf-8"):
        match = re.search(r'<annotation cp="([^"]*)"', line)
        if not match or match.group(1) in wanted:
            kept.append(line)
    return "".join(kept)


def main():
    root, out = sys.argv[1:]
    font = Font(open(f"{root}/{NOTO}", "rb").read())
    os.makedirs(os.path.dirname(f"{out}/{NOTO}"), exist_ok=True)
    with open(f"{out}/{NOTO}", "wb") as file:
        file.write(subset(font))
    wanted = {"".join(chr(int(c, 16)) for c in s.split("-")) for s in SEQUENCES}
    for part in ("annotations", "annotationsDerived"):
        os.makedirs(f"{out}/{CLDR}/{part}", exist_ok=True)
        for language in LANGUAGES:
            source = f"{root}/{CLDR}/{part}/{language}.xml"
            if os.path.exists(source):
                with open(f"{out}/{CLDR}/{part}/{language}.xml", "w", encoding="utf-8") as file:
                    file.write(names(source, wanted))


main()
