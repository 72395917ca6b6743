"""Writes what the tests of languages are held to.

    python Tools/references/languages.py codes                  Tests/Fixtures/languages/codes.json
    python Tools/references/languages.py names captions.jsonl   Tests/Fixtures/languages/names.tsv

codes: NLLB's codes in the order of its vocabulary. Needs: pip install transformers (5.23 was used).
names: names of emoji in many languages (CLDR, Unicode-DFS-2016), of the test split, which the
detection of languages has not learnt from. Needs: nothing besides Python.
"""
import hashlib, json, sys
from pathlib import Path

FIRST_ID = 256001  # the vocabulary's 256,000 pieces come before, and one more
A_LANGUAGE = 12
# As the detection names them.
TAGS = {"sr-Cyrl": "sr", "pa-Guru": "pa", "pt-BR": "pt"}

folder = Path(__file__).parents[2] / "Tests/Fixtures/languages"
folder.mkdir(parents=True, exist_ok=True)


def codes():
    from transformers.models.nllb.tokenization_nllb import FAIRSEQ_LANGUAGE_CODES

    ids = {code: FIRST_ID + place for place, code in enumerate(FAIRSEQ_LANGUAGE_CODES)}
    (folder / "codes.json").write_text(json.dumps(ids, indent=0) + "\n")


def names(captions):
    by_tag = {}
    for line in open(captions):
        row = json.loads(line)
        if row.get("emoji") and row["split"] == "test" and row["category"] != "flags":
            for tag, texts in row["captions"].items():
                if any(char.isalpha() for char in texts[0]):
                    by_tag.setdefault(TAGS.get(tag, tag), set()).add(texts[0])
    lines = []
    for tag, texts in sorted(by_tag.items()):
        if not tag.startswith("yue"):  # nearly all of these are also Chinese
            chosen = sorted(texts, key=lambda text: hashlib.sha256(text.encode()).digest())[:A_LANGUAGE]
            lines += [f"{tag}\t{text}\n" for text in chosen]
    (folder / "names.tsv").write_text("".join(lines))
    print(len(lines), "names")


if __name__ == "__main__":
    codes() if sys.argv[1] == "codes" else names(sys.argv[2])
