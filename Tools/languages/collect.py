"""Collects short texts in many languages, from which train.py learns to tell languages apart.

    python Tools/languages/collect.py --cldr FOLDER --packages FOLDER --without captions.jsonl --out texts.jsonl

FOLDER of --cldr: /usr/share/unicode/cldr of Debian's unicode-cldr-core 41 (Unicode-DFS-2016).
FOLDER of --packages: what these hold, unpacked (`pip download --no-deps`, `unzip`):
    Django 5.2, wagtail 8.0, djangorestframework 3.18, django-cms 5.1 (BSD-3-Clause), Sphinx 9.0,
    Mezzanine 6.1 (BSD-2-Clause), WTForms 3.3 (BSD), django-allauth 65, humanize 4.17,
    holidays 0.108, spaCy 3.8 (MIT), homeassistant 2026.11, home-assistant-frontend (Apache-2.0)
--without: the emoji of its splits “val” and “test” are left out, so that accuracy can be measured.

Needs: nothing besides Python.
"""
import argparse, gettext, glob, json, os, re, unicodedata
from collections import Counter, defaultdict
import xml.etree.ElementTree as ET

parser = argparse.ArgumentParser()
for name in ("cldr", "packages", "without", "out"):
    parser.add_argument("--" + name, required=True)
options = parser.parse_args()

ALIASES = {
    "no": "nb", "zh_CN": "zh-Hans", "zh_TW": "zh-Hant", "zh_HK": "zh-Hant", "zh": "zh-Hans", "sr_Cyrl": "sr",
    "sr@latin": "sr-Latn", "yue_Hans": "", "hi_Latn": "", "kmr": "ku", "tl": "fil", "grc": "", "tlh": "",
    "zh_MO": "zh-Hant", "zh_TW.Big5": "", "en_IN": "en", "zh-Hant": "zh-Hant", "ca@valencia": "ca",
}
# Languages that share their script with others, and enough text to be told from them.
SCRIPTS = ("Latn", "Cyrl", "Arab", "Deva", "Beng", "Hebr", "Ethi")


def label(name):
    """The tag that a locale's texts are filed under, or nothing."""
    name = name.replace("-", "_")
    if name in ALIASES:
        return ALIASES[name]
    parts = name.split("_")
    if len(parts) > 1 and len(parts[1]) == 4:
        return parts[0] + "-" + parts[1]
    if re.search(r"[@.]", name):
        return ""
    return ALIASES.get(parts[0], parts[0])


def script_of(char):
    name = unicodedata.name(char, "")
    for start, script in (("LATIN", "Latn"), ("CYRILLIC", "Cyrl"), ("ARABIC", "Arab"), ("DEVANAGARI", "Deva"),
                          ("BENGALI", "Beng"), ("HEBREW", "Hebr"), ("ETHIOPIC", "Ethi")):
        if name.startswith(start):
            return script
    return "Zyyy" if not char.isalpha() else "Zzzz"


def plain(text):
    """The words that a reader would see."""
    text = re.sub(r"<[^>]*>|&[a-z]+;|%\([^)]*\)[a-z]|%[a-z]|\{[^}]*\}|https?://\S+|`[^`]*`|:\w+:", " ", text)
    return unicodedata.normalize("NFC", " ".join(text.split()))


texts = defaultdict(Counter)
# Names of things and short sentences, nearest to what people search for.
simple = defaultdict(set)


def add(name, text, is_simple=False):
    if tag := label(name):
        text = plain(text or "")
        if any(char.isalpha() for char in text):
            texts[tag][text] += 1
            if is_simple:
                simple[tag].add(text)


# CLDR: names of languages, places, currencies, units and times; names of emoji.
held_out = set()
for line in open(options.without):
    row = json.loads(line)
    if row.get("emoji") and row["split"] != "train":
        held_out.add(row["emoji"].replace("\ufe0f", ""))
