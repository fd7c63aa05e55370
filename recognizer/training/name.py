"""Trains the name model and writes it as ONNX.

    python3 name.py --out ../models/name.onnx

Crops of names are drawn by ./draw (Go) while the network learns; see README.md.
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

from common import drawn, export_line, half, learnt

HEIGHT = 32
BUCKETS = (64, 96, 128, 160, 256)
SYLLABLES = 11172
# What a column says: nothing, a syllable or a letter; a syllable's initial consonant,
# vowel and final consonant; the letter.
PARTS = (3, 19, 21, 28, 26)
CLASSES = sum(PARTS)
WIDTHS = (16, 48, 72, 88, 144, 144)
NEVER = -1e9


def conv(inputs, outputs, kernel=3, stride=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


class Wider(nn.Module):
    """Adds to each column what stands to both sides of it; nothing, before it is trained."""

    def __init__(self, channels):
        super().__init__()
        self.beside, self.norm = nn.Conv2d(channels, channels, (1, 5), padding=(0, 2), bias=False), nn.BatchNorm2d(channels)
        nn.init.zeros_(self.norm.weight)

    def forward(self, x):
        return F.relu(x + self.norm(self.beside(x)))


class NameModel(nn.Module):
    """[B, 1, 32, W] ink to [B, 97, W/4] logits of the parts; a column for every four
    pixels."""

    def __init__(self, widths=WIDTHS):
        super().__init__()
        a, b, c, d, e, f = widths
        self.look = nn.Sequential(
            conv(1, a, 5, 2), conv(a, b, 3, 2), conv(b, c), nn.MaxPool2d((2, 1)), conv(c, d),
            nn.Conv2d(d, e, (4, 3), padding=(0, 1), bias=False), nn.BatchNorm2d(e), nn.ReLU(inplace=True),
        )
        self.read = nn.Sequential(nn.Conv2d(e, f, (1, 5), padding=(0, 2), bias=False), nn.BatchNorm2d(f), nn.ReLU(inplace=True), Wider(f))
        self.drop = nn.Dropout(0.1)
        self.name = nn.Conv2d(f, CLASSES, 1)
        with torch.no_grad():
            self.name.bias[0] = 1.5  # most columns say nothing

    def forward(self, x):
        return self.name(self.drop(self.read(self.look(x)))).squeeze(2)


def parts(logits):
    """[B, 97, T] logits to [B, T, 97] log probabilities, each part's adding up to one."""
    return torch.cat([F.log_softmax(p, 2) for p in logits.transpose(1, 2).split(PARTS, 2)], 2)


class Probabilities(nn.Module):
    """What is exported: [1, 1, 32, W] to [1, W/4, 97] probabilities."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return torch.cat([p.softmax(2) for p in self.model(x).permute(0, 2, 1).split(PARTS, 2)], 2)


def tokens(scores, labels):
    """Log probabilities [B, T, L] that a column says the label at a place."""
    offsets = np.cumsum((0, *PARTS))
    hangul = labels < SYLLABLES
    syllable = labels.clamp(max=SYLLABLES - 1)
    letter = (labels - SYLLABLES).clamp(min=0, max=25)

    def pick(part, index):
        return scores[:, :, offsets[part]:offsets[part + 1]].gather(2, index[:, None].expand(-1, scores.shape[1], -1))

    as_syllable = pick(0, torch.ones_like(labels)) + pick(1, syllable // 588) + pick(2, syllable % 588 // 28) + pick(3, syllable % 28)
    as_letter = pick(0, torch.full_like(labels, 2)) + pick(4, letter)
    return torch.where(hangul[:, None], as_syllable, as_letter)


def likelihood(scores, labels, lengths):
    """The log likelihood of each crop's labels [B, L] by connectionist temporal
    classification."""
    batch, columns, _ = scores.shape
    said = tokens(scores, labels)
    blank = scores[:, :, :1].expand(-1, -1, said.shape[2])
    emit = torch.cat([torch.stack([blank, said], 3).flatten(2), scores[:, :, :1]], 2)
    jump = torch.full((batch, emit.shape[2]), NEVER)
    jump[:, 3::2] = torch.where(labels[:, 1:] != labels[:, :-1], 0.0, NEVER)
    forward = torch.full((batch, emit.shape[2]), NEVER)
    forward = torch.cat([emit[:, 0, :2], forward[:, 2:]], 1)
    one, two = torch.full((batch, 1), NEVER), torch.full((batch, 2), NEVER)
    for t in range(1, columns):
        step, over = torch.cat([one, forward[:, :-1]], 1), torch.cat([two, forward[:, :-2]], 1) + jump
        forward = torch.logsumexp(torch.stack([forward, step, over]), 0) + emit[:, t]
    last = 2 * lengths[:, None]
    ends = torch.cat([forward.gather(1, last), torch.where(last > 0, forward.gather(1, (last - 1).clamp(min=0)), NEVER)], 1)
    return torch.logsumexp(ends, 1)


def greedy(scores):
    """What each crop's best path says."""
    offsets = np.cumsum((0, *PARTS))
    best = [scores[:, :, a:b].argmax(2).numpy() for a, b in zip(offsets, offsets[1:])]
    out = []
    for gate, initial, vowel, final, letter in zip(*best):
        said, before = [], None
        for t in range(len(gate)):
            label = None
            if gate[t] == 1:
                label = int(initial[t] * 588 + vowel[t] * 28 + final[t])
            elif gate[t] == 2:
                label = SYLLABLES + int(letter[t])
            if label is not None and label != before:
                said.append(label)
            before = label
        out.append(said)
    return out


