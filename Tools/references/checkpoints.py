"""Makes Tests/Fixtures/checkpoints: a small file of every layout, and expected.json: what is in it.

    python -m venv venv && venv/bin/pip install torch safetensors numpy ml_dtypes flax
    venv/bin/python Tools/references/checkpoints.py Tests/Fixtures/checkpoints

expected.json: file → name → [type, shape, numbers as float64]. Names and layouts of the Flax file
are PyTorch's, as `openTensors` promises; everything else is as the writing library has it.
"""

import argparse
import collections
import json
import os
import struct
import sys
import warnings
import zipfile

import flax.serialization
import ml_dtypes
import numpy as np
import safetensors.torch
import torch

warnings.filterwarnings("ignore")
OUT = sys.argv[1]
os.makedirs(OUT, exist_ok=True)
expected = {}
torch.manual_seed(0)


def path(name):
    return os.path.join(OUT, name)


def describe(tensor):
    if isinstance(tensor, np.ndarray):
        name = tensor.dtype.name
        return [name, list(tensor.shape), tensor.astype(np.float64).flatten().tolist()]
    tensor = tensor.detach()
    name = str(tensor.dtype).removeprefix("torch.")
    return [name, list(tensor.shape), tensor.double().flatten().tolist()]


def expect(name, tensors):
    expected[name] = {key: describe(value) for key, value in tensors.items()}


def every_type():
    """A tensor of each type that is supported."""
    floats = torch.tensor([[0.5, -1.25, 3.0], [1024.0, -0.0078125, 0.0]])
    whole = torch.tensor([[1, -2, 3], [100, -128, 127]])
    return {
        "float32": floats.clone(), "float16": floats.half(), "bfloat16": floats.bfloat16(),
        "float64": floats.double() / 3, "int64": whole << 40, "int32": whole.int() << 16,
        "int16": whole.short() << 4, "int8": whole.to(torch.int8),
        "uint8": whole.abs().to(torch.uint8), "bool": whole > 0,
    }


def every_layout():
    """Tensors whose numbers do not simply follow each other, and those that share them."""
    base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
    return collections.OrderedDict(
        whole=base, transposed=base.permute(2, 0, 1), matrix=base[1].t(), row=base[1, 2],
        stepped=base[:, ::2, 1::2], column=base[:, :, 3], one=base[1, 1, 1],
        repeated=base[:, :1, :1].expand(2, 3, 2), same=base, none=torch.zeros(0, 4),
        halves=base.half()[1:, :, ::3], parameter=torch.nn.Parameter(base[0] + 0.5),
    )


