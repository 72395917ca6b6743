#!/usr/bin/env python3
"""tokens_published.py: small tokenizers of every kind that published models come with, and what their libraries
make of the texts of tokens_fixtures.py.

Needs: pip install tokenizers sentencepiece transformers. Run from the root of the checkout; writes
Tests/Fixtures/tokens_published. Each is trained here on a few sentences and put together as the published file is
(normalizer, splitting, template, decoder), so that a fresh clone tests them all and nobody's vocabulary is copied.
The table of characters in SentencePiece's files is one of a few rules instead of all of Unicode's.
"""
import io, json, os, tempfile

import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as messages
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

OUT = "Tests/Fixtures/tokens_published"
N, P, D = normalizers, pre_tokenizers, decoders
CORPUS = open("Tests/Fixtures/tokens/corpus.txt").read().split("\n")[:-1]
TEXTS = [json.loads(line)["text"] for line in open("Tests/Fixtures/tokens/roberta.parity.jsonl")]


def folder(name):
    os.makedirs(f"{OUT}/{name}", exist_ok=True)
    return f"{OUT}/{name}/"


def parity(name, encode):
    with open(folder(name) + "parity.jsonl", "w") as out:
        for text in TEXTS:
            out.write(json.dumps({"text": text} | encode(text), ensure_ascii=False) + "\n")


def save(name, tokenizer):
    """tokenizer.json, and what it gives without cutting and filling up."""
    path = folder(name) + "tokenizer.json"
    tokenizer.save(path, pretty=False)
    made = Tokenizer.from_file(path)
    made.no_padding()
    made.no_truncation()

    def encode(text):
        e = made.encode(text)
        return {"ids": e.ids, "tokens": e.tokens, "offsets": [list(o) for o in e.offsets], "decoded": made.decode(e.ids)}

    parity(name, encode)


def train(tokenizer, trainer):
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer


# OpenAI's CLIP as tokenizer.json, and as vocab.json with merges.txt.
clip = Tokenizer(models.BPE(unk_token="<|endoftext|>", end_of_word_suffix="</w>"))
clip.normalizer = N.Sequence([N.NFC(), N.Replace(Regex(r"\s+"), " "), N.Lowercase()])
clip.pre_tokenizer = P.Sequence([
    P.Split(Regex(r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"),
            "removed", invert=True), P.ByteLevel(add_prefix_space=False)])
clip.decoder = D.ByteLevel()
alphabet = P.ByteLevel.alphabet()
train(clip, trainers.BpeTrainer(vocab_size=700, end_of_word_suffix="</w>", initial_alphabet=alphabet, show_progress=False))
model = json.loads(clip.to_str())["model"]
# Every byte at a word's end, too, as published; the two special tokens last.
words = list(dict.fromkeys(sorted(alphabet) + [c + "</w>" for c in sorted(alphabet)] + list(model["vocab"])))
vocabulary = {w: i for i, w in enumerate(words + ["<|startoftext|>", "<|endoftext|>"])}
merges = [tuple(m) for m in model["merges"]]
clip.model = models.BPE(vocabulary, merges, unk_token="<|endoftext|>", end_of_word_suffix="</w>", continuing_subword_prefix="")
start, end = len(words), len(words) + 1
clip.post_processor = processors.RobertaProcessing(("<|endoftext|>", end), ("<|startoftext|>", start), trim_offsets=False,
                                                  add_prefix_space=False)
clip.add_special_tokens([AddedToken("<|startoftext|>", normalized=True), AddedToken("<|endoftext|>", normalized=False)])
save("clip", clip)
with open(folder("clip_pair") + "vocab.json", "w") as out:
    json.dump(vocabulary, out, ensure_ascii=False, separators=(",", ":"))
with open(folder("clip_pair") + "merges.txt", "w") as out:
    out.write("#version: 0.2\n" + "\n".join(" ".join(m) for m in merges) + "\n")
parity("clip_pair", lambda text: {"ids": clip.encode(text).ids})


# WordPiece: KLUE (cased, [CLS] 0, [PAD] 1), MiniLM (uncased, cut and filled up by its file), Chinese RoBERTa (a list
# alone, ideographs by themselves).
def wordpiece(name, special, lowercase, published=True):
    made = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
    made.normalizer = N.BertNormalizer(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=lowercase)
    made.pre_tokenizer = P.BertPreTokenizer()
    train(made, trainers.WordPieceTrainer(vocab_size=420, special_tokens=special, show_progress=False))
    made.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", [
        (t, made.token_to_id(t)) for t in ("[CLS]", "[SEP]")])
    made.decoder = D.WordPiece(prefix="##", cleanup=True)
    if name == "minilm":
        made.enable_truncation(8)
        made.enable_padding(pad_id=0, pad_token="[PAD]", length=8)
    if published:
        return save(name, made)
    words = sorted(made.get_vocab().items(), key=lambda pair: pair[1])
    with open(folder(name) + "vocab.txt", "w") as out:
        out.write("\n".join(word for word, _ in words) + "\n")
    parity(name, lambda text: {"ids": made.encode(text).ids})


wordpiece("klue", ["[CLS]", "[PAD]", "[SEP]", "[UNK]", "[MASK]"], lowercase=False)
wordpiece("minilm", ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], lowercase=True)
wordpiece("chinese", ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], lowercase=True, published=False)


# SentencePiece's models: its own files, and the tokenizer.json that they become.
RULES = {"\u00a0": " ", "\u3000": " ", "\u2009": " ", "\t": " ", "\n": " ", "\r": " ", "\ufb01": "fi", "\ufb00": "ff", "\u00bd": "1\u20442",
         "\u2167": "VIII", "\u212b": "\u00c5", "e\u0301": "\u00e9", "a\u0301": "\u00e1", "\u200b": " ", "\ufeff": "", "\u1112\u1161\u11ab": "\ud55c",
         **{chr(0xff10 + i): str(i) for i in range(10)}}
