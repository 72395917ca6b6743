#!/usr/bin/env python3
"""peers.py texts CAPTIONS_JSONL TOKENIZER_JSON TOWER [SECONDS]
peers.py pictures FOLDER [LIMIT]

transformers, open_clip and ONNX Runtime at their best, beside `Benchmarks embed-texts` and
`Benchmarks embed-pictures`: the same captions and files, towers of the same sizes with random
weights, THREADS threads (2).

Texts: TOWER is xlmr, nllb or clip. Captions are sorted by length in pools of 2048 before they are
put into batches, and padded to the longest of a batch. Batches of 16, 32, 64 and 128 texts are tried on
captions that are not measured, and the fastest is taken. Rows: float32, bfloat16 weights, these
compiled, int8 (dynamic, linear layers).
Pictures: batch 32, pixels by the library's own preprocessing, read by as many workers as there are
threads or in the loop, whichever is faster; eager, compiled, bfloat16 weights, int8.

Needs: pip install torch torchvision transformers open_clip_torch onnx onnxscript onnxruntime pillow.
"""
import glob, json, os, random, sys, time, warnings

threads = int(os.environ.get("THREADS", 2))
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ[name] = str(threads)
warnings.filterwarnings("ignore")
import torch

torch.set_num_threads(threads)
torch.manual_seed(0)


def told(what, rate, more=""):
    print(f"{what}: {rate:.1f} a second{more}, load {os.getloadavg()[0]:.1f}", flush=True)


def reason(error):
    return next(iter(str(error).strip().splitlines()), type(error).__name__)[:200]


def quantized(model):
    return torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)


def variants(model):
    """(name, function that makes it), the plain one first; weights are in bfloat16 from then on."""
    yield "float32", lambda: model
    yield "bfloat16 weights", lambda: model.to(torch.bfloat16)
    yield "bfloat16 weights, compiled", lambda: torch.compile(model.to(torch.bfloat16), dynamic=True)


# Texts.


def tower(kind):
    """The tower in transformers, and how its vectors are read from the states of the tokens."""
    if kind == "xlmr":
        from transformers import XLMRobertaConfig, XLMRobertaModel
        model = XLMRobertaModel(
            XLMRobertaConfig(vocab_size=250002, max_position_embeddings=514, type_vocab_size=1), add_pooling_layer=False)
    elif kind == "nllb":
        from transformers import M2M100Config
        from transformers.models.m2m_100.modeling_m2m_100 import M2M100Encoder
        model = M2M100Encoder(M2M100Config(
            vocab_size=256206, d_model=1024, encoder_layers=12, encoder_attention_heads=16, encoder_ffn_dim=4096,
            scale_embedding=True))
    else:
        from transformers import CLIPTextConfig, CLIPTextModel
        model = CLIPTextModel(CLIPTextConfig(vocab_size=49408, hidden_act="gelu"))
    return model.eval()


