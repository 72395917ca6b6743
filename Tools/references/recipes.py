#!/usr/bin/env python3
"""recipes.py OUT_DIR: one step of every published recipe, and two of BriVL's, from PyTorch.

Needs: pip install torch safetensors. Writes steps.safetensors, which the Swift tests read: the numbers
of tiny towers under our parameter names, a batch, and for each recipe its loss and the gradient of
everything that is learned. Towers and losses are re-stated from the papers and, where they say more,
from the authors' code; all in float64, written as float32.

A number of a recipe of its own is called RECIPE/NAME and goes before the common NAME. Gradients are one
vector a recipe, parameter after parameter by name; zero where nothing is learned.
"""
import math
import sys
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

out = sys.argv[1]
torch.manual_seed(47)
torch.set_default_dtype(torch.float64)
W, HEADS, INNER, PATCH, SIDE = 6, 2, 8, 2, 3   # both towers; patches of 2 pixels, 3 a side
V, VOCABULARY, CONTEXT = 6, 12, 6              # the shared space; token ids; most tokens
FILES, RESULTS = {}, {}


def held(x):
    """Numbers that float32 holds exactly, since that is what is written."""
    return x.float().double()


class Weights:
    """A recipe's parameters, by our names."""

    def __init__(self, recipe=None, base=None):
        self.prefix, self.own, self.base = f"{recipe}/" if recipe else "", {}, base

    def make(self, name, *shape, std=0.5, mean=0.0):
        self.own[name] = held(torch.randn(*shape) * std + mean).requires_grad_()
        FILES[self.prefix + name] = self.own[name]

    def put(self, name, value):
        self.own[name] = held(torch.tensor(value)).requires_grad_()
        FILES[self.prefix + name] = self.own[name]

    def linear(self, name, inputs, outputs, bias=True):
        self.make(name + ".weight", outputs, inputs)
        if bias:
            self.make(name + ".bias", outputs, std=0.2)

    def norm(self, name, width=W):
        self.make(name + ".weight", width, std=0.2, mean=1)
        self.make(name + ".bias", width, std=0.2)

    def block(self, name, width=W, inner=INNER):
        self.norm(name + ".attention_norm", width)
        self.linear(name + ".attention.qkv", width, 3 * width)
        self.linear(name + ".attention.out", width, width)
        self.norm(name + ".perceptron_norm", width)
        self.linear(name + ".inner", width, inner)
        self.linear(name + ".outer", inner, width)

    def all(self, prefixes):
        """Those under some names, with the common ones that are not the recipe's own."""
        merged = {**(self.base.own if self.base else {}), **self.own}
        return {k: merged[k] for k in sorted(merged) if k.startswith(prefixes)}


# --- the towers' arithmetic; P is a dictionary of parameters --------------------------------------
def linear(P, name, x):
    y = x @ P[name + ".weight"].T
    return y + P[name + ".bias"] if name + ".bias" in P else y


def norm(P, name, x, epsilon=1e-5):
    centred = x - x.mean(-1, keepdim=True)
    return centred / (centred.pow(2).mean(-1, keepdim=True) + epsilon).sqrt() * P[name + ".weight"] + P[name + ".bias"]


def quick_gelu(x):
    return x * torch.sigmoid(1.702 * x)


def tanh_gelu(x):
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))


def attend(q, k, v, heads, seen=None):
    """[length, width] of one sequence; seen[i][j] says whether i looks at j."""
    parts = []
    for h in range(heads):
        d = q.shape[1] // heads
        a, b, c = (x[:, h * d:(h + 1) * d] for x in (q, k, v))
        scores = a @ b.T / math.sqrt(d)
        if seen is not None:
            scores = scores.masked_fill(~seen, -math.inf)
        parts.append(scores.softmax(-1) @ c)
    return torch.cat(parts, -1)