rules = tempfile.NamedTemporaryFile("w", suffix=".tsv")
with open(rules.name, "w") as out:
    for source, target in RULES.items():
        out.write("\t".join(" ".join(f"{ord(c):X}" for c in side) for side in (source, target)) + "\n")


def spm(kind, size, **options):
    made = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS), model_writer=made, vocab_size=size, model_type=kind, minloglevel=2,
        hard_vocab_limit=False, normalization_rule_tsv=rules.name, num_threads=1, **options)
    message = messages.ModelProto()
    message.ParseFromString(made.getvalue())
    # Where the rules lay is no part of the model.
    message.normalizer_spec.normalization_rule_tsv = ""
    return message


def normalizer(message):
    return N.Sequence([N.Precompiled(message.normalizer_spec.precompiled_charsmap), N.Replace(Regex(" {2,}"), " ")])


def around(first, last, tokenizer):
    names = [t for t in (first, last) if t]
    single = " ".join(filter(None, (first, "$A", last)))
    return processors.TemplateProcessing(single, None, [(t, tokenizer.token_to_id(t)) for t in names])


def write(name, message):
    with open(folder(name) + "sentencepiece.bpe.model", "wb") as out:
        out.write(message.SerializeToString())
    processor = sentencepiece.SentencePieceProcessor(model_proto=message.SerializeToString())
    parity(name, lambda text: {"ids": processor.encode(text), "decoded": processor.decode(processor.encode(text))})


# XLM-R: the model's pieces behind four special tokens; the mask last.
message = spm("unigram", 300)
pieces = [(p.piece, p.score) for p in message.pieces if p.type == 1]
special = [(t, 0.0) for t in ("<s>", "<pad>", "</s>", "<unk>")]
xlmr = Tokenizer(models.Unigram(special + pieces + [("<mask>", 0.0)], unk_id=3, byte_fallback=False))
xlmr.normalizer = normalizer(message)
xlmr.pre_tokenizer = P.Sequence([P.WhitespaceSplit(), P.Metaspace(replacement="▁", prepend_scheme="always")])
xlmr.decoder = D.Metaspace(replacement="▁", prepend_scheme="always")
xlmr.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", AddedToken("<mask>", lstrip=True, normalized=False)])
xlmr.post_processor = around("<s>", "</s>", xlmr)
save("xlmr", xlmr)
write("xlmr_sentencepiece", message)

# SigLIP's first generation as timm has it: a Unigram, the end behind the text, and a hundred (here three) extra tokens.
siglip = Tokenizer(models.Unigram([("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)] + pieces, unk_id=2, byte_fallback=False))
siglip.normalizer = normalizer(message)
siglip.pre_tokenizer = P.Metaspace(replacement="▁", prepend_scheme="always")
siglip.decoder = D.Metaspace(replacement="▁", prepend_scheme="always")
siglip.add_special_tokens(["<pad>", "</s>", "<unk>"] + [f"<extra_id_{i}>" for i in range(3)])
siglip.post_processor = around(None, "</s>", siglip)
save("siglip", siglip)


def merges_of(vocabulary):
    """SentencePiece's BPE as pairs: every way to cut a piece in two, the earliest piece first."""
    found = []
    for piece, rank in vocabulary.items():
        cuts = [(vocabulary[piece[:i]], vocabulary[piece[i:]], piece[:i], piece[i:]) for i in range(1, len(piece))
                if piece[:i] in vocabulary and piece[i:] in vocabulary]
        found += [(rank, *cut) for cut in sorted(cuts)]
    return [(left, right) for _, _, _, left, right in sorted(found)]


# NLLB: a BPE, the language before the text and the end behind it.
message = spm("bpe", 420)
pieces = [p.piece for p in message.pieces if p.type == 1]
vocabulary = {t: i for i, t in enumerate(["<s>", "<pad>", "</s>", "<unk>"] + pieces)}
nllb = Tokenizer(models.BPE(vocabulary, merges_of({p: i for i, p in enumerate(pieces)}), unk_token="<unk>", fuse_unk=True))
nllb.normalizer = normalizer(message)
nllb.pre_tokenizer = P.Metaspace(replacement="▁", prepend_scheme="always")
nllb.decoder = D.Metaspace(replacement="▁", prepend_scheme="always")
nllb.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", "eng_Latn", "kor_Hang", "zho_Hans", AddedToken("<mask>", lstrip=True)])
nllb.post_processor = around("eng_Latn", "</s>", nllb)
save("nllb", nllb)

# Gemma, as SigLIP 2 has it: spaces are letters, what is unknown falls to bytes.
message = spm("bpe", 620, byte_fallback=True, add_dummy_prefix=False, remove_extra_whitespaces=False)
pieces = [p.piece for p in message.pieces if p.type == 1]
first = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"] + [f"<0x{b:02X}>" for b in range(256)]
vocabulary = {t: i for i, t in enumerate(first + pieces)}
gemma = Tokenizer(models.BPE(vocabulary, merges_of({p: i for i, p in enumerate(pieces)}), unk_token="<unk>", fuse_unk=True,
                             byte_fallback=True))
gemma.normalizer = N.Replace(" ", "▁")
gemma.pre_tokenizer = P.Split(" ", "merged_with_previous")
gemma.decoder = D.Sequence([D.Replace("▁", " "), D.ByteFallback(), D.Fuse()])
gemma.add_special_tokens(["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "<start_of_turn>"])
gemma.post_processor = around(None, "<eos>", gemma)
save("gemma", gemma)