def crops(command):
    """Yields (labels, ink) as ./draw writes them."""

    def read(out):
        if not (head := out.read(3)):
            return None
        width, n = head[0] | head[1] << 8, head[2]
        labels = np.frombuffer(out.read(2 * n), np.uint16).astype(np.int64)
        return labels, np.frombuffer(out.read(width * HEIGHT), np.uint8).reshape(HEIGHT, width)

    return drawn(command, read)


def bucket(width):
    return next(b for b in BUCKETS if width <= b)


class Stock:
    """Crops that wait to be learnt from, by width; each is used a few times."""

    MOST = 12000

    def __init__(self, command, uses, least):
        self.waiting = {b: [] for b in BUCKETS}
        self.lock, self.uses, self.least, self.failed, self.drawn = threading.Condition(), uses, least, None, 0
        threading.Thread(target=self.fill, args=(command,), daemon=True).start()

    def size(self):
        return sum(map(len, self.waiting.values()))

    def fill(self, command):
        try:
            for labels, ink in crops(command):
                if 3 * len(labels) > ink.shape[1]:
                    continue
                with self.lock:
                    self.waiting[bucket(ink.shape[1])].append([labels, ink, self.uses])
                    self.drawn += 1
                    while self.size() > self.MOST:
                        self.lock.wait()
                    self.lock.notify_all()
        except Exception as error:  # told to who waits
            with self.lock:
                self.failed = error
                self.lock.notify_all()

    def batch(self, rng, size):
        with self.lock:
            while self.size() < self.least or max(map(len, self.waiting.values())) < size:
                if self.failed:
                    raise self.failed
                self.lock.wait()
            # Widths come as often as they are drawn.
            widths = [b for b in BUCKETS if len(self.waiting[b]) >= size]
            width = rng.choices(widths, [len(self.waiting[b]) for b in widths])[0]
            pool, taken = self.waiting[width], []
            for at in sorted(rng.sample(range(len(pool)), size), reverse=True):
                item = pool[at]
                taken.append(item[:2])
                item[2] -= 1
                if item[2] == 0:
                    pool[at] = pool[-1]
                    pool.pop()
            self.lock.notify_all()
        return width, taken


def tensors(width, items, rng):
    ink = np.zeros((len(items), 1, HEIGHT, width), np.float32)
    labels = np.zeros((len(items), max(1, max(len(told) for told, _ in items))), np.int64)
    for i, (told, picture) in enumerate(items):
        left = rng.randrange(width - picture.shape[1] + 1) if rng else 0
        ink[i, 0, :, left:left + picture.shape[1]] = picture
        labels[i, :len(told)] = told
    return torch.from_numpy(ink) / 255, torch.from_numpy(labels), torch.tensor([len(told) for told, _ in items])


def vary(ink):
    """Changes ink a little, so that a crop's second use differs from its first."""
    n = len(ink)
    gain = 1 + 0.25 * (torch.rand(n, 1, 1, 1) - 0.5)
    noise = torch.randn_like(ink) * (0.06 * torch.rand(n, 1, 1, 1) ** 2)
    ink = (ink.clamp(min=1e-4) ** torch.exp(0.3 * torch.randn(n, 1, 1, 1).clamp(-2, 2)) * gain + noise).clamp(0, 1)
    return torch.roll(ink, (random.randrange(-1, 2), random.randrange(-1, 2)), (2, 3))