def block(P, name, x, activation, causal=False, after=False, epsilon=1e-5, heads=HEADS):
    """One sequence, [length, width]; it holds no padding."""
    def attention(x):
        q, k, v = linear(P, name + ".attention.qkv", x).split(x.shape[1], -1)
        seen = torch.ones(len(x), len(x)).tril().bool() if causal else None
        return linear(P, name + ".attention.out", attend(q, k, v, heads, seen))

    def perceptron(x):
        return linear(P, name + ".outer", activation(linear(P, name + ".inner", x)))

    if after:
        x = norm(P, name + ".attention_norm", x + attention(x), epsilon)
        return norm(P, name + ".perceptron_norm", x + perceptron(x), epsilon)
    x = x + attention(norm(P, name + ".attention_norm", x, epsilon))
    return x + perceptron(norm(P, name + ".perceptron_norm", x, epsilon))


def cut(picture):
    """The patches of one picture, row by row, each channels first: [patches, 3 · patch²]."""
    side = picture.shape[1] // PATCH
    return torch.stack([picture[:, PATCH * y:PATCH * (y + 1), PATCH * x:PATCH * (x + 1)].reshape(-1)
                        for y in range(side) for x in range(side)])


def grid_positions(grid, side):
    """Places for another size, as KELIP finds them: the scale factor, not the size, is what counts."""
    if side == SIDE:
        return grid
    image = grid.reshape(1, SIDE, SIDE, -1).permute(0, 3, 1, 2)
    image = F.interpolate(image, scale_factor=((side + 0.1) / SIDE,) * 2, mode="bicubic")
    return image.permute(0, 2, 3, 1).reshape(side * side, -1)


