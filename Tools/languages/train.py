"""Learns to tell languages of one script apart; write.py puts what it learnt into the program.

    python Tools/languages/train.py texts.jsonl --minutes 3 --rate 0.012 --last 0.5 --out a.npz
    python Tools/languages/train.py texts.jsonl --minutes 3.7 --rate 0.006 --resume a.npz --out b.npz
    python Tools/languages/train.py texts.jsonl --minutes 1.5 --rate 0.004 --resume b.npz --out model.npz
    python Tools/languages/write.py model model.npz

The model of the repository was made so on two cores, but its first two runs, and the choice of its
rows, still had FREQUENT as English 6, its second line less Croatian 2.5, and all others 1.
Steps follow the clock, so another run ends elsewhere anyway. With --measure captions.jsonl the
accuracy on texts that were not learnt from is printed; FREQUENT was set with an eye on it.

The model: a text's letters fall into words; the word itself and its runs of one to five letters
(with a space before and after it) are hashed to 2^20 numbers, of which those that tell most have a
row in a table. The sum of a text's rows over the square root of their number, times a matrix,
scores each language. Rows are numbers of four bits. After fastText (Joulin et al., “Bag of Tricks
for Efficient Text Classification”, arXiv 1607.01759, and “FastText.zip”, arXiv 1612.03651).

Needs: pip install torch numpy.
"""
import argparse, json, os, pickle, random, time, unicodedata
from collections import defaultdict

import numpy as np

NUMBERS, WIDTH, LONGEST = 1 << 20, 24, 24
SPACE, APOSTROPHE = 32, 39
SMALLEST = 10_000
LEFT_OUT = {"ia", "io", "yrl", "kgp", "te", "ko", "ja", "root", "xx", "tet", "bs-Cyrl", "app", "kln", "el", "mni", "ksh"}


def words(text):
    """Small letters and marks in runs; apostrophes count within a word."""
    found, word = [], []
    text = unicodedata.normalize("NFC", text)
    for place, char in enumerate(text):
        if unicodedata.category(char)[0] in "LM":
            word.extend(map(ord, char.lower()))
        elif char in "'’‘ʼʻ" and word and place + 1 < len(text) and unicodedata.category(text[place + 1])[0] == "L":
            word.append(APOSTROPHE)
        elif word:
            found.append(word[:LONGEST])
            word = []
    if word:
        found.append(word[:LONGEST])
    return found


def numbers_of(word, cache={}):
    """The numbers of a word and of its runs of letters."""
    key = tuple(word)
    if key not in cache:
        padded = [SPACE, *word, SPACE]
        found = [number(9, word)] + [number(1, [char]) for char in word]
        for length in (2, 3, 4, 5):
            found += [number(length, padded[at:at + length]) for at in range(len(padded) - length + 1)]
        cache[key] = found
    return cache[key]


def number(seed, scalars):
    h = seed * 0x9E3779B1 & 0xFFFFFFFF
    for scalar in scalars:
        h = (h ^ scalar) * 0x01000193 & 0xFFFFFFFF
    h ^= h >> 15
    h = h * 0x2C1B3C6D & 0xFFFFFFFF
    h ^= h >> 12
    return h & NUMBERS - 1


def read(path):
    """Texts by script and tag: those like captions, and others."""
    by_tag = defaultdict(lambda: ([], []))
    for line in open(path):
        entry = json.loads(line)
        for kind, name in enumerate(("simple", "texts")):
            by_tag[entry["script"], entry["tag"]][kind].extend(entry[name])
    return {key: kinds for key, kinds in by_tag.items()
            if key[1] not in LEFT_OUT and (sum(len(t) for k in kinds for t in k) >= SMALLEST or key[1] == "yi")}


class Texts:
    """All words' numbers in one array; where words and texts begin, and the texts of each language."""

    def __init__(self, by_tag, limit):
        rng = random.Random(0)
        self.tags = sorted(by_tag)
        flat, word_ends, text_words, self.spans = [], [0], [0], []
        for key in self.tags:
            spans = []
            for texts in by_tag[key]:
                rng.shuffle(texts)
                first, size = len(text_words) - 1, 0
                for text in texts:
                    for word in words(text):
                        flat.append(np.array(numbers_of(word), np.uint32))
                        word_ends.append(word_ends[-1] + len(flat[-1]))
                    if len(word_ends) - 1 > text_words[-1]:
                        text_words.append(len(word_ends) - 1)
                        size += len(text)
                    if size > limit:
                        break
                spans.append((first, len(text_words) - 1))
            self.spans.append(spans)
        self.flat = np.concatenate(flat)
        self.word_ends, self.text_words = np.array(word_ends), np.array(text_words)
        self.sizes = np.array([self.text_words[b[1]] - self.text_words[a[0]] for a, b in self.spans], float)

    def chosen(self, count, chance):
        """The numbers that tell most about the language, among those of one script."""
        scripts = sorted({script for script, _ in self.tags})
        score = np.zeros(NUMBERS)
        for script in scripts:
            members = [n for n, (s, _) in enumerate(self.tags) if s == script]
            share = np.zeros((len(members), NUMBERS), np.float32)
            seen = np.zeros(NUMBERS, np.int64)
            for place, n in enumerate(members):
                kinds = [self.flat[self.word_ends[self.text_words[a]]:self.word_ends[self.text_words[b]]]
                         for a, b in self.spans[n] if b > a]
                for flat in kinds:
                    counts = np.bincount(flat, minlength=NUMBERS)
                    seen += counts
                    share[place] += counts / len(flat) / len(kinds)
            weight = chance[members] / chance[members].sum()
            mean = (share * weight[:, None]).sum(0)
            with np.errstate(divide="ignore", invalid="ignore"):
                told = np.where(share > 0, share * np.log(share / mean), 0) * weight[:, None]
            told = told.sum(0) * (seen >= 4)
            # Scripts with more languages have more to tell apart.
            score = np.maximum(score, told * np.sqrt(len(members)))
        return np.sort(np.argsort(-score)[:count])