def vectors(kind, model, ids, mask):
    if kind == "clip":
        # Causal: what stands behind a text's end changes nothing, so no mask is needed.
        states = model(input_ids=ids).last_hidden_state
        pooled = states[torch.arange(len(ids)), mask.sum(1) - 1]
    else:
        states = model(input_ids=ids, attention_mask=mask).last_hidden_state
        pooled = states[:, 0] if kind == "nllb" else (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    return torch.nn.functional.normalize(pooled.float(), dim=-1)


def texts(captions, tokenizer, kind, seconds=20.0):
    from tokenizers import Tokenizer
    lines = [json.loads(line) for line in open(captions, encoding="utf-8")]
    texts = [t for line in lines for ts in line["captions"].values() for t in ts]
    random.Random(0).shuffle(texts)
    tok = Tokenizer.from_file(tokenizer)
    tok.no_padding()
    tok.enable_truncation(77)

    def embed(model, part, size):
        ids = sorted((e.ids for e in tok.encode_batch(part)), key=len, reverse=True)
        count = 0
        for start in range(0, len(ids), size):
            rows = ids[start:start + size]
            longest = len(rows[0])
            mask = torch.tensor([[1] * len(r) + [0] * (longest - len(r)) for r in rows])
            batch = torch.tensor([r + [1] * (longest - len(r)) for r in rows])
            count += len(vectors(kind, model, batch, mask))
        return count

    model = tower(kind)
    millions = sum(p.numel() for p in model.parameters()) // 10**6
    trial, measured = texts[:512], texts[512:]
    for name, make in [*variants(model), ("int8 (dynamic)", lambda: quantized(tower(kind)))]:
        try:
            net = make()
            rates = {}
            embed(net, trial[:128], 64)
            for size in (16, 32, 64, 128):
                begun = time.time()
                count = embed(net, trial, size)
                rates[size] = count / (time.time() - begun)
            size = max(rates, key=rates.get)
            done, begun, place = 0, time.time(), 0
            while time.time() - begun < seconds:
                done += embed(net, measured[place:place + 2048], size)
                place = (place + 2048) % (len(measured) - 2048)
            told(f"transformers, {kind} ({millions} M parameters), sorted by length, {name}, batch {size}",
                 done / (time.time() - begun))
        except Exception as error:
            print(f"transformers, {kind}, {name}: not to be had here ({reason(error)})", flush=True)
        torch._dynamo.reset()


# Pictures.


def pictures(folder, limit=320):
    import open_clip
    import transformers
    from PIL import Image
    from transformers import CLIPConfig, CLIPModel

    files = sorted(glob.glob(folder + "/*.jpg"))[:limit]
    _, _, preprocess = open_clip.create_model_and_transforms("ViT-B-32")

    class Files(torch.utils.data.Dataset):
        def __len__(self):
            return len(files)

        def __getitem__(self, index):
            return preprocess(Image.open(files[index]))

    processor = transformers.CLIPImageProcessor(
        size={"shortest_edge": 224}, crop_size={"height": 224, "width": 224})

    def by_transformers():
        for start in range(0, len(files), 32):
            images = [Image.open(f).convert("RGB") for f in files[start:start + 32]]
            yield processor(images=images, return_tensors="pt")["pixel_values"]

    def in_the_loop():
        for start in range(0, len(files), 32):
            yield torch.stack([preprocess(Image.open(f)) for f in files[start:start + 32]])

    def by_workers():
        return torch.utils.data.DataLoader(Files(), batch_size=32, num_workers=threads)

    def measured(name, network, ways):
        best, way = 0, ""
        for title, way_of_reading in ways:
            network(next(iter(in_the_loop())))
            begun = time.time()
            for pixels in way_of_reading():
                network(pixels)
            rate = len(files) / (time.time() - begun)
            if rate > best:
                best, way = rate, title
        told(name, best, f" ({way})")

    def of_transformers(model, kind):
        def run(pixels):
            out = model.get_image_features(pixel_values=pixels.to(kind))
            out = out if torch.is_tensor(out) else out.pooler_output
            return torch.nn.functional.normalize(out.float(), dim=-1)
        return run

    ways = [("its processor", by_transformers)]
    other = [("in the loop", in_the_loop), ("DataLoader", by_workers)]
    model = CLIPModel(CLIPConfig()).eval()
    measured("transformers CLIPModel B/32, float32", of_transformers(model, torch.float32), ways)
    half = CLIPModel(CLIPConfig()).eval().to(torch.bfloat16)
    measured("transformers, bfloat16 weights", of_transformers(half, torch.bfloat16), ways)
    half.vision_model = torch.compile(half.vision_model)
    measured("transformers, bfloat16 weights, compiled", of_transformers(half, torch.bfloat16), ways)
    try:
        measured("transformers, int8 (dynamic)", of_transformers(quantized(CLIPModel(CLIPConfig()).eval()), torch.float32), ways)
    except Exception as error:
        print(f"transformers, int8: not to be had here ({reason(error)})", flush=True)

    net = open_clip.create_model("ViT-B-32").eval()
    measured("open_clip ViT-B-32, float32", lambda x: net.encode_image(x, normalize=True), other)
    fast = torch.compile(net.visual)
    measured("open_clip, float32, compiled", lambda x: torch.nn.functional.normalize(fast(x), dim=-1), other)
    pure = open_clip.create_model("ViT-B-32", precision="pure_bf16").eval()
    measured("open_clip, bfloat16 weights", lambda x: pure.encode_image(x.bfloat16(), normalize=True), other)
    fast_half = torch.compile(pure.visual)
    measured("open_clip, bfloat16 weights, compiled",
             lambda x: torch.nn.functional.normalize(fast_half(x.bfloat16()).float(), dim=-1), other)
    onnx(net.visual, measured, other)


def onnx(visual, measured, ways):
    """open_clip's tower in ONNX Runtime, float32 and int8 (static, per channel, calibrated on noise)."""
    import tempfile
    import numpy
    import onnxruntime
    from onnxruntime import quantization

    class Noise(quantization.CalibrationDataReader):
        def __init__(self):
            self.left = [{"pixels": numpy.random.default_rng(i).standard_normal((32, 3, 224, 224), numpy.float32)}
                         for i in range(2)]

        def get_next(self):
            return self.left.pop() if self.left else None

    def session(path):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        run = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

        def network(pixels):
            out = torch.from_numpy(run.run(None, {"pixels": pixels.numpy()})[0])
            return torch.nn.functional.normalize(out, dim=-1)
        return network

    class Padded(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.visual = visual

        def forward(self, pixels):
            return self.visual(pixels)

    # PyTorch's fused attention has no form in ONNX.
    torch.backends.mha.set_fastpath_enabled(False)
    with tempfile.TemporaryDirectory() as folder:
        try:
            torch.onnx.export(
                Padded().eval(), (torch.randn(32, 3, 224, 224),), folder + "/float32.onnx", input_names=["pixels"],
                output_names=["vectors"], dynamo=False, opset_version=17)
            measured("ONNX Runtime, float32", session(folder + "/float32.onnx"), ways)
            quantization.quant_pre_process(folder + "/float32.onnx", folder + "/ready.onnx", skip_symbolic_shape=True)
            quantization.quantize_dynamic(folder + "/ready.onnx", folder + "/dynamic.onnx", per_channel=True)
            measured("ONNX Runtime, int8 (dynamic)", session(folder + "/dynamic.onnx"), ways)
            quantization.quantize_static(
                folder + "/ready.onnx", folder + "/static.onnx", Noise(), per_channel=True,
                op_types_to_quantize=["MatMul", "Gemm"])
            measured("ONNX Runtime, int8 (static)", session(folder + "/static.onnx"), ways)
        except Exception as error:
            print(f"ONNX Runtime: not to be had here ({reason(error)})", flush=True)


with torch.no_grad():
    if sys.argv[1] == "texts":
        texts(*sys.argv[2:5], *map(float, sys.argv[5:6]))
    else:
        pictures(sys.argv[2], *map(int, sys.argv[3:4]))