def clip_vit(P, picture):
    """CLIP's vision transformer, [width]."""
    x = cut(picture) @ P["image.patches.weight"].reshape(W, -1).T
    x = x + grid_positions(P["image.positions"][1:], picture.shape[1] // PATCH)
    x = torch.cat([(P["image.class"] + P["image.positions"][0])[None], x])
    x = block(P, "image.blocks.0", norm(P, "image.pre_norm", x), quick_gelu)
    return norm(P, "image.norm", x[0])


def siglip_vit(P, picture):
    x = cut(picture) @ P["image.patches.weight"].reshape(W, -1).T + P["image.patches.bias"] + P["image.positions"]
    x = norm(P, "image.norm", block(P, "image.blocks.0", x, tanh_gelu, epsilon=1e-6), 1e-6)
    name = "image.pooling"
    weight, bias = P[name + ".attention.qkv.weight"], P[name + ".attention.qkv.bias"]
    q = P[name + ".probe"][None] @ weight[:W].T + bias[:W]
    k, v = x @ weight[W:2 * W].T + bias[W:2 * W], x @ weight[2 * W:].T + bias[2 * W:]
    y = linear(P, name + ".attention.out", attend(q, k, v, HEADS))[0]
    return y + linear(P, name + ".outer", tanh_gelu(linear(P, name + ".inner", norm(P, name + ".perceptron_norm", y, 1e-6))))


def pooled_vit(P, picture):
    """A plain vision transformer with BERT's pooler behind it."""
    return torch.tanh(linear(P, "image.pooler", clip_vit(P, picture)))


def transformer(P, ids, activation=quick_gelu, causal=True, epsilon=1e-5):
    x = P["text.tokens.weight"][ids] + P["text.positions"][:len(ids)]
    return norm(P, "text.norm", block(P, "text.blocks.0", x, activation, causal, epsilon=epsilon)[-1], epsilon)


def bert(P, ids):
    x = P["text.tokens.weight"][ids] + P["text.positions"][:len(ids)] + P["text.segments"][0]
    x = block(P, "text.blocks.0", norm(P, "text.norm", x), F.gelu, after=True)
    return torch.tanh(linear(P, "text.pooler", x[0]))


def nllb(P, ids):
    half = W // 2
    frequencies = [math.exp(-math.log(10_000) / (half - 1) * i) for i in range(half)]
    rows = [[math.sin((2 + p) * f) for f in frequencies] + [math.cos((2 + p) * f) for f in frequencies]
            for p in range(len(ids))]
    x = math.sqrt(W) * P["text.tokens.weight"][ids] + torch.tensor(rows)
    return norm(P, "text.norm", block(P, "text.blocks.0", x, torch.relu)[0])


def unit(x):
    return x / x.norm(dim=-1, keepdim=True)


def images_of(P, pixels, tower=clip_vit):
    x = torch.stack([tower(P, picture) for picture in pixels])
    return unit(linear(P, "image_projection", x) if "image_projection.weight" in P else x)


def text_vectors(P, tower=transformer):
    return linear(P, "text_projection", torch.stack([tower(P, ids) for ids in TEXTS]))


def texts_of(P, tower=transformer):
    return unit(text_vectors(P, tower))


# --- losses, pair by pair -------------------------------------------------------------------------
def shared_rows(logits, right):
    total = 0
    for row, places in zip(logits, right):
        total = total - sum(row[j] - torch.logsumexp(row, 0) for j in places) / len(places)
    return total / len(logits)


def contrast(P, images, texts):
    logits = P["log_scale"].exp() * images @ texts.T
    owners = [[j for j, t in enumerate(TEXT_GROUPS) if t == g] for g in IMAGE_GROUPS]
    back = [[i for i, g in enumerate(IMAGE_GROUPS) if g == t] for t in TEXT_GROUPS]
    return (shared_rows(logits, owners) + shared_rows(logits.T, back)) / 2


def sigmoid(P, images, texts):
    total = 0
    for i, g in enumerate(IMAGE_GROUPS):
        for j, t in enumerate(TEXT_GROUPS):
            s = P["log_scale"].exp() * images[i] @ texts[j] + P["bias"]
            total = total + torch.log1p(torch.exp(-s if g == t else s))
    return total / len(images)


def keep(name, loss, weights, prefixes=("image.", "text.", "image_projection.", "text_projection.", "log_scale", "bias"),
         own=()):
    """The loss, and its gradient with respect to everything under the prefixes."""
    wanted = weights.all(tuple(prefixes) + tuple(own))
    gradients = torch.autograd.grad(loss, list(wanted.values()), allow_unused=True)
    found = {k: torch.zeros_like(p) if g is None else g for (k, p), g in zip(wanted.items(), gradients)}
    RESULTS[name + ".loss"] = loss
    RESULTS[name + ".gradients"] = torch.cat([found[k].reshape(-1) for k in sorted(found)])
    return found


# --- the batch: four pictures, two of one concept; five captions, two of one picture --------------
def halves(*shape):
    return torch.randn(*shape).half().double()


TEXTS = [[3, 7], [5, 4], [2, 9, 4], [8, 3, 6], [1, 10, 11, 2]]   # in parts of like length: 2, 2 | 3, 3, 4
OWNERS = [2, 0, 3, 0, 1]
IMAGE_GROUPS = [0, 1, 2, 0]
TEXT_GROUPS = [IMAGE_GROUPS[o] for o in OWNERS]
pixels, small = halves(4, 3, 6, 6), halves(8, 3, 4, 4)   # two small crops: all first ones, then all second ones
strong, later = 2 * halves(8, 3, 6, 6), halves(4, 3, 6, 6)
RESULTS.update(pixels=pixels, small=small, strong=strong, later=later)

common = Weights()
common.make("image.patches.weight", W, 3, PATCH, PATCH, std=0.3)
common.make("image.class", W)
common.make("image.positions", 1 + SIDE * SIDE, W)
common.norm("image.pre_norm")
common.block("image.blocks.0")
common.norm("image.norm")
common.make("text.tokens.weight", VOCABULARY, W)
common.make("text.positions", CONTEXT, W)
common.block("text.blocks.0")
common.norm("text.norm")
common.linear("image_projection", W, V, bias=False)
common.linear("text_projection", W, V, bias=False)
common.put("log_scale", 1.5)
common.put("bias", -2.0)
P = common.all("")

# --- clip; kelip's second stage; and the same with SLIP's views -----------------------------------
keep("clip", contrast(P, images_of(P, pixels), texts_of(P)), common)
texts = texts_of(P)
crops = [(1, pixels), (0.5, small[:4]), (0.5, small[4:])]
crop_loss = sum(w * contrast(P, images_of(P, x), texts) for w, x in crops) / sum(w for w, _ in crops)
keep("kelip", crop_loss, common)

features = [torch.stack([clip_vit(P, x) for x in part]) for part in (strong[:4], strong[4:])]


def slip_numbers():
    slip = Weights("slip", common)
    for i, (a, b) in enumerate(((W, 5), (5, 5), (5, 4))):
        slip.make(f"self_supervision.maps.{i}.weight", b, a, std=1)
        slip.make(f"self_supervision.maps.{i}.bias", b, std=0.2)
        if i < 2:
            slip.norm(f"self_supervision.norms.{i}", b)
            FILES[f"slip/self_supervision.norms.{i}.running_mean"] = torch.zeros(b)
            FILES[f"slip/self_supervision.norms.{i}.running_var"] = torch.ones(b)
    return slip


def slip_head(P, x, spread=None):
    """Of one view of all pictures: SLIP's batch norms see one view at a time."""
    for i in range(2):
        x = linear(P, f"self_supervision.maps.{i}", x)
        if spread is not None:
            spread.append((x.std(0) / x.abs().amax(0)).min().item())
        x = (x - x.mean(0)) / (x.var(0, unbiased=False) + 1e-5).sqrt()
        x = torch.relu(x * P[f"self_supervision.norms.{i}.weight"] + P[f"self_supervision.norms.{i}.bias"])
    return unit(linear(P, "self_supervision.maps.2", x))


def simclr(a, b, temperature):
    views, n = [*a, *b], len(a)
    total = 0
    for i in range(2 * n):
        others = [j for j in range(2 * n) if j != i]
        row = torch.stack([views[i] @ views[j] / temperature for j in others])
        total = total + torch.logsumexp(row, 0) - row[others.index((i + n) % (2 * n))]
    return total / (2 * n)


# Of many draws the one whose batch norms have the most to tell pictures apart by: where four numbers are
# nearly the same, float32 has too few digits of what is left of them.
best = (0, None)
for seed in range(400):
    torch.manual_seed(seed)
    spread = []
    with torch.no_grad():
        slip = slip_numbers()
        for x in features:
            slip_head(slip.all(""), x, spread)
    best = max(best, (min(spread), seed))
print("spread", best)
torch.manual_seed(best[1])
slip = slip_numbers()
P = slip.all("")
loss = contrast(P, images_of(P, pixels), texts_of(P)) + 0.75 * simclr(*(slip_head(P, x) for x in features), 0.2)
keep("slip", loss, slip, own=["self_supervision."])


# --- kelip's first stage --------------------------------------------------------------------------
class Stream:
    """The random stream that draws the mask: xoshiro256** begun by SplitMix64's mixing of a path."""
    M = (1 << 64) - 1

    def __init__(self, seed, *path):
        state = seed
        for depth, step in enumerate(path):
            state = self.mixed(state + 0x9e3779b97f4a7c15) ^ self.mixed(step + depth + 1)
            state = self.mixed(state)
        self.s = [self.mixed(state + (i + 1) * 0x9e3779b97f4a7c15) for i in range(4)]

    def mixed(self, z):
        z &= self.M
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9 & self.M
        z = (z ^ z >> 27) * 0x94d049bb133111eb & self.M
        return z ^ z >> 31

    def next(self):
        def rotl(x, k):
            return (x << k | x >> 64 - k) & self.M
        s = self.s
        result = rotl(s[1] * 5 & self.M, 7) * 9 & self.M
        t = s[1] << 17 & self.M
        s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3]; s[2] ^= t
        s[3] = rotl(s[3], 45)
        return result