def ranges(starts, ends):
    """All numbers from each start to its end, and which run each belongs to."""
    lengths = ends - starts
    offsets = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    return np.repeat(starts - offsets, lengths) + np.arange(lengths.sum()), np.repeat(np.arange(len(starts)), lengths)


LABELS = {"sr-Cyrl": "sr", "pt-BR": "pt", "pt-PT": "pt", "en-GB": "en", "en-AU": "en", "ca-valencia": "ca"}


def measured(path, tags):
    """Captions of languages that the model knows: language, numbers, source, whether of the test split."""
    known = {tag: number for number, (_, tag) in enumerate(tags)}
    rows = []
    for line in open(path):
        entry = json.loads(line)
        source = "names" if entry.get("emoji") else "captions"
        if source == "names" and entry["split"] == "train":
            continue
        for tag, texts in entry["captions"].items():
            tag = LABELS.get(tag, tag)
            if tag in known:
                for text in texts[:1]:
                    if found := words(text):
                        rows.append((known[tag], [r for word in found for r in numbers_of(word)], source,
                                     entry["split"] == "test"))
    return rows


# How much oftener than others these are written: where a text leaves it open, it is likelier one of them.
FREQUENT = (
    {"en": 5, "sr-Latn": 0.6}
    | dict.fromkeys("es pt fr de it nl pl tr ru uk id vi sv nb da fi cs hu ro ar fa hi bn ur he hr".split(), 2.5)
    | dict.fromkeys("af ms sk bg sr ca sl lt lv et sw zu mr am sq".split(), 1.5)
    | dict.fromkeys("kl se fur kea nds ce os brx gsw rm ee ht".split(), 0.5))


def loaded(options):
    """The texts, kept in a file beside them as numbers after the first time."""
    cache = options.texts + ".pickle"
    if os.path.exists(cache) and os.path.getmtime(cache) > os.path.getmtime(options.texts):
        with open(cache, "rb") as file:
            return pickle.load(file)
    texts = Texts(read(options.texts), options.limit)
    with open(cache, "wb") as file:
        pickle.dump(texts, file, protocol=5)
    return texts


