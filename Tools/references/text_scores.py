#!/usr/bin/env python3
"""Makes Tests/Fixtures/evaluation/text_scores.json and ptb_tokens.txt: texts, and what sacreBLEU,
pycocoevalcap and Stanford's tokenizer (by Java) make of them.

    python3 -m venv venv && venv/bin/pip install sacrebleu==2.6.0 pycocoevalcap==1.2 jieba==0.42.1
    venv/bin/python Tools/references/text_scores.py            writes the fixtures
    venv/bin/python Tools/references/text_scores.py --check    says whether the committed ones are the same
    venv/bin/python Tools/references/text_scores.py --all FILE writes 1,000 cases, too many to commit

The texts are drawn by a seed from a few words in ten scripts; see `sentence`.
"""
import contextlib
import io
import json
import math
import os
import random
import subprocess
import sys
import tempfile

import pycocoevalcap.tokenizer.ptbtokenizer as ptb
from pycocoevalcap.bleu.bleu import Bleu
from pycocoevalcap.bleu.bleu_scorer import BleuScorer
from pycocoevalcap.cider.cider import Cider
from pycocoevalcap.cider.cider_scorer import precook
from pycocoevalcap.rouge.rouge import Rouge
from sacrebleu.metrics import BLEU, CHRF

FIXTURES = os.path.join(os.path.dirname(__file__), "../../Tests/Fixtures/evaluation/")

WORDS = {
    "en": "a the man dog rides two-year-old isn't it's 3.5 U.S. don't runs, red; “big” (small) end. Mr. 10:30 A.M. &amp; <b> x-ray's café",
    "de": "ein der Mann läuft weißen Straße z.B. 1.000 „grünes“ Karate-Outfit, Hund. über",
    "fr": "l'homme d'un « chien » aujourd'hui près, où à Noël; c'est",
    "ru": "человек Собака, бежит — «красный» по-русски 5-й и. ё",
    "el": "ΆΝΘΡΩΠΟΣ σκύλος, Τρέχει· ένας",
    "ar": "رجل كلب، يركض ؟ الكبير ٣٫٥",
    "hi": "आदमी कुत्ता दौड़ता है। में",
    "ko": "남자가 개와 달린다. 빨간 버스, 3명",
    "ja": "男の人が 赤いバス。 走る、 「犬」 ３匹 カメラ",
    "zh": "一个女人 坐在 海边， 沙滩。 三个 小男孩 ２００ 《书》 ⺀ ℃ →",
    "th": "ผู้ชาย สุนัข วิ่ง",
    "odd": "😀 é e\u0301 İ ǅ ßẞ \u00a0x \u3000 a\u00adb ½ ² ＡＢ ! ?! ... ‘‘ -- _ # @me #tag €5 100% C++ AT&T",
}


def sentence(random, languages):
    words = [word for language in languages for word in WORDS[language].split(" ")]
    return " ".join(random.choice(words) for _ in range(random.choice([0, 1, 2, 3, 5, 8, 12, 16])))


def changed(random, text, languages):
    """A text with some words left out, doubled, moved or replaced."""
    words = text.split(" ")
    for _ in range(random.randint(0, 3)):
        place = random.randrange(len(words) + 1)
        what = random.randrange(4)
        if what == 0 and words:
            del words[min(place, len(words) - 1)]
        elif what == 1:
            words[place:place] = sentence(random, languages).split(" ")[:2]
        elif what == 2 and words:
            words.append(words.pop(min(place, len(words) - 1)))
        elif words:
            words[min(place, len(words) - 1)] *= 2
    return " ".join(words)


