#!/usr/bin/env python3
"""Writes Sources/Languages/Tags/LanguageData.swift: codes and names of languages.

Codes come from Debian's `iso-codes`, names from `unicode-cldr-core` (unpack it anywhere):
    apt-get download unicode-cldr-core && dpkg-deb -x unicode-cldr-core_*.deb cldr
    python3 Tools/references/tokens_languages.py cldr/usr/share/unicode/cldr
"""
import base64, json, os, sys, xml.etree.ElementTree as ET

cldr = sys.argv[1]
iso = "/usr/share/iso-codes/json/"
part3 = json.load(open(iso + "iso_639-3.json"))["639-3"]
part5 = json.load(open(iso + "iso_639-5.json"))["639-5"]
three = {e["alpha_3"] for e in part3} | {e["alpha_3"] for e in part5}
two = {e["alpha_2"]: e["alpha_3"] for e in part3 if "alpha_2" in e} | {"sh": "hbs", "bh": "bih"}
regions = {e["alpha_2"] for e in json.load(open(iso + "iso_3166-1.json"))["3166-1"]}

# A language that has a two-letter code goes by it.
bits = bytearray(26 ** 3 // 8 + 1)
for code in three | {"mul", "und", "zxx", "mis"}:
    n = 0
    for c in code:
        n = n * 26 + ord(c) - 97
    bits[n // 8] |= 1 << n % 8

def names(locale):
    root = ET.parse(f"{cldr}/common/main/{locale}.xml").getroot()
    return {e.get("type"): e.text for e in root.iterfind("localeDisplayNames/languages/language") if e.get("alt") is None and e.text}

def scripts(locale):
    root = ET.parse(f"{cldr}/common/main/{locale}.xml").getroot()
    return {e.get("type"): e.text for e in root.iterfind("localeDisplayNames/scripts/script") if e.get("alt") is None and e.text}

english = {k: v for k, v in names("en").items() if "_" not in k and k not in ("root",)}
for e in part3:
    code = e.get("alpha_2", e["alpha_3"])
    if "alpha_2" in e:
        english.setdefault(code, e["name"])
# Languages of the emoji and stamp collections that CLDR has no English name for.
for code in ("shs", "nso", "iu"):
    for e in part3:
        if e["alpha_3"] == code:
            english.setdefault(code, e["name"])
own = {}
for file in sorted(os.listdir(f"{cldr}/common/main")):
    locale = file[:-4]
    if "_" in locale:
        continue
    name = names(locale).get(locale)
    if name and name != "↑↑↑":
        own[locale] = name
for script in ():
    pass
rows = []
for code in sorted(english):
    if not code.isascii() or not code.islower() or len(code) not in (2, 3):
        continue
    rows.append(code + "=" + english[code] + (";" + own[code] if code in own else ""))
script_names = {k: v for k, v in scripts("en").items() if len(k) == 4 and not k.startswith("Q") and k[0] != "Z"}

def literal(text, width=90):
    lines, line = [], ""
    for word in text.split("|"):
        piece = word + "|"
        if len(line) + len(piece) > width:
            lines.append(line)
            line = ""
        line += piece
    lines.append(line.rstrip("|"))
    return "\\\n".join("    " + l for l in lines)

def lines64(data, width=92):
    text = base64.b64encode(data).decode()
    return "\\\n".join("    " + text[i:i + width] for i in range(0, len(text), width))

with open("Sources/Languages/Tags/LanguageData.swift", "w") as out:
    out.write("// Written by Tools/references/tokens_languages.py from iso-codes and CLDR; not to be edited by hand.\n\n")
    out.write("enum LanguageData {\n  /// A bit for each of the 26³ codes of three letters: whether ISO 639 knows it.\n")
    out.write('  static let threeLetters = """\n' + lines64(bytes(bits)) + '\n    """\n\n')
    out.write("  /// Codes of two letters and the three-letter codes that they stand for.\n")
    out.write('  static let twoLetters = """\n' + literal("|".join(f"{k}={v}" for k, v in sorted(two.items()))) + '\n    """\n\n')
    out.write("  /// Codes, English names, and what speakers call their language.\n")
    out.write('  static let names = """\n' + literal("|".join(rows)) + '\n    """\n\n')
    out.write("  /// Scripts and their English names.\n")
    out.write('  static let scripts = """\n' + literal("|".join(f"{k}={v}" for k, v in sorted(script_names.items()))) + '\n    """\n}\n')
print(len(three), len(two), len(rows), len(own))
