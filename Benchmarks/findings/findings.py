#!/usr/bin/env python3
"""findings.py FINDING PICTOGLOT COLLECTION OUT: what the papers found, in the small.

FINDING     kelip, brivl, nllb-clip or koclip
PICTOGLOT   the command, as .build/release/pictoglot
COLLECTION  what "pictoglot data emoji --with-stamps" made
OUT         a folder for runs; what is there already is not trained again

Every arm is trained with three seeds on one thread, two at a time. Printed are mean ± standard
deviation over the seeds. Needs nothing but Python.
"""
import concurrent.futures, json, os, pathlib, statistics, subprocess, sys, tarfile

SEEDS = (0, 1, 2)
finding, pictoglot, collection, out = sys.argv[1:5]
pictoglot = os.path.abspath(pictoglot)
os.makedirs(out, exist_ok=True)


def setting(key, value):
    return ["--set", f"{key}={value if isinstance(value, str) else json.dumps(value)}"]


# A vision transformer of 48 × 48 pixels and a transformer over tokens; 2 million parameters.
IMAGE = {"kind": "vit", "size": 48, "patch": 8, "width": 128, "depth": 4, "heads": 4, "stem": "patch",
         "activation": "quick_gelu", "epsilon": 1e-5, "finalNorm": "pooled", "hasClassToken": True,
         "hasPreNorm": True, "hasTanhPooler": False, "patchBias": False, "pooling": "class",
         "resampling": "scale"}
TEXT = {"kind": "transformer", "vocabulary": 0, "contextLength": 32, "width": 128, "depth": 2, "heads": 4,
        "pooling": "last", "activation": "quick_gelu", "epsilon": 1e-5, "isCausal": True}
BAG = {"kind": "bag", "vocabulary": 0, "contextLength": 32, "width": 128, "depth": 1}
PLAN = setting("training.validationMinutes", 0) + setting("training.checkpointMinutes", 60) \
    + setting("training.cachedSide", 96) + setting("training.preprocessing.size", 48) \
    + setting("training.rate", 1e-3) + setting("training.vocabulary", 8192)
TOWERS = setting("model.image", IMAGE) + setting("model.text", TEXT) + setting("model.width", 128)
PLAIN = setting("model.imageProjection", "linear") + setting("model.textProjection", "linear")


def crops(*crops):
    return setting("training.crops", [dict(zip(("size", "count", "scale", "weight"), crop)) for crop in crops])


