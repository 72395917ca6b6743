#!/usr/bin/env python3
"""brivl_step.py OUT_DIR: two steps of BriVL with towers as its authors', but tiny, from PyTorch.

Needs: pip install torch transformers timm safetensors. Writes brivl_step.safetensors, which the Swift
tests read: both towers under their published names, the queues as they begin, and for each
step the loss; of the first the gradient of each tensor that is learned (gradient.KEY); and after both what
the statistics of batch norms have come to (after.KEY, and slow.KEY for the momentum copy). The towers are re-stated from the
released code, as in towers_image.py and towers_text.py; all in float64, written as float32.

What the release freezes is frozen: of the network the stem, the head and stages 0 to 2, of BERT the
embeddings and the first of its layers (there: eight of twelve). Batch norms learn in all of it.
"""
import sys
import torch
import torch.nn.functional as F
import transformers as hf
from safetensors.torch import save_file
from timm.models.efficientnet import _gen_efficientnet
from torch import nn

out = sys.argv[1]
torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(23)
SIZE, PARTS, WIDTH, SPACE, LENGTH, QUEUE = 128, 2, 16, 6, 8, 7
MOMENTUM, TAU, RATE = 0.75, 0.2, 0.03125
CONCEPTS, OWNERS = [0, 1, 2, 0], [2, 0, 3, 0, 1]
TEXTS = [[2, 9, 3], [2, 5, 3], [2, 7, 4, 3], [2, 8, 6, 3], [2, 11, 10, 12, 3]]


def held(x):
    """Numbers that float32 holds exactly, since that is what is written."""
    return x.float().double()


def normal(*shape):
    return torch.randn(*shape, generator=generator)


class Perceptron(nn.Module):
    def __init__(self, inputs, inner, outputs):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(inputs, inner), nn.Linear(inner, outputs)

    def forward(self, x):
        return self.fc2(F.relu(self.fc1(x)))


class ImageTower(nn.Module):
    def __init__(self, points=4):
        super().__init__()
        self.points = points
        self.backbone = _gen_efficientnet(
            "tf_efficientnet_b0", channel_multiplier=WIDTH / 1280, depth_multiplier=0.3, bn_eps=1e-3,
            pad_type="same", num_classes=2)
        layer = nn.TransformerEncoderLayer(WIDTH, 4, dim_feedforward=24, dropout=0.0)
        self.learnable = nn.ModuleDict({
            "imgFC": Perceptron(WIDTH, 10, SPACE), "imgAtt": nn.TransformerEncoder(layer, 2),
            "max_pool": nn.Sequential(nn.Conv2d(WIDTH, WIDTH, 1), nn.AvgPool2d(points, stride=1))})

    def forward(self, pixels):
        side = SIZE / PARTS
        boxes = torch.tensor([[j * side, i * side, (j + 1) * side, (i + 1) * side]
                              for i in range(PARTS) for j in range(PARTS)] + [[0.0, 0.0, SIZE, SIZE]])
        features = self.backbone.forward_features(pixels)
        height, width = features.shape[2:]
        x1, y1, x2, y2 = (boxes / (SIZE / height)).T
        zero = torch.zeros_like(x1)
        theta = torch.stack([
            (x2 - x1) / (width - 1), zero, (x1 + x2 - width + 1) / (width - 1),
            zero, (y2 - y1) / (height - 1), (y1 + y2 - height + 1) / (height - 1)], 1).view(-1, 2, 3)
        pooled = []
        for row in features:
            grid = F.affine_grid(theta, [len(boxes), WIDTH, self.points, self.points], align_corners=False)
            seen = F.grid_sample(row.expand(len(boxes), -1, -1, -1), grid, align_corners=False)
            pooled.append(self.learnable["max_pool"](seen)[:, :, 0, 0])
        x = F.normalize(torch.stack(pooled), dim=-1)
        x = self.learnable["imgAtt"](x.transpose(0, 1)).transpose(0, 1)
        return F.normalize(self.learnable["imgFC"](x.mean(1)), dim=-1)