stream, hidden = Stream(77, 2), []
for _ in range(4):
    noise = [stream.next() for _ in range(SIDE * SIDE)]
    seen = sorted(range(SIDE * SIDE), key=noise.__getitem__)[:int(SIDE * SIDE * (1 - 0.6))]
    hidden.append([i not in seen for i in range(SIDE * SIDE)])
assert len({tuple(row) for row in hidden}) > 1
RESULTS["hidden"] = torch.tensor(hidden)

mae = Weights("mae", common)
mae.make("decoder.mask", V)
mae.make("decoder.positions", SIDE * SIDE, V)
mae.block("decoder.blocks.0", V, 4 * V)
mae.norm("decoder.norm", V)
mae.linear("decoder.predictor", V, 3 * PATCH * PATCH)
P = mae.all("")


def painted(picture, mask):
    x = cut(picture) @ P["image.patches.weight"].reshape(W, -1).T + P["image.positions"][1:]
    x = norm(P, "image.pre_norm", torch.stack([x[i] for i in range(len(mask)) if not mask[i]]))
    x = norm(P, "image.norm", block(P, "image.blocks.0", x, quick_gelu)) @ P["image_projection.weight"].T
    known = iter(x)
    whole = torch.stack([P["decoder.mask"] if m else next(known) for m in mask]) + P["decoder.positions"]
    whole = norm(P, "decoder.norm", block(P, "decoder.blocks.0", whole, quick_gelu))
    return linear(P, "decoder.predictor", whole)