def run(*command):
    done = subprocess.run([pictoglot, *map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return done.stdout


def train(name, seed, recipe, steps, *options, data=None):
    """Trains OUT/NAME-SEED unless it is there; returns its folder, in which `processor` has the seconds
    of processor time that the whole command took, preparations included."""
    folder = f"{out}/{name}-{seed}"
    reports = read_log(folder)
    if not reports or reports[-1]["progress"] < 1:
        subprocess.run(["rm", "-rf", folder])
        command = [pictoglot, "train", "--recipe", recipe, "--data", data or collection, "--out", folder,
                   "--steps", steps, "--seed", seed, "--threads", 1, "--quiet", *options]
        process = os.posix_spawn(pictoglot, [str(word) for word in command], os.environ)
        _, status, usage = os.wait4(process, 0)
        if status != 0:
            sys.exit(" ".join(map(str, command)))
        pathlib.Path(folder, "processor").write_text(str(usage.ru_utime + usage.ru_stime))
        print(f"trained {name}-{seed}", file=sys.stderr, flush=True)
    return folder


def read_log(folder):
    try:
        return [json.loads(line) for line in open(f"{folder}/log.jsonl")]
    except OSError:
        return []


def minutes(folder):
    return float(pathlib.Path(folder, "processor").read_text()) / 60


def recall(folder, split="test", languages=None, data=None):
    """Mean of recall@10 of both directions, percent, by language; and the level of chance."""
    options = ["--languages", ",".join(languages)] if languages else []
    report = json.loads(run("evaluate", folder, "--data", data or collection, "--split", split, "--resamples", 0,
                            "--threads", 1, "--json", "--quiet", *options))
    sides = ("textToImage", "imageToText")
    values = {row["language"]: sum(row[side]["recall"][2]["value"]["value"] for side in sides) * 50
              for row in report["languages"]}
    chance = {row["language"]: sum(row[side]["recall"][2]["chance"] for side in sides) * 50
              for row in report["languages"]}
    return values, chance


def text_space(folder, languages, split):
    report = json.loads(run("evaluate", folder, "--data", collection, "--task", "text-space", "--split", split,
                            "--languages", ",".join(languages), "--threads", 1, "--json", "--quiet"))
    cells = [pair["result"]["recall"][2] for pair in report["pairs"]]
    return (100 * sum(c["value"]["value"] for c in cells) / len(cells), 100 * sum(c["chance"] for c in cells) / len(cells))


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def spread(values):
    values = list(values)
    return f"{mean(values):.1f} ± {statistics.stdev(values):.1f}"


def all_seeds(work):
    """The results of work(seed), two seeds at a time."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return list(pool.map(work, SEEDS))


def table(header, rows):
    print("| " + " | ".join(header) + " |\n|" + "---|" * len(header))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    print(flush=True)


def kelip():
    """Does a start from MAE help, do several crops, and do languages meet through pictures alone?"""
    languages = ["ko", "en"]
    base = TOWERS + PLAN + setting("training.batch", 128) + setting("training.captionLanguages", languages)
    one, several = crops((48, 1, [0.4, 1], 1)), crops((48, 1, [0.4, 1], 1), (24, 4, [0.1, 0.4], 1))
    decoder = setting("stage", "mae") + setting("decoder.width", 128) + setting("decoder.depth", 2) \
        + setting("decoder.heads", 4)
    arms = {
        "drawn weights, one crop": (400, one, False),
        "MAE start, one crop": (400, one, True),
        "drawn weights, five crops": (400, several, False),
        "MAE start, five crops": (400, several, True),
        "drawn weights, one crop, twice the steps": (800, one, False),
    }

    def work(seed):
        results = {}
        mae = train("kelip-mae", seed, "kelip", 3000, *TOWERS, *PLAN, *setting("training.batch", 128), *decoder)
        for number, (name, (steps, options, starts)) in enumerate(arms.items()):
            start = ["--image-from", mae] if starts else []
            folder = train(f"kelip-{number}", seed, "kelip", steps, *base, *options, *start)
            values, chance = recall(folder, languages=languages)
            results[name] = {**values, "chance": mean(chance.values()), "minutes": minutes(folder)}
        trained = f"{out}/kelip-0-{seed}"
        drawn = train("kelip-drawn", seed, "kelip", 1, *base, *one, *setting("training.rate", 1e-12))
        for name, folder in (("trained", trained), ("drawn", drawn)):
            for split in ("train", "test"):
                results[name, split], results["chance", split] = text_space(folder, languages, split)
        results["mae minutes"] = minutes(mae)
        return results

    seeds = all_seeds(work)
    rows = [[name, *(spread(s[name][language] for s in seeds) for language in languages),
             spread(mean([s[name][language] for language in languages]) for s in seeds),
             f"{mean(s[name]['minutes'] for s in seeds):.1f}"] for name in arms]
    rows.append(["chance", "", "", f"{seeds[0][next(iter(arms))]['chance']:.1f}", ""])
    table(["arm", *(f"{language} R@10" for language in languages), "mean", "processor minutes"], rows)
    print(f"MAE itself takes {mean(s['mae minutes'] for s in seeds):.1f} minutes.\n")
    table(["Korean ↔ English, texts alone", "concepts of training, R@10", "unseen concepts, R@10"],
          [["learned from pictures", *(spread(s["trained", split] for s in seeds) for split in ("train", "test"))],
           ["drawn weights", *(spread(s["drawn", split] for s in seeds) for split in ("train", "test"))],
           ["chance", *(f"{seeds[0]['chance', split]:.1f}" for split in ("train", "test"))]])


def brivl():
    """Does a queue help where the batch is small?"""
    base = TOWERS + PLAIN + PLAN + setting("training.preprocessing.fit", "crop") + setting("training.batch", 16) \
        + setting("training.captionLanguages", ["zh-Hans"]) + setting("training.frozen", []) \
        + setting("training.augmentation", json.loads(AUGMENTATION))
    arms = {"in the batch of 16 (clip)": ("clip", [])}
    for length in (16, 256, 1024):
        arms[f"queues of {length} (brivl)"] = ("brivl", setting("queueLength", length))
    arms["in a batch of 128 (clip), as many pictures"] = ("clip", setting("training.batch", 128))

    def work(seed):
        results = {}
        for number, (name, (recipe, options)) in enumerate(arms.items()):
            steps = 150 if "128" in name else 1200
            folder = train(f"brivl-{number}", seed, recipe, steps, *base, *options)
            values, chance = recall(folder, languages=["zh-Hans"])
            results[name] = (values["zh-Hans"], chance["zh-Hans"], minutes(folder))
        return results

    seeds = all_seeds(work)
    rows = [[name, spread(s[name][0] for s in seeds), f"{mean(s[name][2] for s in seeds):.1f}"] for name in arms]
    rows.append(["chance", f"{seeds[0][next(iter(arms))][1]:.1f}", ""])
    table(["arm", "Chinese R@10", "processor minutes"], rows)


def nllb_clip():
    """Is a locked tower as good from its cache, and do many languages help those with few captions?"""
    few = ["kab", "ach", "ast", "eo", "ff", "son"]
    english = TOWERS + PLAN + setting("training.batch", 128) + setting("training.captionLanguages", ["en"])
    base = setting("model.text", BAG) + PLAN + setting("training.batch", 128) + setting("training.rate", 2e-3)
    arms = {
        "locked, from the cache, one view": [],
        "locked, from the cache, eight views": setting("training.cachedViews", 8),
        "locked, run at every step": setting("training.cachesFeatures", False),
    }

    def work(seed):
        results = {}
        start = train("nllb-english", seed, "clip", 600, *english)
        first = None
        for number, (name, options) in enumerate(arms.items()):
            folder = train(f"nllb-{number}", seed, "nllb-clip", 800, "--image-from", start, *base, *options)
            first = first or folder
            values, chance = recall(folder)
            kept = [language for language in values if language not in few]
            results[name] = (mean(values[x] for x in kept), mean(chance[x] for x in kept), 60 * minutes(folder),
                             read_log(folder)[-1]["seconds"])
            if number == 0:
                results["together"] = {x: values[x] for x in few}
                results["few chance"] = {x: chance[x] for x in few}
        for language in few:
            folder = train(f"nllb-{language}", seed, "nllb-clip", 800, "--image-from", start, *base,
                           *setting("training.captionLanguages", [language]), "--tokenizer", f"{first}/tokenizer.json")
            results[language] = recall(folder, languages=[language])[0][language]
        return results

    seeds = all_seeds(work)
    rows = [[name, spread(s[name][0] for s in seeds), f"{mean(s[name][2] for s in seeds):.0f}",
             f"{mean(s[name][3] for s in seeds):.0f}"] for name in arms]
    rows.append(["chance", f"{seeds[0][next(iter(arms))][1]:.1f}", "", ""])
    table(["image tower", "mean R@10 of 122 languages", "processor seconds of the command",
           "seconds of the steps alone"], rows)
    rows = [[language, spread(s[language] for s in seeds), spread(s["together"][language] for s in seeds),
             f"{seeds[0]['few chance'][language]:.1f}"] for language in few]
    rows.append(["mean", spread(mean(s[x] for x in few) for s in seeds),
                 spread(mean(s["together"][x] for x in few) for s in seeds),
                 f"{mean(seeds[0]['few chance'].values()):.1f}"])
    table(["language", "alone, R@10", "among 128, R@10", "chance"], rows)


def koclip():
    """Do sentences around a label help?"""
    base = TOWERS + PLAN + setting("training.batch", 64) + setting("training.captionLanguages", ["ko"]) \
        + setting("training.preprocessing.fit", "crop") + setting("training.augmentation", json.loads(AUGMENTATION))
    frames = ["여기에 {} 있다.", "{} 보인다.", "누가 그린 {} 그림이다."]
    names, sentences, labels = unpack(frames)
    learned = f"{out}/koclip-data/frames.txt"
    pathlib.Path(learned).write_text("".join(frame + "\n" for frame in frames))

    def work(seed):
        results = {}
        for name, data in (("bare names", names), ("sentences", sentences)):
            folder = train(f"koclip-{name.replace(' ', '-')}", seed, "koclip", 600, *base, data=data)
            for asked, options in (("bare", ["--no-template"]), ("in learned sentences", ["--template-file", learned]),
                                   ("in the usual ones", []), ("in KoCLIP's", ["--template", "이것은 {} 이다."])):
                lines = [json.loads(line) for line in run(
                    "classify", folder, data, "--split", "test", "--labels-file", labels, "--language", "ko",
                    "--threads", 1, "--json", "--quiet", *options).splitlines()]
                results[name, asked] = accuracy(lines)
        return results

    seeds = all_seeds(work)
    asked = ["bare", "in learned sentences", "in the usual ones", "in KoCLIP's"]
    table(["learned from; first right / among five", *(f"labels {way}" for way in asked)],
          [[name, *(" / ".join(spread(s[name, way][place] for s in seeds) for place in (0, 1)) for way in asked)]
           for name in ("bare names", "sentences")])
    count = len(open(labels).read().splitlines())
    print(f"{count} labels: chance is {100 / count:.1f} and {500 / count:.1f} %.")


def accuracy(lines):
    """How often the right label is the first, and among the first five, percent."""
    result = lines[-1]["report"]["languages"][0]["result"]
    return 100 * result["acc1"]["value"], 100 * result["acc5"]


def unpack(frames):
    """The emoji of the collection as files, named barely and in sentences, and the held-out names."""
    folder = pathlib.Path(out) / "koclip-data"
    folder.mkdir(exist_ok=True)
    names, sentences, labels = [], [], []
    for shard in sorted(pathlib.Path(collection).glob("*.tar")):
        with tarfile.open(shard) as tar:
            members = {member.name: member for member in tar if member.isfile()}
            for key in sorted(name for name in members if name.endswith(".json")):
                record = json.loads(tar.extractfile(members[key]).read())
                texts = record["captions"].get("ko")
                picture = key.replace(".json", ".png")
                if not texts or not record["id"].startswith("noto/") or picture not in members:
                    continue
                (folder / f"{shard.stem}-{picture}").write_bytes(tar.extractfile(members[picture]).read())
                line = {"id": record["id"], "image": f"{shard.stem}-{picture}", "split": record["split"],
                        "concept": texts[0]}
                names.append({**line, "captions": {"ko": texts[:1]}})
                # A sentence a picture and frame; a step draws one of them.
                sentences.append({**line, "captions": {"ko": [frame.replace("{}", texts[0]) for frame in frames]}})
                if record["split"] == "test":
                    labels.append(texts[0])
    for name, lines in (("names.jsonl", names), ("sentences.jsonl", sentences)):
        (folder / name).write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    (folder / "labels.txt").write_text("".join(label + "\n" for label in dict.fromkeys(labels)))
    return str(folder / "names.jsonl"), str(folder / "sentences.jsonl"), str(folder / "labels.txt")


# One crop of at least two fifths, and a mirror image half of the time.
AUGMENTATION = """{"background": 0, "bending": 0, "blur": 0, "blurRadius": [0.3, 1.5], "brightness": 0,
"channelSwap": 0, "coarseness": 0, "contrast": 0, "erasedArea": [0.02, 0.2], "erasing": 0, "fit": "crop",
"flip": 0.5, "grayscale": 0, "hue": 0, "inversion": 0, "jitter": 1, "noise": 0, "posterization": 0,
"ratio": [0.75, 1.333333], "rotation": 0, "saturation": 0, "scale": [0.4, 1], "shear": 0, "translation": 0}"""

{"kelip": kelip, "brivl": brivl, "nllb-clip": nllb_clip, "koclip": koclip}[finding]()