def checked(model, items, size=64):
    """Of crops with names in Hangul, with names in Latin letters and with none: the
    share whose best path says just what they say; and the mean log likelihood."""
    model.eval()
    right, n, loss = [0, 0, 0], [0, 0, 0], 0.0
    with torch.no_grad():
        for width in BUCKETS:
            group = [item for item in items if bucket(item[1].shape[1]) == width]
            for i in range(0, len(group), size):
                part = group[i:i + size]
                ink, labels, lengths = tensors(width, part, None)
                scores = parts(model(ink))
                loss -= likelihood(scores, labels, lengths).sum().item()
                for said, (told, _) in zip(greedy(scores), part):
                    kind = 2 if not len(told) else int(told[0] >= SYLLABLES)
                    n[kind] += 1
                    right[kind] += said == told.tolist()
    model.train()
    return [round(r / max(m, 1), 4) for r, m in zip(right, n)], round(loss / len(items), 3)


def left(args, step, start):
    """What is left of the training, 1 at its beginning, by steps or by time."""
    if args.minutes:
        return max(0.0, 1 - (time.time() - start) / 60 / args.minutes)
    return max(0.0, 1 - step / args.steps)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", default="name.onnx", help="where the model goes")
    parser.add_argument("--draw", default="./draw.bin", help="the command that draws, see README.md")
    parser.add_argument("--steps", type=int, default=7500)
    parser.add_argument("--minutes", type=float, default=0, help="end after so many minutes instead")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--uses", type=int, default=3, help="how often a crop is learnt from")
    parser.add_argument("--least", type=int, default=3000, help="crops that are drawn before it begins")
    parser.add_argument("--check", type=int, default=500, help="steps from one check to the next")
    parser.add_argument("--held-out", type=int, default=1500, help="crops by fonts of the calibration that it is checked on")
    parser.add_argument("--init", default="", help="exported model to begin from, see start.py")
    parser.add_argument("--seed", type=int, default=0, help="of the first crop")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()

    torch.manual_seed(1), random.seed(1), np.random.seed(1)
    torch.set_num_threads(args.threads)
    rng = random.Random(2)
    draw = [args.draw, "-names"]
    held_out = list(crops([*draw, "-part", "shifted", "-seed", "1000000000", "-n", str(args.held_out)]))
    model, average = NameModel(), NameModel()
    model = model.to(memory_format=torch.channels_last)
    print(sum(p.numel() for p in model.parameters()), "parameters", flush=True)
    optimizer = torch.optim.AdamW(model.parameters(), args.rate, weight_decay=1e-3)
    stock = Stock([*draw, "-part", "training", "-seed", str(args.seed)], args.uses, args.least)
    if args.init:
        from start import start as begin  # needs onnx

        begin(model, args.init, [tensors(*stock.batch(rng, 64), rng)[0] for _ in range(4)])
    average.load_state_dict(model.state_dict())
    step, start, total = 0, time.time(), 0.0
    while (rest := left(args, step, start)) > 0:
        step += 1
        for group in optimizer.param_groups:
            group["lr"] = args.rate * min(1.0, step / 200) * 0.5 * (1 - np.cos(np.pi * rest))
        width, items = stock.batch(rng, args.batch)
        ink, labels, lengths = tensors(width, items, rng)
        ink = vary(ink).contiguous(memory_format=torch.channels_last)
        with half():
            logits = model(ink)
        loss = -likelihood(parts(logits.float()), labels, lengths).mean() / 3
        learnt(loss, model, average, optimizer, 5.0, min(0.998, step / (step + 20)))
        total += loss.item()
        if step % 100 == 0 and step % args.check != 0:
            print(step, round(time.time() - start), round(total / (step % args.check), 4), stock.drawn, flush=True)
        if step % args.check == 0:
            export_line(average, Probabilities(average), args.out, HEIGHT)
            right, nll = checked(average, held_out)
            print(json.dumps({
                "step": step, "seconds": round(time.time() - start), "loss": round(total / args.check, 4),
                "hangul": right[0], "latin": right[1], "none": right[2], "held_out_loss": nll, "drawn": stock.drawn,
            }), flush=True)
            total = 0.0
    export_line(average, Probabilities(average), args.out, HEIGHT)
    right, nll = checked(average, held_out)
    print(json.dumps({"step": step, "seconds": round(time.time() - start), "hangul": right[0], "latin": right[1], "none": right[2], "held_out_loss": nll}), flush=True)


if __name__ == "__main__":
    main()