mean, deviation = (torch.tensor(x)[:, None, None] for x in ([0.5, 0.25, 0.375], [0.25, 0.125, 0.5]))
no_texts = ("image.", "image_projection.", "log_scale", "bias")
total = 0
for picture, mask in zip(pixels, hidden):
    target = cut((picture * deviation + mean) * 2 - 1)
    errors = (torch.tanh(painted(picture, mask)) - target) ** 2
    total = total + errors[torch.tensor(mask)].sum()
keep("mae", total / (sum(map(sum, hidden)) * 3 * PATCH ** 2), mae, no_texts, own=["decoder."])

# --- siglip ---------------------------------------------------------------------------------------
siglip = Weights("siglip", common)
siglip.make("image.patches.bias", W, std=0.2)
siglip.make("image.positions", SIDE * SIDE, W)
siglip.make("image.pooling.probe", W)
siglip.linear("image.pooling.attention.qkv", W, 3 * W)
siglip.linear("image.pooling.attention.out", W, W)
siglip.norm("image.pooling.perceptron_norm")
siglip.linear("image.pooling.inner", W, INNER)
siglip.linear("image.pooling.outer", INNER, W)
siglip.make("text_projection.bias", V, std=0.2)
P = siglip.all("")
for key in [k for k in P if k.startswith(("image_projection", "image.class", "image.pre_norm"))]:
    del P[key]
siglip.all = lambda prefixes: {k: P[k] for k in sorted(P) if k.startswith(prefixes)}
keep("siglip", sigmoid(P, images_of(P, pixels, siglip_vit),
                       texts_of(P, lambda P, ids: transformer(P, ids, tanh_gelu, False, 1e-6))), siglip)

# --- koclip: post-norm BERT with a tanh pooler, and another behind the pictures -------------------
koclip = Weights("koclip", common)
koclip.linear("image.pooler", W, W)
koclip.make("text.segments", 1, W)
koclip.linear("text.pooler", W, W)
P = koclip.all("")
keep("koclip", contrast(P, images_of(P, pixels, pooled_vit), texts_of(P, bert)), koclip)