def tokenized(captions):
    """Captions as pycocoevalcap tokenizes them, each alone: a line of its own beside every one, so that
    no caption's end depends on the next one's beginning."""
    folder = os.path.dirname(ptb.__file__)
    with tempfile.NamedTemporaryFile("wb", dir=folder, delete=False) as file:
        file.write("".join(c.replace("\n", " ") + "\n-\n" for c in captions).encode())
    try:
        lines = subprocess.run(
            ["java", "-Dfile.encoding=UTF-8", "-cp", ptb.STANFORD_CORENLP_3_4_1_JAR,
             "edu.stanford.nlp.process.PTBTokenizer", "-preserveLines", "-lowerCase", os.path.basename(file.name)],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout.decode().split("\n")
    finally:
        os.remove(file.name)
    assert lines[1::2] == ["-"] * len(captions), "a caption became several lines"
    return [" ".join(w for w in line.rstrip().split(" ") if w not in ptb.PUNCTUATIONS) for line in lines[::2][:len(captions)]]


def plain_cider(hypotheses, references):
    """CIDEr before clipping, stated once more: the mean cosine of tf-idf vectors, times 10."""
    cooked = [[precook(r) for r in refs] for refs in references]
    documents = {}
    for refs in cooked:
        for gram in {g for r in refs for g in r}:
            documents[gram] = documents.get(gram, 0) + 1
    def vector(counts, n):
        return {g: c * (math.log(len(cooked)) - math.log(max(1, documents.get(g, 0)))) for g, c in counts.items() if len(g) == n}
    def cosine(a, b):
        length = math.sqrt(sum(v * v for v in a.values()) * sum(v * v for v in b.values()))
        return sum(v * b.get(g, 0) for g, v in a.items()) / length if length else 0
    scores = []
    for hypothesis, refs in zip(map(precook, hypotheses), cooked):
        values = [cosine(vector(hypothesis, n), vector(r, n)) for r in refs for n in (1, 2, 3, 4)]
        scores.append(10 * sum(values) / len(values))
    return sum(scores) / len(scores)


def captions(hypotheses, references, ptb_tokens):
    """COCO's scores; of PTB tokens if asked, else of the texts as they are."""
    if ptb_tokens:
        lines = iter(tokenized([*hypotheses, *(r for refs in references for r in refs)]))
        hypotheses = [next(lines) for _ in hypotheses]
        references = [[next(lines) for _ in refs] for refs in references]
    gts = dict(enumerate(references))
    res = {i: [h] for i, h in enumerate(hypotheses)}
    with contextlib.redirect_stdout(io.StringIO()):
        bleu, _ = Bleu(4).compute_score(gts, res)
        scores = {"bleu": bleu, "rouge-l": [float(Rouge().compute_score(gts, res)[0])]}
        # pycocoevalcap stops where no reference has a word.
        if any(r.split() for refs in references for r in refs):
            scores["cider-d"] = [float(Cider().compute_score(gts, res)[0])]
            scores["cider"] = [plain_cider(hypotheses, references)]
        return scores


def lengths(hypotheses, references):
    """COCO's BLEU with its other lengths of references."""
    scores = {}
    for option in ("shortest", "average", "closest"):
        scorer = BleuScorer(n=4)
        for h, refs in zip(hypotheses, references):
            scorer += (h, refs)
        scores[option] = scorer.compute_score(option=option, verbose=0)[0]
    return scores


def translations(hypotheses, references, tokenize, lowercase):
    streams = [list(stream) for stream in zip(*references)]
    scores, signatures = {}, {}
    for name, metric in {
        "sacrebleu": BLEU(tokenize=tokenize, lowercase=lowercase, force=True),
        "multi-bleu": BLEU(tokenize=tokenize, lowercase=lowercase, smooth_method="none", force=True),
        "chrf": CHRF(lowercase=lowercase),
        "chrf++": CHRF(word_order=2, lowercase=lowercase),
    }.items():
        scores[name] = [metric.corpus_score(hypotheses, streams).score / 100]
        signatures[name] = str(metric.get_signature())
    return scores, signatures


def case(number):
    rng = random.Random(f"text scores {number}")
    languages = rng.sample(sorted(WORDS), rng.choice([1, 1, 1, 2, 3]))
    count = rng.choice([1, 2, 3, 5, 8])
    width = rng.choice([1, 1, 2, 3, 5])
    references, hypotheses = [], []
    for _ in range(count):
        text = sentence(rng, languages)
        references.append([changed(rng, text, languages) for _ in range(width)])
        hypotheses.append(changed(rng, text, languages))
    kind = number % 8
    case = {"hypotheses": hypotheses, "references": references}
    if kind < 5:
        tokenize = ["13a", "intl", "char", "zh", "none"][kind]
        case["segmentation"], case["lowercase"] = tokenize, rng.random() < 0.3
        case["scores"], case["signatures"] = translations(hypotheses, references, tokenize, case["lowercase"])
    else:
        case["segmentation"], case["lowercase"] = ("none" if kind == 5 else "ptb"), False
        case["scores"] = captions(hypotheses, references, kind > 5)
        if kind == 5:
            case["lengths"] = lengths(hypotheses, references)
    return case


def golden():
    """The tables of captions in English and Chinese; jieba's words are given, as in AIC-ICC."""
    english = (
        ["A man is riding a wave on a surfboard.", "Two dogs run in the snow.", "A red double-decker bus on the street."],
        [["A man riding a wave on a surfboard.", "A surfer rides a big wave in the ocean."],
         ["Two dogs are playing in the snow.", "A pair of dogs run through the snow.", "Dogs playing in snow"],
         ["A red bus parked near a tall building.", "The bus is red."]])
    chinese = (
        ["一个女人坐在海边的沙滩椅子上", "沙滩上有三个小男孩在玩球", "一个女人和一个男人手拉手走在石滩上"],
        [["一个女人坐在海边沙滩的椅子上", "一个戴着帽子的女人坐在沙滩椅上看着大海"],
         ["三个光着上身的男孩在沙滩上玩球", "大海边的沙滩上有三个小男孩在玩球"],
         ["一个男人和一个女人手拉手走在海边", "两个人走在石滩上"]])
    import jieba
    jieba.setLogLevel(60)
    cases = [{"hypotheses": english[0], "references": english[1], "segmentation": "ptb", "lowercase": False,
              "scores": captions(*english, True)}]
    for name, cut in (("aic-words", lambda text: " ".join(jieba.cut(text))), ("aic-characters", " ".join)):
        hypotheses, references = [cut(t) for t in chinese[0]], [[cut(t) for t in r] for r in chinese[1]]
        cases.append({"hypotheses": [h + "。" for h in hypotheses], "references": references, "segmentation": name,
                      "lowercase": False, "scores": captions(hypotheses, references, True)})
    return cases


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return [rounded(v) for v in value] if isinstance(value, list) else value


HARD = """It's a dog's life, isn't it? (yes)
A man, 3.5 feet tall - holding an "apple" & pear; U.S. flag...
Don't can't cannot gonna
50% off $5 #1 @home e-mail a/b
two-year-old T-shirt
Mr. Smith vs. Dr. Who etc.
café naïve “quoted” ‘x’ – — …
[bracket] {curly} <angle>
一个 女人 ， 坐 在 海边 ！
赤いバス。
😀 hello 👍🏽 world ❤️ ☃ ★
½ cup 10° €5 £3 ¥100 ¢
it 's ' hello ' 'hello world' dogs' the '90s 90's O'Neil rock 'n' roll in '09.
a.m. p.m. 5:30pm 10:30 a.m. U.S.A. U.S.A J. K. Rowling Plan A. The end
hello.world hello,world 1,000,000 1.5. -5 +5 5-6 5–6 5x5 6'2"
a--b a---b -- ----- .. ... .... !!! ?? !? ?!
foo_bar foo|bar foo=bar a+b c++ C# .NET AT&T Q&A x&y &amp; &lt; &quot; &#39; &nbsp; &mdash;
:) :-) ;D :( <3 ^_^ =d. RIF=ding
No. 5 no. Fig. 3 St. Louis Inc. Co. approx. ft. mass. Mass. art. art. 5
he's she'll we've I'm they're you'd won't y'all ma'am o'clock HE'S ISN'T don't-x n't
’s it’s don’t “it’s” ’n’ ’em ’tis ‘tis l’eau qu’il o‘yin ƙuri’a b’velu
un'altra l'eau d'accord aujourd'hui jusqu'à C'est lorsque c'est s'est grand'mère
1/2 3/4 1 1/2 10/12/2010 and/or a/b/c/d ab.cd/ef 2-1/2 ½-inch 3-D 1990s 5ft
http://example.com/foo?x=1, www.foo.com me@example.com @user #hashtag (http://a.b).
<b>x</b> <a href="x"> </br> <y and z> < y z > -LRB- -rrb-
हिन्दी में २०० ২য় ខ្មែរ ภาษาไทย தமிழ் மொழி מה שלום، مرحبا؟
co\u00adop a‑b x\u200by x\ufeffy \u0301x x\u0301y
‘‘ x ’’ «x» ‹x› ”“ „x“ `x' ``x''
(555) 555-1212 US$5 C$ R$5 us$5 5¢ 100% %s C++.
Ph.D. e.g., i.e., etc.) Mr.Smith e.g U.S.-based non-U.S. A.B.c. a-B.C.""".split("\n")


def text_scores():
    cases = golden() + [case(number) for number in range(160)]
    return json.dumps(rounded(cases), ensure_ascii=False, indent=0).encode() + b"\n"


def ptb_tokens():
    lines = list(HARD)
    for number in range(400):
        rng = random.Random(f"tokens {number}")
        lines.append(sentence(rng, rng.sample(sorted(WORDS), rng.choice([1, 2, 3]))))
    lines = [line for line in lines if line]
    return "".join(f"{line}\n{tokens}\n" for line, tokens in zip(lines, tokenized(lines))).encode()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--all"]:
        cases = golden() + [case(number) for number in range(1000)]
        open(sys.argv[2], "w", encoding="utf-8").write(json.dumps(rounded(cases), ensure_ascii=False))
        sys.exit()
    same = True
    for name, make in (("text_scores.json", text_scores), ("ptb_tokens.txt", ptb_tokens)):
        made = make()
        if sys.argv[1:] == ["--check"]:
            same = open(FIXTURES + name, "rb").read() == made and same
        else:
            open(FIXTURES + name, "wb").write(made)
    sys.exit("The fixtures differ." if not same else 0)
