"""Writes the tables and the reference texts of the cleaning of texts.

    python Tools/references/cleaning.py tables    Sources/Tokens/Normalizing/TextCleaningTables.swift
    python Tools/references/cleaning.py texts     Tests/Fixtures/cleaning/cleaned.jsonl

Needs: pip install ftfy==6.3.1 open_clip_torch==3.3.0 transformers==5.23 tokenizers (tables: nothing).
"""
import json, sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENCODINGS = [
    ("latin1", "latin-1"), ("windows1252", "cp1252"), ("windows1251", "cp1251"),
    ("windows1250", "cp1250"), ("windows1253", "cp1253"), ("windows1254", "cp1254"),
    ("windows1257", "cp1257"), ("latin2", "iso-8859-2"), ("macRoman", "mac-roman"),
    ("codePage437", "cp437"),
]


def tables():
    """The upper halves of the encodings; a byte without a meaning stands for its own number."""
    def spelled(char):
        hidden = not char.isprintable() or char in "\xa0\xad\\\""
        return f"\\u{{{ord(char):X}}}" if hidden else char

    rows = []
    for name, codec in ENCODINGS[1:]:
        chars = []
        for byte in range(0x80, 0x100):
            char = bytes([byte]).decode(codec, errors="replace")
            chars.append(chr(byte) if char == "\ufffd" else char)
        lines, line = [], ""
        for char in chars:
            piece = spelled(char)
            if len(line) + len(piece) > 88:
                lines.append(line)
                line = ""
            line += piece
        lines.append(line)
        body = "\\\n".join("    " + line for line in lines)
        rows.append(f'  static let {name} = """\n{body}\n    """\n')
    out = "// Written by Tools/references/cleaning.py; not to be edited by hand.\n\n"
    out += "/// What the bytes from 0x80 to 0xFF mean in old encodings.\n"
    out += "enum EncodingTables {\n" + "\n".join(rows) + "}\n"
    (ROOT / "Sources/Tokens/Normalizing/TextCleaningTables.swift").write_text(out)



SOUND = """A red apple on the table.|Ein rotes Äpfelchen für die Großmutter – süß!|Une pomme rouge à l’école, n’est-ce pas ?
Una niña pequeña con su muñeca… ¿verdad?|Uma maçã não é uma pêra; às vezes é pão.|Květina žluťoučký kůň pěl ďábelské ódy
Zażółć gęślą jaźń|Árvíztűrő tükörfúrógép|Kırmızı elma, ağaç ve güneş: İstanbul’da ışık|Šašas ķirsis un ābols ēd dārzā
Žalias obuolys ant stalo, ąžuolas ir šuo|Roheline õun ja kõrv|En rød æbleskive på øen|Ett grönt äpple på ön
Красное яблоко на столе|Червоне яблуко та їжак – ґанок|Црвена јабука и њива|Чырвоны яблык і воўк|Червена ябълка на масата
Ένα κόκκινο μήλο στο τραπέζι|Ο ΟΔΥΣΣΕΥΣ ΚΑΙ Η ΣΟΦΙΑ ΤΗΣ|تفاحة حمراء على الطاولة|سیب سرخ روی میز|תפוח אדום על השולחן
मेज़ पर एक लाल सेब|মেজের উপর লাল আপেল|โต๊ะกับแอปเปิลแดง|一个红苹果在桌子上|桌上有一顆紅蘋果|テーブルの上の赤いりんご、「おいしい」
탁자 위의 빨간 사과|Quả táo đỏ trên bàn|ვაშლი წითელი|კარմիր խնձոր|ቀይ ፖም|🍎 red apple 👍🏽 ✔ 100%|“Quoted” ‘text’ — with… dashes™ ©2020 ®
€ 5,99 £3 ½ ¼ ² ³ µm 20 °C × 3 ÷ 4 ± 1|naïve café façade coöperate Noël Zoë|L’été à la plage, ça va ? Où êtes-vous ?|Å i åa ä e ö""".replace("\n", "|").split("|")

