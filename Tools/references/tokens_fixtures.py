#!/usr/bin/env python3
"""Makes Tests/Fixtures/tokens: small tokenizers of every kind, and what Hugging Face's `tokenizers`
and Google's `sentencepiece` make of the same texts.

    python3 -m venv venv && venv/bin/pip install tokenizers==0.23.3 sentencepiece==0.2.3
    venv/bin/python Tools/references/tokens_fixtures.py        # from the root of the checkout
"""
import io, json, os
import sentencepiece
from tokenizers import (AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers,
                        processors, trainers)

OUT = "Tests/Fixtures/tokens"
os.makedirs(OUT, exist_ok=True)

# Our own sentences, in many scripts.
CORPUS = """A red apple lies on the table. The apple is red, isn't it? They're ripe: I'll eat 12 of them, you've 3.
Ein roter Apfel liegt auf dem Tisch. Größe, Straße, Äpfel. Un café très cher, l'été, où ça ? ¿Dónde está el niño?
빨간 사과가 탁자 위에 있다. 사과는 빨갛다. 赤いりんごがテーブルの上にあります。りんごは赤い。红色的苹果在桌子上。苹果是红的。
Красное яблоко лежит на столе. Яблоко красное. Ένα κόκκινο μήλο. ΟΔΟΣ. תפוח אדום על השולחן. تفاحة حمراء على الطاولة.
एक लाल सेब मेज पर है। แอปเปิ้ลสีแดงอยู่บนโต๊ะ tufaha jekundu liko mezani. Một quả táo đỏ ở trên bàn. Kırmızı elma İstanbul'da.""".split("\n")
TEXTS = CORPUS + [
    "", " ", "  ", "a", "A  red   apple ", " leading and trailing ", "tab\tand\nnewline\r\n", "e\u0301 é Å \u212b ﬁ ½ Ⅷ ２０",
    "한글 \u1112\u1161\u11ab\u1100\u1173\u11af", "🍎🍏 👩‍👩‍👧 🇰🇷 ❤️", "it's they're I'LL 'tis don't", "12345 3.14 ١٢٣ 一二三",
    "x" * 120, "\u200bzero\u200bwidth\u200d \ufeff", "\x00null\x01 \x7f", "a\u00a0b\u2009c\u3000d", "…—–«»„“”‘’ ¡¿", "مَرْحَبًا", "क्षत्रिय ज़",
    "<s>in</s> text<mask>here", "snake_case camelCase HTTP2 e-mail a/b", "\U000e0041 \U0010ffff \ufffd", "▁under▁score", "ß ẞ ŉ ǆ ﬀ", "ΑΣ ΑΣΑ Σ",
    "word" * 40, "日本語とKorean混ぜ한국어text", "\u0301combining first", "a\u0301\u0323 a\u0323\u0301 \u1ea1\u0301", "....!!!???,,,", "a b c d e f g",
]

def save(name, tokenizer):
    tokenizer.save(f"{OUT}/{name}.json", pretty=False)
    tokenizer = Tokenizer.from_file(f"{OUT}/{name}.json")
    tokenizer.no_padding()
    tokenizer.no_truncation()
    with open(f"{OUT}/{name}.parity.jsonl", "w") as out:
        for text in TEXTS:
            e = tokenizer.encode(text)
            out.write(json.dumps({"text": text, "ids": e.ids, "tokens": e.tokens, "offsets": [list(o) for o in e.offsets],
                                  "decoded": tokenizer.decode(e.ids)}, ensure_ascii=False) + "\n")

N, P = normalizers, pre_tokenizers
GPT4 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"

def bpe(size=420, **kw):
    return Tokenizer(models.BPE(**kw)), trainers.BpeTrainer(vocab_size=size, special_tokens=["<s>", "</s>", "<unk>", "<mask>"], show_progress=False,
                                                           initial_alphabet=P.ByteLevel.alphabet())

def train(pair):
    tokenizer, trainer = pair
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer

# GPT-2 and RoBERTa: byte level with its own expression, a mask that takes the space before it.
t, tr = bpe()
t.pre_tokenizer = P.ByteLevel(add_prefix_space=True)
t = train((t, tr))
t.post_processor = processors.RobertaProcessing(("</s>", 1), ("<s>", 0), trim_offsets=True, add_prefix_space=True)
t.decoder = decoders.ByteLevel()
t.add_special_tokens([AddedToken("<mask>", lstrip=True, normalized=False)])
save("roberta", t)

# Llama 3 and Qwen 2: NFC, an expression with look-ahead and counts, byte level without one, whole words first.
t, tr = bpe(ignore_merges=True)
t.normalizer = N.NFC()
t.pre_tokenizer = P.Sequence([P.Split(Regex(GPT4), "isolated"), P.ByteLevel(add_prefix_space=False, use_regex=False)])
t = train((t, tr))
t.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=True),
                                        processors.TemplateProcessing("<s> $A", None, [("<s>", 0)])])
