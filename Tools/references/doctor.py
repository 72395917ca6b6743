"""Records what the reference implementation makes of a published model, for `pictoglot doctor`.

    python doctor.py MODEL_FOLDER            writes MODEL_FOLDER/pictoglot-reference.json

Run it where the weights are, with the PyPI packages transformers, open_clip_torch and pillow.
Models in open_clip's layout (open_clip_config.json) are run by open_clip, others by transformers'
AutoModel. NLLB-CLIP's texts are given their language, as its author does.
"""

import json
import sys
from pathlib import Path

import torch
from PIL import Image

TEXTS = [
    ("en", "eng_Latn", "a red apple on a table"),
    ("ko", "kor_Hang", "탁자 위의 빨간 사과"),
    ("zh", "zho_Hans", "桌子上的红苹果"),
    ("ru", "rus_Cyrl", "красное яблоко на столе"),
    ("sw", "swh_Latn", "tufaha jekundu juu ya meza"),
]


def picture():
    """The probe of doctor: red grows to the right, green downwards, blue is x xor y."""
    width, height = 320, 240
    image = Image.new("RGB", (width, height))
    image.putdata(
        [
            (x * 255 // (width - 1), y * 255 // (height - 1), (x ^ y) & 255)
            for y in range(height)
            for x in range(width)
        ]
    )
    return image


def unit(vector):
    return (vector / vector.norm(dim=-1, keepdim=True))[0].tolist()


def with_open_clip(folder):
    import open_clip

    name = f"local-dir:{folder}"
    model, _, preprocess = open_clip.create_model_and_transforms(name)
    model.eval()
    tokenizer = open_clip.get_tokenizer(name)
    texts = []
    for tag, flores, text in TEXTS:
        if hasattr(tokenizer, "set_language"):
            try:
                tokenizer.set_language(flores)
            except AttributeError:
                pass
        ids = tokenizer([text])
        texts.append(
            {"text": text, "language": tag, "vector": unit(model.encode_text(ids))}
        )
    image = unit(model.encode_image(preprocess(picture())[None]))
    return f"open_clip {open_clip.__version__}", texts, image


def with_transformers(folder):
    import transformers
    from transformers import AutoModel, AutoProcessor

    model = AutoModel.from_pretrained(folder).eval()
    processor = AutoProcessor.from_pretrained(folder)
    # SigLIP attends to its padding and wants all of it.
    padding = "max_length" if "siglip" in model.config.model_type else True
    texts = []
    for tag, _, text in TEXTS:
        inputs = processor(text=[text], return_tensors="pt", padding=padding)
        vector = model.get_text_features(**inputs)
        vector = getattr(vector, "pooler_output", vector)
        texts.append({"text": text, "language": tag, "vector": unit(vector)})
    inputs = processor(images=picture(), return_tensors="pt")
    vector = model.get_image_features(**inputs)
    image = unit(getattr(vector, "pooler_output", vector))
    return f"transformers {transformers.__version__}", texts, image


def main():
    folder = Path(sys.argv[1])
    is_open_clip = (folder / "open_clip_config.json").exists()
    with torch.no_grad():
        run = with_open_clip if is_open_clip else with_transformers
        library, texts, image = run(str(folder))
    record = {"library": library, "texts": texts, "picture": image}
    path = folder / "pictoglot-reference.json"
    path.write_text(json.dumps(record, ensure_ascii=False))
    print(path)


main()