HOSTILE = [
    "", " ", "\n", "\t a \t\n b\r\nc\rd\u2028e\u2029f\x85g", "a\u00a0b\u2003c\u3000d\u200be\ufefff",
    "&amp;amp;amp; &lt;b&gt; &eacute; &EACUTE; &Eacute; &eACUTE; &notit; &not; &#233; &#xe9; &#x80; &#0;",
    "<b>&eacute;</b> &amp;\n&eacute; &amp;amp;", "&eacute; first\n<b>&eacute;\n&eacute; last", "&#59; &#12ab; &#xZZ; &; &#; &#x;",
    "&CounterClockwiseContourIntegral; &NTILDE; &SZLIG; &SUP3; &FRAC12; &AMPX; &COPY; &copy", "&hellip;&nbsp;&rdquo;&lsquo;",
    "\x1b[31;1mred\x1b[0m \x1b[2Kline \x1b[1;٣mx \x1b[q \x1b[", "a\x00b\x01c\x0bd\x0ce\x1ff\x7fg\u206ah\ufff9i\ufffcj",
    "ﬁne ﬂuffy ﬃ ﬄ ﬅ ﬆ ĳ Ĳ ŉ ǆ ǅ Ǆ ǉ ǋ ǲ", "ＬＯＵＤ　ＮＯＩＳＥ ｱｲｳ ｶﾞ ﾊﾟ ￡ ￦ ￣ ＇ ＂ ［ﾡﾣ", "“a” ‘b’ „c‟ ‛d ʼe «f» ‹g›",
    "e\u0301 a\u030a \u1112\u1161\u11ab q\u0323\u0307", "\x91quoted\x92 \x93double\x94 \x85 \x80 \x81", "caf\xe9 \x96 na\xefve \x9d",
    "Ã la mode", "voilÃ le travail", "Ã s vezes Ã quele", "fÃ cil", "Ã", "Ã ", "a Ã", "sÃ³", "l’humanitÃ©", "Ã©\u00a0Ã¨ Ã ", "Â£5 Â© Â°", "Â Â", "50Â %",
    "â€œlike thisâ€\ufffd", "â€œlike thisâ€\x9d", "â€™ â€“ â€” â€¦", "âœ” No problems", "doesnâ€™t", "donÃ¢â‚¬â„¢t", "ÃƒÂ©", "ÃƒÆ’Ã‚Â©",
    "The Mona Lisa doesnÃƒÂ¢Ã¢â€šÂ¬Ã¢â€žÂ¢t have eyebrows.", "ðŸ\x8d\x8e", "ðŸ˜\x8d and ðŸŽ‰", "ðŸ ok", "í\xa0½í¸\x8d", "À\x80", "íŠ¸ ì‚¬ê³¼",
    "(ã\x83\x84)_/", "&macr;\\_(ã\x83\x84)_/&macr;", "¯\\_(ツ)_/¯", "(╯°□°)╯︵ ┻━┻", "┬─┬ノ( º _ ºノ)", "ᕙ(⇀‸↼‶)ᕗ", "( ͡° ͜ʖ ͡°)", "ლ(ಠ益ಠლ)", "(•_•) Ò_ó ö_Ö",
    "P&EACUTE;REZ", "Ä°stanbul", "â€", "вЂ™ test", "РўРµСЃС‚", "ÐŸÑ€Ð¸Ð²ÐµÑ‚", "Ïàâåò ìèð", "οΏ½ βΒ‚¬", "Î‘Î»Ï†Î±", "Ã¡Ã©Ã\xad", "Ã\xad\xad", "ïżłâ", "√© √± ‚Äôs", "╘é ├⌐",
    "HÔTEL À VENDRE", "RENÉE°", "20°C", "ÉCOLE ° C", "œuvre œ.", "Œ", "œ", "Å “test”", "Ă©", "Ăˇ", "ĂŠ Ĺ›", "Ä\x8d Å¾ Å¡ Ä‡", "Š©", "“Å¡”", "l'Â»", "Â»word", "word Â“",
    "×²", "à²", "à¤¨à¤®", "à¸ªà¸§", "í•œêµ\xad", "ä¸\xadæ–‡", "æ—¥æœ¬èªž", "ã\x81\x82", "é\x87\x8f", "Ø§Ù„Ø³Ù„Ø§Ù…", "×©×œ×•×\x9d", "\ufffd\ufffd", "\x1a test Ã©\x1a", "Ã?", "Ã©?Ã?a", "â?™", "â€?",
    "sound text, then Ã© alone", "Ã©tÃ© et été", "日本 Ã© 中文", "Большой Ã©", "é Ã© é Ã¨ ü Ã¼ — mixed", "Ð° Ð± плюс", "“Ã©” 漢字", "ΑÎ²", "\U0001f600 Ã©",
    "under_score, semi;colon! {} [x] (y) #tag @me 'quote' \"dq\" a-b a/b ~ ` | \\ ^ $ % & * + = < > ? . :", "__init__ _", "ŒUVRE İI ıI ß ẞ ǅ ΑΣ ΑΣ. ΑΣΑ Σ 'ΑΣ' Α\u0301Σ",
    "a\x1cb\x1dc\x1ed\x1fe", "a" * 50 + "Ã©" * 50, "&amp;" * 20, "&" + "amp;" * 30, "Ãƒ" * 12, "\u0300" * 30, "e" + "\u0301\u0323" * 10,
]