def train(options):
    import torch
    from torch import nn

    torch.manual_seed(0)
    torch.set_num_threads(2)
    rng = np.random.default_rng(0)
    texts = loaded(options)
    tags = texts.tags
    chance = texts.sizes ** options.power * [FREQUENT.get(tag, 1) for _, tag in tags]
    chance /= chance.sum()
    before = np.load(options.resume) if options.resume else None
    kept = before["kept"] if options.resume else texts.chosen(options.rows, chance)
    place = np.full(NUMBERS, options.rows, np.int32)
    place[kept] = np.arange(len(kept))
    known = place[texts.flat]
    print(len(tags), "languages,", len(known) // 10**6, "million features,", f"{(known < options.rows).mean():.3f} known", flush=True)
    scripts = np.array([script for script, _ in tags])
    mask = torch.tensor(np.where(scripts[:, None] == scripts[None, :], 0.0, -1e4), dtype=torch.float32)
    table = nn.Parameter(torch.randn(options.rows, WIDTH) * 0.05)
    matrix = nn.Parameter(torch.zeros(len(tags), WIDTH))
    bias = nn.Parameter(torch.zeros(len(tags)))
    if options.resume:
        for parameter, name in ((table, "table"), (matrix, "matrix"), (bias, "bias")):
            parameter.data.copy_(torch.from_numpy(before[name]))
    optimizer = torch.optim.Adam([table, matrix, bias], lr=options.rate)
    test = measured(options.measure, tags) if options.measure else []

    def levels():
        scale = table.detach().std(0, keepdim=True) * 2.7 / 7
        return scale, (table / scale).round().clamp(-7, 7)

    def vectors(rows, index, owner, count):
        """One vector a text: the sum of its rows over the square root of their number."""
        isKept = index < options.rows
        index, owner = index[isKept], owner[isKept]
        lengths = np.bincount(owner, minlength=count)
        offsets = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        h = nn.functional.embedding_bag(torch.from_numpy(index.astype(np.int64)), rows, torch.from_numpy(offsets), mode="sum")
        return h / torch.from_numpy(np.maximum(lengths, 1)).float().sqrt()[:, None]

    def report():
        with torch.no_grad():
            scale, quantized = levels()
            owner = np.repeat(np.arange(len(test)), [len(r) for _, r, *_ in test])
            index = place[np.concatenate([r for _, r, *_ in test])]
            h = vectors(quantized * scale, index, owner, len(test))
            truth = torch.tensor([n for n, *_ in test])
            scores = h @ matrix.T + bias + mask[truth]
            probability, best = scores.softmax(1).max(1)
            for low, high in ((0, .3), (.3, .5), (.5, .7), (.7, .9), (.9, .97), (.97, 1.01)):
                those = (probability >= low) & (probability < high)
                print(f"said {low}-{high}: {those.sum()} texts, {(best == truth)[those].float().mean():.3f} right")
            right, wrong = defaultdict(list), defaultdict(lambda: defaultdict(int))
            for (n, _, source, is_test), found in zip(test, best.numpy()):
                right[source, is_test, tags[n][1]].append(found == n)
                if found != n:
                    wrong[tags[n][1]][tags[found][1]] += 1
            for tag in sorted({k[2] for k in right}):
                print(tag, *[f"{source[0]}{'t' if t else 'r'} {np.mean(right[k]):.3f}" for source in ("captions", "names")
                             for t in (False, True) if right[k := (source, t, tag)]],
                      sorted(wrong[tag].items(), key=lambda item: -item[1])[:5])
            for source in ("captions", "names"):
                for is_test in (False, True):
                    means = [np.mean(v) for k, v in right.items() if k[:2] == (source, is_test) and v]
                    print(source, "test" if is_test else "rest", "mean over", len(means), "languages", f"{np.mean(means):.4f}", flush=True)

    spans = np.array(texts.spans)
    begin, step, size = time.time(), 0, 4096
    while (done := (time.time() - begin) / 60 / options.minutes) < 1:
        languages = rng.choice(len(tags), size, p=chance)
        kind = (rng.random(size) > options.simple).astype(int)
        span = spans[languages, kind]
        span = np.where((span[:, 1] > span[:, 0])[:, None], span, spans[languages, 1 - kind])
        chosen = span[:, 0] + (rng.random(size) * (span[:, 1] - span[:, 0])).astype(int)
        low, high = texts.text_words[chosen], texts.text_words[chosen + 1]
        length = np.minimum(np.minimum(high - low, rng.geometric(0.25, size)), 12)
        low = low + (rng.random(size) * (high - low - length + 1)).astype(int)
        index, owner = ranges(texts.word_ends[low], texts.word_ends[low + length])
        isLeft = rng.random(len(index)) > options.drop
        index, owner = known[index[isLeft]], owner[isLeft]
        for group in optimizer.param_groups:
            group["lr"] = options.rate * min(1, step / 100) * (1 - done * (1 - options.last))
        rows = table
        if options.resume or done > 0.3:
            scale, quantized = levels()
            rows = table + (quantized * scale - table).detach()
        h = vectors(rows, index, owner, size)
        target = torch.from_numpy(languages)
        loss = nn.functional.cross_entropy(h @ matrix.T + bias + mask[target], target, label_smoothing=0.0)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step += 1
        if step % 500 == 0:
            print(step, f"{loss.item():.4f}", f"{done:.2f}", flush=True)
    if test:
        report()
    scale, quantized = levels()
    np.savez_compressed(options.out, kept=kept, table=table.detach().numpy(), levels=quantized.detach().numpy().astype(np.int8), scale=scale.numpy()[0],
                        matrix=matrix.detach().numpy(), bias=bias.detach().numpy(), tags=np.array([f"{s} {t}" for s, t in tags]))


parser = argparse.ArgumentParser()
parser.add_argument("texts")
parser.add_argument("--minutes", type=float, default=4)
parser.add_argument("--power", type=float, default=0.4, help="of a language's size, for how often it is drawn")
parser.add_argument("--simple", type=float, default=0.6, help="how often a text like a caption is drawn")
parser.add_argument("--drop", type=float, default=0.15, help="share of runs of letters that are left out while learning")
parser.add_argument("--rate", type=float, default=0.01)
parser.add_argument("--last", type=float, default=0.01, help="share of the rate that is left at the end")
parser.add_argument("--resume", help="a model to go on from")
parser.add_argument("--rows", type=int, default=49152)
parser.add_argument("--limit", type=int, default=300_000, help="characters a language and kind")
parser.add_argument("--measure")
parser.add_argument("--out", default="model.npz")
train(parser.parse_args())
