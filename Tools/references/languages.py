"""Writes Tests/Fixtures/languages/codes.json: NLLB's codes in the order of its vocabulary.

Needs: pip install transformers (5.23 was used).
"""
import json, sys
from pathlib import Path

from transformers.models.nllb.tokenization_nllb import FAIRSEQ_LANGUAGE_CODES

FIRST_ID = 256001  # after 256,000 pieces and <s>, <pad>, </s>, <unk> less the three of the model file

folder = Path(__file__).parents[2] / "Tests/Fixtures/languages"
folder.mkdir(parents=True, exist_ok=True)
codes = {code: FIRST_ID + place for place, code in enumerate(FAIRSEQ_LANGUAGE_CODES)}
(folder / "codes.json").write_text(json.dumps(codes, indent=0) + "\n")
print(len(codes), "codes", file=sys.stderr)