def damaged():
    """Sound texts that went through wrong tables once or twice, whole or in part, and lost bytes."""
    import ftfy.bad_codecs, hashlib

    ftfy.bad_codecs.ok()
    codecs = ["latin-1", "sloppy-windows-1252", "sloppy-windows-1251", "sloppy-windows-1250",
              "sloppy-windows-1253", "sloppy-windows-1254", "sloppy-windows-1257", "iso-8859-2",
              "macroman", "cp437"]
    texts = []
    for text in SOUND:
        for codec in codecs:
            once = text.encode().decode(codec)
            texts.append(once)
            texts.append(text[: len(text) // 2] + text[len(text) // 2 :].encode().decode(codec))
            texts.append(once.replace("\xa0", " "))
            texts.append(once.encode().decode(codecs[len(texts) % 4]))
            strict = codec.removeprefix("sloppy-")
            texts.append(text.encode().decode(strict, errors="replace"))
            texts.append(once.replace(once[len(once) // 2], "?"))
            texts.append(once[: len(once) * 2 // 3])
    # A choice of these that stays the same.
    texts = sorted(set(texts), key=lambda text: hashlib.sha256(text.encode()).digest())
    return texts[:360]


def texts():
    """What open_clip, ftfy and transformers make of each text."""
    import ftfy, string
    from open_clip.tokenizer import get_clean_fn
    from tokenizers import normalizers
    from transformers.models.siglip.tokenization_siglip import SiglipTokenizer

    siglip = object.__new__(SiglipTokenizer)
    siglip.do_lower_case = True
    lowercase = normalizers.Lowercase()
    kinds = {
        "whitespace": get_clean_fn("whitespace"), "lower": get_clean_fn("lower"),
        "canonicalize": get_clean_fn("canonicalize"), "smallLetters": str.lower,
        "siglip": siglip.canonicalize_text, "siglip2": lowercase.normalize_str,
    }
    folder = ROOT / "Tests/Fixtures/cleaning"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "cleaned.jsonl", "w") as out:
        plain = SOUND + HOSTILE
        for place, text in enumerate(plain + damaged()):
            row = {"text": text, "repaired": ftfy.fix_text(text)}
            for kind, clean in kinds.items() if place < len(plain) else []:
                row[kind] = clean(text)
            if place >= len(plain):
                row["canonicalize"] = kinds["canonicalize"](text)
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    {"tables": tables, "texts": texts}[sys.argv[1]]()
