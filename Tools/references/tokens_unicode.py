#!/usr/bin/env python3
"""Writes Sources/Tokens/Text/UnicodeData.swift: the Unicode facts that tokenizers depend on.

Categories, combining classes, decompositions and lower case come from this Python's `unicodedata`,
scripts from Perl's `Unicode::UCD`. Both should be of one Unicode version; it is written down.
Run from the root of the checkout:  python3 Tools/references/tokens_unicode.py
"""
import base64, subprocess, sys, unicodedata, zlib

CATEGORIES = ["Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe",
              "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn"]
scalars = range(0x110000)

def runs(values):
    """[(length, value)] of equal neighbours."""
    out, start = [], 0
    for i in range(1, len(values) + 1):
        if i == len(values) or values[i] != values[start]:
            out.append((i - start, values[start]))
            start = i
    return out

lines = []
lines.append(" ".join(f"{n:x}.{CATEGORIES.index(v):x}" for n, v in runs([unicodedata.category(chr(c)) for c in scalars])))
lines.append(" ".join(f"{n:x}.{v:x}" for n, v in runs([unicodedata.combining(chr(c)) for c in scalars])))

def mapping(pairs):
    out, last = [], 0
    for c, to in pairs:
        out.append(f"{c - last:x}." + ".".join(f"{x:x}" for x in to))
        last = c
    return " ".join(out)

hangul = range(0xAC00, 0xD7A4)
canonical = [(c, [ord(x) for x in unicodedata.normalize("NFD", chr(c))]) for c in scalars
             if c not in hangul and not 0xD800 <= c < 0xE000 and unicodedata.normalize("NFD", chr(c)) != chr(c)]
compatible = [(c, [ord(x) for x in unicodedata.normalize("NFKD", chr(c))]) for c in scalars
              if c not in hangul and not 0xD800 <= c < 0xE000
              and unicodedata.normalize("NFKD", chr(c)) != unicodedata.normalize("NFD", chr(c))]
pairs = []
for c in scalars:
    d = unicodedata.decomposition(chr(c)) if not 0xD800 <= c < 0xE000 else ""
    if d and not d.startswith("<") and len(d.split()) == 2:
        if unicodedata.normalize("NFC", chr(c)) == chr(c):
            pairs.append((c, [int(x, 16) for x in d.split()]))
lower = [(c, [ord(x) for x in chr(c).lower()]) for c in scalars if not 0xD800 <= c < 0xE000 and chr(c).lower() != chr(c)]
lines += [mapping(canonical), mapping(compatible), mapping(pairs), mapping(lower)]

perl = r'''use Unicode::UCD qw(charscripts); my $s = charscripts();
for my $n (sort keys %$s) { for my $r (@{$s->{$n}}) { printf "%d %d %s\n", $r->[0], $r->[1], $n } }
print STDERR Unicode::UCD::UnicodeVersion();'''
run = subprocess.run(["perl", "-e", perl], capture_output=True, text=True, check=True)
assert run.stderr == unicodedata.unidata_version, (run.stderr, unicodedata.unidata_version)
scripts = ["Unknown"] * 0x110000
for line in run.stdout.splitlines():
    a, b, n = line.split()
    for c in range(int(a), int(b) + 1):
        scripts[c] = n
names = sorted(set(scripts))
lines.append(" ".join(names))
lines.append(" ".join(f"{n:x}.{names.index(v):x}" for n, v in runs(scripts)))

packed = zlib.compressobj(9, zlib.DEFLATED, -15)
raw = "\n".join(lines).encode()
data = packed.compress(raw) + packed.flush()
text = base64.b64encode(data).decode()
WIDTH = 96
chunks = [text[i:i + WIDTH] for i in range(0, len(text), WIDTH)]
per_file = 380
parts = [chunks[i:i + per_file] for i in range(0, len(chunks), per_file)]
for index, part in enumerate(parts):
    with open(f"Sources/Tokens/Text/UnicodeData{index + 1}.swift", "w") as out:
        out.write("// Written by Tools/references/tokens_unicode.py; not to be edited by hand.\n\n")
        out.write("extension UnicodeTables {\n")
        if index == 0:
            out.write(f"  /// Bytes of the data once inflated.\n  static let packedSize = {len(raw)}\n\n")
            out.write("  /// The version of Unicode that the tables follow.\n")
            out.write(f'  static let version = "{unicodedata.unidata_version}"\n\n')
            out.write(f"  /// The tables, deflated, in base 64.\n  static var packed: String {{ ")
            out.write(" + ".join(f"packed{i + 1}" for i in range(len(parts))) + " }\n\n")
        out.write(f'  private static let packed{index + 1} = """\n')
        out.write("\\\n".join("    " + chunk for chunk in part) + "\n")
        out.write('    """\n}\n')
print(len(raw), len(data), len(chunks), "lines", len(parts), "files", file=sys.stderr)