class TextTower(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.ModuleDict({"bert": hf.BertModel(hf.BertConfig(
            vocab_size=14, hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=12,
            max_position_embeddings=9, type_vocab_size=2, pad_token_id=0, hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0), add_pooling_layer=False)})
        layer = nn.TransformerEncoderLayer(8, 2, dim_feedforward=20, dropout=0.0)
        self.learnable = nn.ModuleDict({
            "textAtt": nn.TransformerEncoder(layer, 2), "textFC": Perceptron(8, 10, SPACE)})

    def forward(self, texts):
        ids = torch.tensor([t + [0] * (LENGTH - len(t)) for t in texts])
        mask = (ids != 0).double()
        x = F.normalize(self.backbone["bert"](ids).last_hidden_state, dim=-1).transpose(0, 1)
        x = self.learnable["textAtt"](x, src_key_padding_mask=mask == 0).transpose(0, 1)
        x = (x * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return F.normalize(self.learnable["textFC"](x), dim=-1)


def shake(module):
    """Numbers large enough that each part of a tower matters."""
    for name, tensor in list(module.named_parameters()) + list(module.named_buffers()):
        if not tensor.is_floating_point():
            continue
        noise = normal(*tensor.shape)
        with torch.no_grad():
            if name.endswith("running_var"):
                tensor.copy_(held(1 + 0.5 * noise.abs()))
            elif tensor.dim() <= 1:
                tensor.copy_(held((1 if name.endswith("weight") else 0) + 0.1 * noise))
            else:
                fan = tensor[0].numel() if tensor.dim() > 2 else tensor.shape[-1]
                tensor.copy_(held(noise * (1.5 / fan) ** 0.5))
    return module.train()


def frozen(key):
    return key.startswith((
        "imgencoder.backbone.conv_stem", "imgencoder.backbone.bn1", "imgencoder.backbone.conv_head",
        "imgencoder.backbone.bn2", "imgencoder.backbone.blocks.0.", "imgencoder.backbone.blocks.1.",
        "imgencoder.backbone.blocks.2.", "textencoder.backbone.bert.embeddings.",
        "textencoder.backbone.bert.encoder.layer.0."))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.imgencoder, self.textencoder = ImageTower(), TextTower()

    def learned(self):
        return {k: p for k, p in self.named_parameters() if not frozen(k) and "classifier" not in k}


FILES = {}
fast, slow = shake(Model()), Model().train()
slow.load_state_dict(fast.state_dict())
# Copies, as the steps move the numbers in their place.
FILES.update({k: v.clone() for k, v in fast.state_dict().items()
              if v.is_floating_point() and "classifier" not in k})
queues = {name: held(F.normalize(normal(QUEUE, SPACE), dim=-1)) for name in ("image", "text")}
FILES.update({f"brivl/{name}_queue.embeddings": q for name, q in queues.items()})
concepts = [-1, 1, -1, 0, -1, 5, 2]
for name in ("image", "text"):
    FILES[f"brivl/{name}_queue.concepts"] = torch.tensor(concepts).double()
# Pictures are waves, which the tests draw, too.
places = torch.arange(4 * 3 * SIZE * SIZE).double()
batches = [held(torch.sin(0.37 * places + step) + torch.sin(0.0011 * places)).reshape(4, 3, SIZE, SIZE)
           for step in range(2)]
own = [OWNERS.index(i) for i in range(4)]


def term(query, key, queue, concept):
    rows = [query @ key / TAU] + [query @ past / TAU for past, c in zip(queue, concepts) if c != concept]
    return torch.logsumexp(torch.stack(rows), 0) - rows[0]


for step, pixels in enumerate(batches):
    images, texts = fast.imgencoder(pixels), fast.textencoder(TEXTS)
    # The authors move the momentum encoder after the queries and before the keys: what is learned of it.
    with torch.no_grad():
        followed = dict(slow.named_parameters())
        for key, p in fast.learned().items():
            followed[key].copy_(MOMENTUM * followed[key] + (1 - MOMENTUM) * p)
        image_keys, text_keys = slow.imgencoder(pixels), slow.textencoder(TEXTS)
    loss = sum(term(images[i], text_keys[own[i]], queues["text"], CONCEPTS[i]) for i in range(4)) / 4
    loss = loss + sum(term(texts[j], image_keys[o], queues["image"], CONCEPTS[o])
                      for j, o in enumerate(OWNERS)) / 5
    FILES[f"loss.{step}"] = loss
    learned = fast.learned()
    for (key, p), g in zip(learned.items(), torch.autograd.grad(loss, list(learned.values()))):
        if step == 0:
            FILES[f"gradient.{key}"] = g
        with torch.no_grad():
            p.sub_(RATE * g)
    queues = {"image": torch.cat([image_keys, queues["image"]])[:QUEUE],
              "text": torch.cat([text_keys[own], queues["text"]])[:QUEUE]}
    concepts = (CONCEPTS + concepts)[:QUEUE]

for name, model in (("after", fast), ("slow", slow)):
    FILES.update({f"{name}.{k}": v for k, v in model.state_dict().items() if "running_" in k})
FILES.update({f"result.{name}_queue": q for name, q in queues.items()})
FILES["result.concepts"] = torch.tensor(concepts).double()
save_file({k: v.detach().float().contiguous() for k, v in FILES.items()}, out + "/brivl_step.safetensors")