class Tower(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.convolution = torch.nn.Conv2d(3, 4, 2, bias=False)
        self.blocks = torch.nn.ModuleList([torch.nn.Linear(4, 4), torch.nn.ReLU()])
        self.norm = torch.nn.BatchNorm1d(4)
        self.scale = torch.nn.Parameter(torch.tensor(2.5))
        self.register_buffer("positions", torch.arange(5).expand(1, -1))

    def forward(self, x):
        return self.norm(self.blocks[1](self.blocks[0](self.convolution(x).mean((2, 3))))) * self.scale


def pytorch():
    nested = {
        "state_dict": every_layout(), "types": every_type(), "epoch": 3, "loss": 0.25,
        "args": argparse.Namespace(model="ViT-B-32", rate=1e-4), "best": np.float64(0.5),
        "vector": np.arange(3), "size": torch.Size([2, 3]), "device": torch.device("cpu"),
        "queue": [torch.tensor([1.0, 2.0]), None, (torch.tensor(3),)], 7: torch.tensor([7]),
        "defaults": collections.defaultdict(list, tensors=torch.ones(2)), "big": 1 << 100,
        "texts": {"é": torch.tensor([1.5]), "강아지": torch.tensor([2.5])},
        "complex": torch.tensor([1 + 2j]), "sparse": torch.eye(2).to_sparse(),
    }
    flat = {}
    for key, value in nested["state_dict"].items():
        flat["state_dict." + key] = value
    for key, value in nested["types"].items():
        flat["types." + key] = value
    flat["queue.0"], flat["queue.2.0"] = nested["queue"][0], nested["queue"][2][0]
    flat["7"], flat["defaults.tensors"] = nested[7], torch.ones(2)
    flat["texts.é"], flat["texts.강아지"] = nested["texts"]["é"], nested["texts"]["강아지"]
    torch.save(nested, path("nested.pt"))
    torch.save(nested, path("nested-protocol-5.pt"), pickle_protocol=5)
    torch.save(nested, path("nested-legacy.pth"), _use_new_zipfile_serialization=False)
        expect(name, flat)

    tower = Tower().eval()
    torch.save(tower.state_dict(), path("state_dict.bin"))
    expect("state_dict.bin", tower.state_dict())
    torch.save(tower, path("module.pt"))
    expect("module.pt", tower.state_dict())
    torch.jit.save(torch.jit.trace(tower, torch.zeros(2, 3, 4, 4)), path("torchscript.pt"))
    expect("torchscript.pt", tower.state_dict())
    torch.save(torch.arange(3), path("lone.pt"))
    expect("lone.pt", {"tensor": torch.arange(3)})
    types = every_type()
    torch.save(types, path("types.pt"))
    big_endian(path("types.pt"), path("big-endian.pt"))
    zip64(path("types.pt"), path("zip64.pt"))
    os.remove(path("types.pt"))
    expect("big-endian.pt", types)
    expect("zip64.pt", types)


def big_endian(source, target):
    """The file that a big-endian machine would have written."""
    types = list(every_type().values())
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("/byteorder"):
                data = b"big"
            elif "/data/" in name:
                size = types[int(name.rsplit("/", 1)[1])].element_size()
                data = np.frombuffer(data, f"u{size}").byteswap().tobytes()
            new.writestr(name, data)


def zip64(source, target):
    """The same archive with all sizes and places in 64 bits, as above 4 GiB."""
    with zipfile.ZipFile(source) as archive:
        start, entries = archive.start_dir, archive.infolist()
    data = open(source, "rb").read()[:start]
    directory = b""
    for entry in entries:
        name = entry.filename.encode()
        extra = struct.pack(
            "<HHQQQ", 1, 24, entry.file_size, entry.compress_size, entry.header_offset)
        directory += struct.pack(
            "<IHHHHHHIIIHHHHHII", 0x02014B50, 45, 45, 0, 0, 0, 0, entry.CRC, 0xFFFFFFFF, 0xFFFFFFFF,
            len(name), len(extra), 0, 0, 0, 0, 0xFFFFFFFF) + name + extra
    count = len(entries)
    data += directory + struct.pack(
        "<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, count, count, len(directory), start)
    data += struct.pack("<IIQI", 0x07064B50, 0, start + len(directory), 1)
    data += struct.pack(
        "<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    open(target, "wb").write(data)


def shards():
    types = every_type()
    halves = [dict(list(types.items())[:5]), dict(list(types.items())[5:])]
    for suffix, stem, save in [
        ("safetensors", "model", safetensors.torch.save_file), ("bin", "pytorch_model", torch.save)
    ]:
        names = [f"{stem}-0000{index + 1}-of-00002.{suffix}" for index in range(2)]
        for name, half in zip(names, halves):
            save(half, path(name))
        table = {key: name for name, half in zip(names, halves) for key in half}
        index = {"metadata": {"total_size": 210}, "weight_map": table}
        name = f"{stem}.{suffix}.index.json"
        json.dump(index, open(path(name), "w"), indent=2)
        expect(name, types)


def flax_file():
    rng = np.random.default_rng(0)

    def numbers(*shape, dtype=np.float32):
        return rng.standard_normal(shape).astype(dtype)

    tree = {
        "text_model": {
            "embeddings": {"word_embeddings": {"embedding": numbers(5, 4)}},
            "encoder": {"layer": {
                "0": {"dense": {"kernel": numbers(4, 6), "bias": numbers(6)},
                      "LayerNorm": {"scale": numbers(4), "bias": numbers(4)}},
                "1": {"query": {"kernel": numbers(4, 2, 3), "bias": numbers(2, 3)}}}},
        },
        "vision_model": {
            "patch_embedding": {"kernel": numbers(2, 2, 3, 4, dtype=np.float16)},
            "class_embedding": numbers(4, dtype=ml_dtypes.bfloat16),
        },
        "large": {"kernel": numbers(30, 40)}, "logit_scale": numbers(),
        "step": 3, "rate": np.float32(0.5), "point": 1 + 2j, "done": True, "nothing": None,
        "counts": np.arange(6, dtype=np.int32).reshape(2, 3), "flags": np.array([True, False]),
        "list": [numbers(2), numbers(3)],
    }
    flax.serialization.MAX_CHUNK_SIZE = 1000
    data = flax.serialization.to_bytes(tree)
    assert b"__msgpack_chunked_array__" in data
    open(path("flax_model.msgpack"), "wb").write(data)
    layer, vision = tree["text_model"]["encoder"]["layer"], tree["vision_model"]
    expect("flax_model.msgpack", {
        "text_model.embeddings.word_embeddings.weight":
            tree["text_model"]["embeddings"]["word_embeddings"]["embedding"],
        "text_model.encoder.layer.0.dense.weight": layer["0"]["dense"]["kernel"].T,
        "text_model.encoder.layer.0.dense.bias": layer["0"]["dense"]["bias"],
        "text_model.encoder.layer.0.LayerNorm.weight": layer["0"]["LayerNorm"]["scale"],
        "text_model.encoder.layer.0.LayerNorm.bias": layer["0"]["LayerNorm"]["bias"],
        "text_model.encoder.layer.1.query.weight": layer["1"]["query"]["kernel"],
        "text_model.encoder.layer.1.query.bias": layer["1"]["query"]["bias"],
        "vision_model.patch_embedding.weight":
            vision["patch_embedding"]["kernel"].transpose(3, 2, 0, 1),
        "vision_model.class_embedding": vision["class_embedding"],
        "large.weight": tree["large"]["kernel"].T, "logit_scale": tree["logit_scale"],
        "rate": np.asarray(tree["rate"]), "counts": tree["counts"], "flags": tree["flags"],
        "list.0": tree["list"][0], "list.1": tree["list"][1],
    })


def numpy_files():
    rng = np.random.default_rng(1)
    arrays = {
        "params/dense/kernel": rng.standard_normal((3, 4)).astype(np.float32),
        "turned": np.asfortranarray(rng.standard_normal((2, 3, 4))),
        "swapped": rng.standard_normal((2, 3)).astype(">f4"), "half": np.arange(5, dtype="<f2"),
        "whole": np.arange(6, dtype=">i8").reshape(2, 3), "flags": np.array([True, False]),
        "scalar": np.array(2.5), "none": np.zeros((0, 3), np.float32),
        "steps": np.arange(40000, dtype=np.int32) // 1000,
        "noise": rng.integers(0, 256, 3000).astype(np.uint8),
    }
    steps = arrays.pop("steps")
    np.savez(path("arrays.npz"), **arrays)
    expect("arrays.npz", arrays)
    np.savez_compressed(path("compressed.npz"), texts=np.array(["a", "b"]), **arrays, steps=steps)
    expect("compressed.npz", {**arrays, "steps": steps})
    np.save(path("array.npy"), arrays["turned"])
    expect("array.npy", {"array": arrays["turned"]})
    with open(path("array-version-3.npy"), "wb") as file:
        np.lib.format.write_array(file, arrays["swapped"], version=(3, 0))
    expect("array-version-3.npy", {"array": arrays["swapped"]})


pytorch()
shards()
flax_file()
numpy_files()
for name in expected:
    for key, (dtype, shape, numbers) in expected[name].items():
        # Long and regular: the length and the sum suffice to tell whether it was unpacked.
        if len(numbers) > 5000:
            expected[name][key] = [dtype, shape, [sum(numbers)]]
json.dump(
    expected, open(path("expected.json"), "w"), ensure_ascii=False, separators=(",", ":"),
    sort_keys=True)
