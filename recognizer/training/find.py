"""Trains the page finder and writes it as ONNX.

    python3 find.py --out ../models/find.onnx

Crops of pages are drawn by ./draw (Go) while the network learns; see README.md.
"""

import argparse
import json
import os
import random
import threading
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from common import drawn, export, half, learnt

SIDE = 416  # of a crop, in pixels
CELL = 4  # of the maps, in pixels
CELLS = SIDE // CELL

# The maps that the network gives, in this order. All but the height are logits.
MAPS = ("id", "digits", "name", "hand", "left", "right", "height", "lying", "back")

NEVER = 100.0  # a logit of certainty

# The bits of a cell's flags, as ./draw writes them.
ID, DIGITS, NAME, HAND, PRINT, LEFT, RIGHT, IGNORE = (1 << i for i in range(8))


def conv(inputs, outputs, kernel=3, stride=1, groups=1, dilation=1, relu=True):
    layers = [
        nn.Conv2d(inputs, outputs, kernel, stride, dilation * (kernel // 2), dilation, groups, bias=False),
        nn.BatchNorm2d(outputs),
    ]
    return nn.Sequential(*layers, *([nn.ReLU(inplace=True)] if relu else []))


class Separable(nn.Module):
    """A depthwise 3x3 and a pointwise convolution, added to the input where shapes agree."""

    def __init__(self, inputs, outputs, stride=1, dilation=1):
        super().__init__()
        self.depthwise = conv(inputs, inputs, stride=stride, groups=inputs, dilation=dilation, relu=False)
        self.pointwise = conv(inputs, outputs, kernel=1, relu=False)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.pointwise(self.depthwise(x))
        return torch.relu(x + y if self.residual else y)


class PageModel(nn.Module):
    """[B, 1, H, W] ink to [B, 9, H/4, W/4] maps; H and W are multiples of 32. A U-Net:
    what a place says is seen at a quarter of the page, where it stands at an eighth
    to a thirty-second."""

    def __init__(self, fourth=16, eighth=48, sixteenth=128, last=192):
        super().__init__()
        self.fourth = nn.Sequential(conv(1, 8, stride=2), conv(8, fourth, stride=2), Separable(fourth, fourth))
        self.eighth = nn.Sequential(Separable(fourth, eighth, 2), *[Separable(eighth, eighth) for _ in range(2)])
        self.sixteenth = nn.Sequential(
            Separable(eighth, sixteenth, 2), *[Separable(sixteenth, sixteenth, dilation=d) for d in (1, 2, 4)]
        )
        self.last = nn.Sequential(
            Separable(sixteenth, last, 2), *[Separable(last, last, dilation=d) for d in (1, 2, 4, 1)]
        )
        self.up = nn.ModuleList([nn.Conv2d(a, b, 1) for a, b in ((last, sixteenth), (sixteenth, eighth), (eighth, fourth))])
        self.join = nn.ModuleList([Separable(c, c) for c in (sixteenth, eighth, fourth)])
        self.maps = nn.Conv2d(fourth, len(MAPS), 1)
        with torch.no_grad():  # most of a page is none of it
            self.maps.bias.fill_(-4.0)
            self.maps.bias[MAPS.index("height")] = 4.0
            self.maps.bias[MAPS.index("lying")] = 0.0

    def forward(self, x):
        seen = [self.fourth(x)]
        for stage in (self.eighth, self.sixteenth, self.last):
            seen.append(stage(seen[-1]))
        y = seen.pop()
        for up, join in zip(self.up, self.join):
            y = join(torch.relu(seen.pop() + F.interpolate(up(y), scale_factor=2.0, mode="nearest")))
        return self.maps(y)


RECORD = SIDE * SIDE + 3 * CELLS * CELLS + 1


def crops(command):
    """Yields records as ./draw writes them."""

    def read(out):
        record = out.read(RECORD)
        return record if len(record) == RECORD else None

    return drawn(command, read)


def split(records):
    """Ink, flags, heights, show-through and quarter turns of some records."""
    raw = np.frombuffer(b"".join(records), np.uint8).reshape(len(records), RECORD)
    at = SIDE * SIDE
    page = torch.from_numpy(raw[:, :at].reshape(-1, 1, SIDE, SIDE).copy())
    maps = torch.from_numpy(raw[:, at:-1].reshape(-1, 3, CELLS, CELLS).copy())
    return 1 - page.float() / 255, maps[:, 0], maps[:, 1].float() / 16, maps[:, 2] > 0, torch.from_numpy(raw[:, -1].copy())


class Stock:
    """Crops that wait to be learnt from, each used a few times."""

    def __init__(self, command, seed, uses, least, most):
        self.command, self.uses, self.least, self.most = command, uses, least, most
        self.waiting, self.seed, self.failed = [], seed, None
        self.lock = threading.Condition()
        threading.Thread(target=self.fill, daemon=True).start()

    def fill(self):
        try:
            while True:
                # The command is started anew for every thousand pages.
                for record in crops([*self.command, "-seed", str(self.seed), "-n", "1000"]):
                    with self.lock:
                        while len(self.waiting) >= self.most:
                            self.lock.wait()
                        self.waiting.append([record, self.uses])
                        self.lock.notify_all()
                self.seed += 1000
        except Exception as error:  # told to who waits
            with self.lock:
                self.failed = error
                self.lock.notify_all()

    def batch(self, rng, size):
        with self.lock:
            while len(self.waiting) < self.least:
                if self.failed:
                    raise self.failed
                self.lock.wait()
            taken = []
            for _ in range(size):
                at = rng.randrange(len(self.waiting))
                item = self.waiting[at]
                taken.append(item[0])
                item[1] -= 1
                if item[1] == 0:
                    self.waiting[at] = self.waiting[-1]
                    self.waiting.pop()
            self.lock.notify_all()
        return taken


def vary(ink):
    """Changes ink a little, so that a crop's second use differs from its first."""
    n = len(ink)
    gain = 1 + 0.4 * (torch.rand(n, 1, 1, 1) - 0.6)
    gamma = torch.exp(0.25 * torch.randn(n, 1, 1, 1).clamp(-2, 2))
    noise = torch.randn_like(ink) * (0.04 * torch.rand(n, 1, 1, 1) ** 2)
    return (ink.clamp(min=1e-4) ** gamma * gain + noise).clamp(0, 1)


def is_on(flags, bit):
    return (flags & bit) != 0


def losses(maps, flags, height, back, turns):
    """The loss of each map, by name, and the overlaps of the ID's and the name's."""
    at = dict(zip(MAPS, maps.unbind(1)))
    rim, id_row, digits, name = (is_on(flags, bit) for bit in (IGNORE, ID, DIGITS, NAME))
    near = rim & ~digits

    def binary(name, target, weight):
        return (F.binary_cross_entropy_with_logits(at[name], target.float(), reduction="none") * weight).mean()

    ones = torch.ones_like(height)
    out = {
        "id": 12 * binary("id", id_row, torch.where(id_row, 6 * ones, torch.where(rim, 0 * ones, ones))),
        "digits": 8 * binary("digits", digits, torch.where(digits, 4 * ones, torch.where(near, 0 * ones, ones))),
        "name": 8 * binary("name", name, ones + 4 * name),
        "hand": 2 * binary("hand", is_on(flags, HAND), ones + is_on(flags, HAND)),
        "left": 8 * binary("left", is_on(flags, LEFT), ones + 8 * is_on(flags, LEFT)),
        "right": 8 * binary("right", is_on(flags, RIGHT), ones + 8 * is_on(flags, RIGHT)),
        "back": 2 * binary("back", back, ones + back),
        "height": 0.3 * ((at["height"] - height).abs() * digits).sum() / (digits.sum() + 1),
    }
    inked = is_on(flags, DIGITS | NAME | HAND | PRINT)
    lying = (turns[:, None, None] % 2).float().expand_as(height)
    each = F.binary_cross_entropy_with_logits(at["lying"], lying, reduction="none")
    out["lying"] = 0.6 * (each * inked).sum() / (inked.sum() + 1)
    out["overlap"] = 0.5 * apart(at["id"] - NEVER * (rim & ~id_row), id_row) + 0.3 * apart(at["name"], name)
    return out


def apart(logits, target):
    """What is missing from a map's overlap (Dice) with its target."""
    p = torch.sigmoid(logits)
    both = (p * target).sum((1, 2))
    return (1 - (2 * both + 2) / (p.sum((1, 2)) + target.sum((1, 2)) + 2)).mean()


def found(model, records, size=8):
    """On crops with an ID: how often the ID map's surest place lies on the ID, and how
    often that of the sum of the map over a place's surroundings does."""
    model.eval()
    hits = widely = n = 0
    with torch.no_grad():
        for i in range(0, len(records), size):
            ink, flags, _, _, _ = split(records[i:i + size])
            p = torch.sigmoid(model(ink)[:, 0])
            wide = F.avg_pool2d(p[:, None], 9, 1, 4)[:, 0]
            for one, around, target in zip(p, wide, is_on(flags, ID)):
                if target.sum() < 4:
                    continue
                n += 1
                hits += bool(target.flatten()[one.argmax()])
                widely += bool(F.max_pool2d(target[None, None].float(), 5, 1, 2).flatten()[around.argmax()])
    model.train()
    return hits / max(n, 1), widely / max(n, 1), n


def export_page(model, path):
    export(model, model, path, torch.zeros(1, 1, 96, 64),
           {"ink": {2: "height", 3: "width"}, "maps": {2: "rows", 3: "columns"}})


def rate(step, args):
    """Warm-up, a plateau, and half a cosine down to nothing."""
    down = args.steps - args.cooldown
    if step > down:
        return args.rate * 0.5 * (1 + np.cos(np.pi * min(1.0, (step - down) / args.cooldown)))
    return args.rate * min(1.0, step / 100)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", default="find.onnx", help="where the model goes")
    parser.add_argument("--draw", default="./draw.bin", help="the command that draws, see README.md")
    parser.add_argument("--strokes", default="", help="folder with real strokes, see README.md")
    parser.add_argument("--seed", type=int, default=0, help="the first page's: who trains on takes others than before")
    parser.add_argument("--steps", type=int, default=40000)
    parser.add_argument("--cooldown", type=int, default=6000, help="steps over which the learning rate falls")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--uses", type=int, default=3, help="how often a crop is learnt from")
    parser.add_argument("--least", type=int, default=200, help="crops that are drawn before it begins")
    parser.add_argument("--check", type=int, default=500, help="steps from one check to the next")
    parser.add_argument("--held-out", type=int, default=100, help="pages of other forms that it is checked on")
    parser.add_argument("--init", default="", help="exported model to begin from, see start.py")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--state", default="", help="file to go on from, if it is there, and to save to at each check")
    parser.add_argument("--stop-file", default="", help="when this file appears, the cool-down starts")
    args = parser.parse_args()

    torch.manual_seed(1), random.seed(1), np.random.seed(1)
    torch.set_num_threads(args.threads)
    rng = random.Random(2)
    draw = [args.draw, "-pages", *(["-hands", "0.4", "-strokes", args.strokes] if args.strokes else [])]
    held_out = list(crops([*draw, "-part", "testing", "-people", "calibration",
                           "-seed", "1000000000", "-n", str(args.held_out)]))
    model, average = PageModel(), PageModel()
    model = model.to(memory_format=torch.channels_last)
    print(sum(p.numel() for p in model.parameters()), "parameters", flush=True)
    optimizer = torch.optim.AdamW(model.parameters(), args.rate, weight_decay=1e-3)
    kept = {"model": model, "average": average, "optimizer": optimizer}
    step, start, sums = 0, time.time(), {}
    saved = torch.load(args.state) if args.state and os.path.exists(args.state) else None
    seed = saved.pop("seed") + 1000 if saved else args.seed
    stock = Stock([*draw, "-part", "training"], seed, args.uses, args.least, 1200)
    if args.init:
        from start import start as begin  # needs onnx

        begin(model, args.init, [split(stock.batch(rng, 16))[0] for _ in range(4)])
    average.load_state_dict(model.state_dict())
    if saved:
        step = saved.pop("step")
        for name, part in kept.items():
            part.load_state_dict(saved[name])
    while step < args.steps:
        step += 1
        if args.stop_file and os.path.exists(args.stop_file):
            os.remove(args.stop_file)
            args.steps = step + args.cooldown
        for group in optimizer.param_groups:
            group["lr"] = rate(step, args)
        ink, *truth = split(stock.batch(rng, args.batch))
        ink = vary(ink).contiguous(memory_format=torch.channels_last)
        with half():
            maps = model(ink)
        parts = losses(maps.float(), *truth)
        learnt(sum(parts.values()), model, average, optimizer, 5.0, min(0.998, step / (step + 20)))
        for name, value in parts.items():
            sums[name] = sums.get(name, 0.0) + value.item()
        if step % 100 == 0 and step % args.check != 0:
            print(step, round(time.time() - start), round(rate(step, args), 5), flush=True)
        if step % args.check == 0 or step == args.steps:
            export_page(average, args.out)
            if args.state:
                torch.save({"step": step, "seed": stock.seed,
                            **{name: part.state_dict() for name, part in kept.items()}}, args.state)
            hits, widely, n = found(average, held_out)
            print(json.dumps({
                "step": step, "seconds": round(time.time() - start), "rate": round(rate(step, args), 6),
                **{name: round(value / args.check, 4) for name, value in sums.items()},
                "held_out": round(hits, 4), "held_out_wide": round(widely, 4), "of": n,
            }), flush=True)
            sums = {}


if __name__ == "__main__":
    main()