t.decoder = decoders.ByteLevel()
save("llama3", t)

# Llama 2: no pre-tokenizer, spaces as a character, bytes for the unknown.
t = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
t.normalizer = N.Sequence([N.Prepend("▁"), N.Replace(" ", "▁")])
trainer = trainers.BpeTrainer(vocab_size=600, special_tokens=["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)], show_progress=False, limit_alphabet=60)
t.train_from_iterator([c for line in CORPUS for c in line.split(".")], trainer)
t.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
save("llama2", t)

# mT5: Unigram with Metaspace in every scheme.
for scheme in ("always", "first", "never"):
    t = Tokenizer(models.Unigram())
    t.normalizer = N.Sequence([N.Nmt(), N.NFKC(), N.Replace(Regex(" {2,}"), " ")])
    t.pre_tokenizer = P.Metaspace(prepend_scheme=scheme)
    t.train_from_iterator(CORPUS, trainers.UnigramTrainer(vocab_size=260, special_tokens=["<s>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False))
    t.add_tokens([AddedToken("apple", single_word=True, lstrip=True, rstrip=True, normalized=True)])
    t.decoder = decoders.Metaspace(prepend_scheme=scheme)
    save("unigram-" + scheme, t)

# WordPiece over other normalizers and splitters.
def wordpiece(name, normalizer, splitter):
    t = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
    t.normalizer, t.pre_tokenizer = normalizer, splitter
    t.train_from_iterator(CORPUS, trainers.WordPieceTrainer(vocab_size=300, special_tokens=["[UNK]", "[CLS]", "[SEP]"], show_progress=False))
    t.post_processor = processors.BertProcessing(("[SEP]", 2), ("[CLS]", 1))
    t.decoder = decoders.WordPiece()
    save(name, t)

wordpiece("wordpiece-accents", N.Sequence([N.NFD(), N.StripAccents(), N.Lowercase(), N.Strip()]), P.Sequence([P.Whitespace(), P.Digits(individual_digits=True)]))
wordpiece("wordpiece-scripts", N.NFKD(), P.Sequence([P.UnicodeScripts(), P.WhitespaceSplit(), P.Punctuation("merged_with_previous")]))
wordpiece("wordpiece-split", N.BertNormalizer(lowercase=True, strip_accents=False, handle_chinese_chars=False),
          P.Sequence([P.Split(" ", "removed"), P.Split(Regex(r"[aeiou]+(?=[a-z])"), "merged_with_next"), P.Digits(), P.Punctuation("contiguous")]))
wordpiece("wordpiece-delimiter", N.Lowercase(), P.Sequence([P.CharDelimiterSplit(" "), P.Split("i", "merged_with_previous"), P.Split(Regex(r"[^\W\d_]+"), "contiguous", invert=True)]))

# Byte level under a model that is no BPE, and words as they are.
t = Tokenizer(models.WordLevel({"[UNK]": 0, "Ġapple": 1, "ĠA": 2, "Ġred": 3, ".": 4, "사": 5}, unk_token="[UNK]"))
t.pre_tokenizer = P.ByteLevel(add_prefix_space=True)
t.decoder = decoders.ByteLevel()
save("wordlevel", t)

# SentencePiece itself: the same texts by its own library.
for kind, extra in (("unigram", {}), ("bpe", {"byte_fallback": True})):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(CORPUS), model_writer=model, vocab_size=600 if extra else 280, model_type=kind,
        character_coverage=0.98 if extra else 1.0, user_defined_symbols=["apple", "<sep>"], minloglevel=2, hard_vocab_limit=False,
        normalization_rule_name="nfkc", num_threads=1, **extra)
    with open(f"{OUT}/spm-{kind}.model", "wb") as out:
        out.write(model.getvalue())
    spm = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    with open(f"{OUT}/spm-{kind}.parity.jsonl", "w") as out:
        for text in TEXTS:
            ids = spm.encode(text)
            out.write(json.dumps({"text": text, "ids": ids, "tokens": [spm.id_to_piece(i) for i in ids], "decoded": spm.decode(ids)}, ensure_ascii=False) + "\n")

# What our own trainer made of corpus.txt, read by Hugging Face. The first run writes the corpus; then
#     pictoglot tokenizer train --texts Tests/Fixtures/tokens/corpus.txt --size 500 --out Tests/Fixtures/tokens/trained.json
# and the second run makes the references.
with open(f"{OUT}/corpus.txt", "w") as out:
    out.write("\n".join(CORPUS) + "\n")
if os.path.exists(f"{OUT}/trained.json"):
    t = Tokenizer.from_file(f"{OUT}/trained.json")
    with open(f"{OUT}/trained.parity.jsonl", "w") as out:
        for text in TEXTS:
            e = t.encode(text)
            out.write(json.dumps({"text": text, "ids": e.ids, "tokens": e.tokens, "offsets": [list(o) for o in e.offsets],
                                  "decoded": t.decode(e.ids)}, ensure_ascii=False) + "\n")