for path in sorted(glob.glob(options.cldr + "/common/main/*.xml")):
    locale = os.path.basename(path)[:-4]
    for element in ET.parse(path).getroot().iter():
        if element.tag in ("language", "territory", "displayName", "month", "day", "dayPeriod", "unitPattern", "relative",
                           "relativeTimePattern", "variant", "key", "type", "exemplarCity", "long", "standard",
                           "generic", "daylight", "script", "characterLabel", "era") and element.text and "↑" not in element.text:
            if len(element.text) > 2:
                add(locale, element.text)
for path in sorted(glob.glob(options.cldr + "/common/annotations*/*.xml")):
    locale = os.path.basename(path)[:-4]
    for element in ET.parse(path).getroot().iter("annotation"):
        if element.get("cp").replace("\ufe0f", "") in held_out or not element.text or "↑" in element.text:
            continue
        for part in element.text.split("|"):
            add(locale, part.strip(), True)

# Message catalogues.
for path in sorted(glob.glob(options.packages + "/**/LC_MESSAGES/*.mo", recursive=True)):
    locale = path.split("/")[-3]
    try:
        catalogue = gettext.GNUTranslations(open(path, "rb"))._catalog
    except (OSError, UnicodeDecodeError, ValueError):
        continue
    for key, value in catalogue.items():
        if key and value and value != key:
            add(locale, value)

# Labels of a home's machines.
def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)

for path in sorted(glob.glob(options.packages + "/homeassistant/**/translations/*.json", recursive=True)
                   + glob.glob(options.packages + "/hass_frontend/static/translations/*.json")):
    locale = re.sub(r"-[0-9a-f]{32}$", "", os.path.basename(path)[:-5])
    if len(locale) > 10:
        continue
    for text in strings(json.load(open(path))):
        add(locale, text)

# A few sentences a language.
for path in sorted(glob.glob(options.packages + "/spacy/lang/*/examples.py")):
    space = {}
    try:
        exec(open(path).read(), space)
    except (SyntaxError, ImportError):
        continue
    for sentence in space.get("sentences", []):
        add(path.split("/")[-2], sentence, True)

# Words of English are left in place where a translation is missing.
english = {text.lower() for text in texts["en"]}
shared = Counter(text.lower() for tag in texts for text in texts[tag])
kept, sizes = defaultdict(list), {}
for tag in sorted(texts):
    for text in texts[tag]:
        low = text.lower()
        if tag != "en" and (low in english or shared[low] > 12):
            continue
        scripts = Counter(script_of(char) for char in text)
        scripts.pop("Zyyy", None)
        script, count = scripts.most_common(1)[0]
        if script not in SCRIPTS or count < 0.7 * sum(scripts.values()):
            continue
        kept[script, tag].append(text)

USUAL = {"sr": "Cyrl", "uz": "Latn", "az": "Latn", "pa": "Guru", "bs": "Latn", "ks": "Arab", "sd": "Arab", "ku": "Latn",
         "kk": "Cyrl", "tt": "Cyrl", "ha": "Latn", "ff": "Latn", "mni": "Beng", "sat": "Olck", "ckb": "Arab", "tg": "Cyrl", "vai": "Vaii",
         "tk": "Latn", "mn": "Cyrl", "ky": "Cyrl", "shi": "Tfng", "zgh": "Tfng", "tzm": "Latn", "yue": "Hant"}
by_size = {key: sum(len(text) for text in rows) for key, rows in kept.items()}
with open(options.out, "w") as out:
    for (script, tag), rows in sorted(kept.items()):
        language, _, named = tag.partition("-")
        largest = max(size for (_, other), size in by_size.items() if other == tag)
        usual = USUAL.get(language)
        if by_size[script, tag] < largest and not (usual and language in ("sr",)):
            continue
        if named and named != script:
            continue
        whole = language if script == usual or not usual else f"{language}-{script}"
        sizes[script, whole] = sizes.get((script, whole), 0) + by_size[script, tag]
        entry = {"script": script, "tag": whole, "simple": [text for text in rows if text in simple[tag]],
                 "texts": [text for text in rows if text not in simple[tag]]}
        out.write(json.dumps(entry, ensure_ascii=False) + "\n")
for script in SCRIPTS:
    print(script, {tag: size // 1000 for (other, tag), size in sorted(sizes.items(), key=lambda item: -item[1]) if other == script})
