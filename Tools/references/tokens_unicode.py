#!/usr/bin/env python3
"""Writes Sources/CLanguageData/unicode.txt: the Unicode facts that tokenizers and the detection of languages need.

Categories, combining classes, decompositions and lower case come from this Python's `unicodedata`,
scripts from Perl's `Unicode::UCD`. Both should be of one Unicode version; it is written down.
Run from the root of the checkout:  python3 Tools/references/tokens_unicode.py
"""
import subprocess, unicodedata

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

with open("Sources/CLanguageData/unicode.txt", "w") as out:
    out.write("\n".join([unicodedata.unidata_version] + lines) + "\n")
