#!/usr/bin/env python3
"""kelip.py CHECKOUT: what NAVER's own code makes of the KELIP in Tests/Fixtures/families_image/kelip.

Needs: pip install torch safetensors numpy, and a checkout of github.com/navervision/KELIP (Apache-2.0; tried at
a9af5a2), of which kelip/model.py is run and nothing is copied. The numbers, ids and pixels are those that
families_image.py has made; its vectors are of a restatement, these are of the authors' `CLIP`. Writes
`authors.safetensors` beside them: `images` and `texts`, of length one, and `larger`, of pictures whose positions
are resampled (`larger_pixels`).
"""
import importlib.util, json, os, sys

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

spec = importlib.util.spec_from_file_location("model", os.path.join(sys.argv[1], "kelip/model.py"))
authors = importlib.util.module_from_spec(spec)
spec.loader.exec_module(authors)

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Tests/Fixtures/families_image/kelip/")
config = json.load(open(folder + "config.json"))
sizes = ("embed_dim", "image_resolution", "vision_layers", "vision_width", "vision_patch_size", "context_length",
         "vocab_size", "transformer_width", "transformer_heads", "transformer_layers")
model = authors.CLIP(**{key: config[key] for key in sizes}).eval()
state = {k.removeprefix("model."): v.float() for k, v in load_file(folder + "model.safetensors").items()}
model.load_state_dict(state, strict=True)

expected = load_file(folder + "expected.safetensors")
rows = [expected[f"ids.{i}"].tolist() for i in range(5)]
ids = torch.zeros(len(rows), config["context_length"], dtype=torch.long)
for row, kept in zip(ids, rows):
    row[: len(kept)] = torch.tensor(kept)
pixels = expected["pixels"]
larger = F.interpolate(pixels, scale_factor=2.0, mode="nearest")
with torch.no_grad():
    made = dict(images=model.encode_image(pixels), texts=model.encode_text(ids), larger=model.encode_image(larger))
made = {key: F.normalize(value, dim=-1).contiguous() for key, value in made.items()}
save_file(made | {"larger_pixels": larger.contiguous()}, folder + "authors.safetensors")
for key in ("images", "texts"):
    print(key, "differ from the restatement by", (made[key] - expected[key]).abs().max().item())