# --- nllb-clip: the whole width and half of it; then with the pictures' side locked ---------------
translation = Weights("nllb", common)
P = {k: v for k, v in translation.all("").items() if k != "text.positions"}
translation.all = lambda prefixes: {k: P[k] for k in sorted(P) if k.startswith(prefixes)}
images, texts = images_of(P, pixels), texts_of(P, nllb)
keep("nllb", sum(contrast(P, unit(images[:, :w]), unit(texts[:, :w])) for w in (V, V // 2)) / 2, translation)
keep("locked", sigmoid(P, images.detach(), texts_of(P, nllb)), translation, ("text.", "text_projection.", "log_scale", "bias"))
RESULTS["features"] = torch.stack([clip_vit(P, x) for x in pixels])

# --- m-clip ---------------------------------------------------------------------------------------
student = Weights("mclip", common)
student.make("text_projection.bias", V, std=0.2)
P = student.all("")
# As the towers give them: neither side's vectors are scaled to length one.
RESULTS["teacher"] = held(torch.randn(5, V))
keep("mclip", ((text_vectors(P) - RESULTS["teacher"]) ** 2).sum() / (5 * V), student,
     ("text.", "text_projection.", "log_scale", "bias"))

# --- brivl: two steps; between them every learned number goes down its gradient by an eighth ---------
LENGTH, MOMENTUM, TAU, RATE = 6, 0.75, 0.2, 0.125
start = {name: held(unit(torch.randn(LENGTH, V))) for name in ("image", "text")}
# Of two pictures, something much like them and their captions was seen before.
P = common.all("")
for place, picture in ((2, 1), (4, 3)):
    pair = dict(image=images_of(P, pixels)[picture], text=texts_of(P)[OWNERS.index(picture)])
    for side, x in pair.items():
        start[side][place] = held(unit(x + 0.1 * start[side][place])).detach()
FILES.update({f"brivl/{name}_queue.embeddings": q for name, q in start.items()})
FILES["brivl/image_queue.concepts"] = FILES["brivl/text_queue.concepts"] = torch.tensor([-1.0, 1, -1, 0, -1, 5])


def brivl(name, leaves_out, neighbours):
    fast = Weights("brivl", common)
    fast.own = {k: v.detach().clone().requires_grad_() for k, v in common.own.items()}
    # The model's scale is that of the temperature, and not learned.
    fast.own["log_scale"] = torch.tensor(-math.log(TAU))
    slow = {k: v.detach().clone() for k, v in fast.own.items()}
    queues = {k: list(q) for k, q in start.items()}
    concepts = [-1, 1, -1, 0, -1, 5]
    own_text = [OWNERS.index(i) for i in range(4)]
    for step, batch in enumerate((pixels, later)):
        P = fast.all("")
        images, texts = images_of(P, batch), texts_of(P)
        # The authors move the momentum encoder after the queries and before the keys.
        with torch.no_grad():
            for k, v in P.items():
                slow[k] = MOMENTUM * slow[k] + (1 - MOMENTUM) * v
            image_keys, text_keys = images_of(slow, batch), texts_of(slow)
        near = [[False] * LENGTH for _ in range(4)]
        if neighbours:
            for i in range(4):
                a = max(range(LENGTH), key=lambda j: (image_keys[i] @ queues["image"][j]).item())
                b = max(range(LENGTH), key=lambda j: (text_keys[own_text[i]] @ queues["text"][j]).item())
                near[i][a] = a == b

        def term(query, key, queue, concept, near):
            rows, right = [query @ key / TAU], [0]
            for j in range(LENGTH):
                if leaves_out and concepts[j] == concept and not near[j]:
                    continue
                if near[j]:
                    right.append(len(rows))
                rows.append(query @ queue[j] / TAU)
            rows = torch.stack(rows)
            return sum(torch.logsumexp(rows, 0) - rows[j] for j in right)

        loss = sum(term(images[i], text_keys[own_text[i]], queues["text"], IMAGE_GROUPS[i], near[i]) for i in range(4)) / 4
        loss = loss + sum(term(texts[j], image_keys[o], queues["image"], TEXT_GROUPS[j], near[o])
                          for j, o in enumerate(OWNERS)) / 5
        found = keep(f"{name}.{step}", loss, fast, ("image.", "text.", "image_projection.", "text_projection.", "bias"))
        RESULTS[f"{name}.{step}.neighbours"] = torch.tensor(near)
        queues["image"] = (list(image_keys) + queues["image"])[:LENGTH]
        queues["text"] = ([text_keys[j] for j in own_text] + queues["text"])[:LENGTH]
        concepts = (IMAGE_GROUPS + concepts)[:LENGTH]
        with torch.no_grad():
            for k, g in found.items():
                fast.own[k] = (P[k] - RATE * g).requires_grad_()
    RESULTS[name + ".slow"] = torch.cat([slow[k].reshape(-1) for k in sorted(slow)])
    RESULTS[name + ".image_queue"], RESULTS[name + ".text_queue"] = (torch.stack(queues[k]) for k in ("image", "text"))
    RESULTS[name + ".concepts"] = torch.tensor(concepts).double()


brivl("brivl", leaves_out=True, neighbours=False)
brivl("brivl_published", leaves_out=False, neighbours=True)
shared = [RESULTS.pop(f"brivl_published.{step}.neighbours").any().item() for step in (0, 1)]
del RESULTS["brivl.0.neighbours"], RESULTS["brivl.1.neighbours"]
assert shared[0], "no neighbour is shared"

assert all(v.abs().max() > 0 for k, v in RESULTS.items() if k.endswith(".gradients"))
FILES.update({"result/" + k: v for k, v in RESULTS.items()})
save_file({k: v.detach().to(torch.bool if v.dtype == torch.bool else torch.float32).contiguous() for k, v in FILES.items()},
          out + "/steps.safetensors")
