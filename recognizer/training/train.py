"""Trains the line model and writes it as ONNX.

    python3 train.py --out ../models/line.onnx

Lines are drawn by ./draw (Go) while the network learns; see README.md.
"""

import argparse
import collections
import json
import os
import random
import threading
import time

import numpy as np
import torch
from torch import nn

from common import drawn, export_line, half, learnt

HEIGHT = 32
BUCKETS = (64, 96, 128, 160, 192, 224, 256, 320, 384)
CLASSES = 12  # blank, the digits 0 to 9, anything else
OTHER = 11
WIDTHS = (24, 48, 64, 96, 128, 192)  # channels of the convolutions that look
DILATIONS = (1, 2, 4, 8, 1, 2, 4)  # of the blocks that read along the line


def conv(inputs, outputs, stride=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


class Residual(nn.Module):
    """A depthwise dilated convolution along the line, added to its input. Written
    as if in two dimensions, for which ONNX Runtime has the faster kernels."""

    def __init__(self, channels, dilation):
        super().__init__()
        self.along = nn.Conv2d(
            channels, channels, (1, 5), padding=(0, 2 * dilation), dilation=(1, dilation), groups=channels, bias=False
        )
        self.norm = nn.BatchNorm2d(channels)
        self.mix = nn.Conv2d(channels, channels, 1)

    def forward(self, x):
        return x + self.mix(torch.relu(self.norm(self.along(x))))


class LineModel(nn.Module):
    """[B, 1, 32, W] ink to [B, classes, W/2] logits; a column for every two pixels."""

    def __init__(self, classes=CLASSES, widths=WIDTHS, dilations=DILATIONS):
        super().__init__()
        half = nn.MaxPool2d((2, 1))
        a, b, c, d, e, f = widths
        self.look = nn.Sequential(
            conv(1, a, 2), conv(a, b), half, conv(b, c), half, conv(c, d), half, conv(d, e),
            nn.Conv2d(e, f, (2, 3), padding=(0, 1), bias=False), nn.BatchNorm2d(f),
        )
        self.read = nn.Sequential(*[Residual(f, d) for d in dilations])
        self.drop = nn.Dropout(0.1)
        self.name = nn.Conv2d(f, classes, 1)

    def forward(self, x):
        return self.name(self.drop(torch.relu(self.read(self.look(x))))).squeeze(2)


class Probabilities(nn.Module):
    """What is exported: [1, 1, 32, W] to [1, W/2, classes] probabilities."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return self.model(x).permute(0, 2, 1).softmax(2)


def crops(command):
    """Yields (labels, ink) as ./draw writes them."""

    def read(out):
        if not (head := out.read(3)):
            return None
        width, n = head[0] | head[1] << 8, head[2]
        labels = np.frombuffer(out.read(n), np.uint8)
        return labels, np.frombuffer(out.read(width * HEIGHT), np.uint8).reshape(HEIGHT, width)

    return drawn(command, read)


def bucket(width):
    return next(b for b in BUCKETS if width <= b)


class Stock:
    """Crops that wait to be learnt from, by width; each is used twice."""

    USES, LEAST, MOST = 2, 1500, 3000

    def __init__(self, command):
        self.waiting = collections.defaultdict(list)
        self.lock = threading.Condition()
        self.failed, self.closed = None, False
        threading.Thread(target=self.fill, args=(command,), daemon=True).start()

    def fill(self, command):
        try:
            for labels, ink in crops(command):
                with self.lock:
                    if self.closed:
                        return
                    self.waiting[bucket(ink.shape[1])].append([labels, ink, self.USES])
                    while sum(map(len, self.waiting.values())) > self.MOST * len(BUCKETS) // 3:
                        self.lock.wait()
                        if self.closed:
                            return
                    self.lock.notify_all()
        except Exception as error:  # told to who waits
            with self.lock:
                self.failed = error
                self.lock.notify_all()

    def close(self):
        """Ends the drawing."""
        with self.lock:
            self.closed = True
            self.lock.notify_all()

    def batch(self, rng, size):
        with self.lock:
            while sum(map(len, self.waiting.values())) < self.LEAST or max(map(len, self.waiting.values())) < size:
                if self.failed:
                    raise self.failed
                self.lock.wait()
            # Widths come as often as they are drawn.
            widths = [b for b in self.waiting if len(self.waiting[b]) >= size]
            width = rng.choices(widths, [len(self.waiting[b]) for b in widths])[0]
            pool = self.waiting[width]
            rng.shuffle(pool) if len(pool) < 4 * size else None
            at = rng.randrange(len(pool) - size + 1)
            taken, pool[at:at + size] = pool[at:at + size], []
            again = [[labels, ink, uses - 1] for labels, ink, uses in taken if uses > 1]
            for item in again:
                pool.insert(rng.randrange(len(pool) + 1), item)
            self.lock.notify_all()
        return width, taken


def tensors(width, items, rng):
    ink = np.zeros((len(items), 1, HEIGHT, width), np.float32)
    for i, (_, picture, _) in enumerate(items):
        left = rng.randrange(width - picture.shape[1] + 1) if rng else 0
        ink[i, 0, :, left:left + picture.shape[1]] = picture
    told = [digits_of(labels) for labels, _, _ in items]
    loose = torch.tensor([len(digits) < len(labels) for digits, (labels, _, _) in zip(told, items)])
    labels = torch.from_numpy(np.concatenate(told).astype(np.int64))
    return torch.from_numpy(ink) / 255, labels, torch.tensor([len(digits) for digits in told]), loose


def digits_of(labels):
    """A crop's labels without the 0 that says that only digits are told."""
    return labels[1:] if len(labels) and labels[0] == 0 else labels


def loosened(scores, loose):
    """Log probabilities under which anything else is as good as nothing, for crops of
    which only the digits are told."""
    either = torch.logaddexp(scores[:, :, 0], scores[:, :, OTHER])
    blank = torch.where(loose, either, scores[:, :, 0])
    return torch.cat([blank.unsqueeze(2), scores[:, :, 1:]], 2)


def vary(ink):
    """Changes ink a little, so that a crop's second use differs from its first."""
    n = len(ink)
    gain = 1 + 0.25 * (torch.rand(n, 1, 1, 1) - 0.5)
    noise = torch.randn_like(ink) * (0.06 * torch.rand(n, 1, 1, 1) ** 2)
    ink = (ink ** torch.exp(0.3 * torch.randn(n, 1, 1, 1).clamp(-2, 2)) * gain + noise).clamp(0, 1)
    return torch.roll(ink, random.randrange(-1, 2), 2)


def accuracy(model, items, size=64):
    """The share of crops whose best path says just what they say."""
    model.eval()
    right = 0
    by_width = collections.defaultdict(list)
    for item in items:
        by_width[bucket(item[1].shape[1])].append(item)
    with torch.no_grad():
        for width, group in by_width.items():
            for i in range(0, len(group), size):
                part = group[i:i + size]
                best = model(tensors(width, part, None)[0]).argmax(1).tolist()
                for path, (labels, _, _) in zip(best, part):
                    said = [c for c, before in zip(path, [0] + path) if c not in (0, before)]
                    right += [c for c in said if c != OTHER] == [c for c in labels.tolist() if c not in (0, OTHER)]
    model.train()
    return right / len(items)


class Schedule:
    """The learning rate: a warm-up, a plateau, and a straight line down to nothing over
    the last steps. With --minutes it is time that counts, for machines whose speed
    nobody knows, and the line takes the same share of it."""

    def __init__(self, args, step):
        self.args, self.first, self.start = args, step, time.time()
        self.end = args.steps

    def stop(self, step):
        """Starts the cool-down now."""
        self.end = min(self.end, step + self.args.cooldown)

    def left(self, step):
        """What is left of the cool-down, 1 before it, 0 and less at its end."""
        args = self.args
        by_steps = (self.end - step) / args.cooldown
        if not args.minutes:
            return min(1.0, by_steps)
        line = args.cooldown / (args.steps - self.first) * args.minutes
        return min(1.0, by_steps, (args.minutes - (time.time() - self.start) / 60) / line)

    def rate(self, step):
        return self.args.rate * min(1.0, step / 500) * max(0.0, self.left(step))


def drawing(args, seed, part="training", people="training"):
    """The command that draws crops for ever."""
    return [args.draw, "-part", part, "-seed", str(seed), "-people", people, "-strokes", args.strokes,
            "-hands", str(args.hands), "-field", str(args.field), "-rows", str(args.rows)]


def held_out_crops(args):
    """Crops to check on: by hands that synth invents, and by real people."""
    n = ["-others=false", "-n", str(args.held_out // 4)]
    invented = crops([args.draw, "-part", "testing", "-seed", "1000000000", *n])
    sets = {"held_out": [[a, b, 1] for a, b in invented]}
    if args.strokes:
        hands = [*drawing(args, 2_000_000_000, "testing", "calibration"), "-hands", "1", "-field", "1", *n]
        sets["real_hands"] = [[a, b, 1] for a, b in crops([*hands, "-rows", "0"])]
        sets["held_out_forms"] = [[a, b, 1] for a, b in crops([*hands, "-rows", "1"])]
    return sets


def checked(model, sets):
    return {name: round(accuracy(model, items), 4) for name, items in sets.items()}


def begin(model, args):
    """Starts from an exported model; its weights, widened, as convolutions gives them."""
    from start import convolutions, start  # needs onnx

    stock = Stock(drawing(args, 3_000_000_000))
    rng = random.Random(3)
    start(model, args.init, [tensors(*stock.batch(rng, args.batch), None)[0] for _ in range(12)])
    stock.close()
    export_line(model, Probabilities(model), args.out, HEIGHT)
    return convolutions(args.out)


def arguments(description, **defaults):
    """What can be said to a training that draws lines."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--out", help="where the model goes")
    parser.add_argument("--draw", default="./draw.bin", help="the command that draws, see README.md")
    parser.add_argument("--seed", type=int, default=0, help="the first line's: who trains on takes others than before")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--cooldown", type=int, help="steps over which the learning rate falls")
    parser.add_argument("--minutes", type=float, default=0, help="end after so many minutes, and --cooldown is a share of --steps")
    parser.add_argument("--batch", type=int)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--check", type=int, default=1000, help="steps from one check to the next")
    parser.add_argument("--held-out", type=int, help="crops of other writers that it is checked on")
    parser.add_argument("--strokes", default="", help="folder with the lists of real pen strokes, see README.md")
    parser.add_argument("--hands", type=float, help="share of lines by real people")
    parser.add_argument("--field", type=float, default=0.6, help="share of crops cut as the field finder gives them")
    parser.add_argument("--rows", type=float, default=0.5, help="share of lines that are rows of other schools' forms")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--state", default="", help="file to go on from, if it is there, and to save to at each check")
    parser.add_argument("--stop-file", default="", help="when this file appears, the cool-down starts")
    parser.set_defaults(**defaults)
    return parser


def settle(args):
    """Makes a training repeatable, as far as it can be."""
    torch.manual_seed(1), random.seed(1), np.random.seed(1)
    torch.set_num_threads(args.threads)


def resumes(args):
    """Whether there is a state to go on from."""
    return bool(args.state) and os.path.exists(args.state)


def learn(args, model, average, draw, scores_of, export, check, began=None):
    """Trains a model on lines as they are drawn: draw is the command by its first seed,
    scores_of makes log probabilities [B, classes, T] of the model's logits, export writes
    the average and check measures it. Returns what it began as, which a state keeps."""
    rng = random.Random(2)
    average.load_state_dict(model.state_dict())
    print(sum(p.numel() for p in model.parameters()), "parameters", flush=True)
    optimizer = torch.optim.AdamW(model.parameters(), args.rate, weight_decay=1e-2)
    loss_of = nn.CTCLoss(zero_infinity=True)
    start, losses = time.time(), []
    step = 0
    kept = {"model": model, "average": average, "optimizer": optimizer}
    if resumes(args):
        saved = torch.load(args.state)
        step, began = saved.pop("step"), saved.pop("began")
        for name, part in kept.items():
            part.load_state_dict(saved[name])
    if step == 0:
        print(json.dumps({"step": 0, **check(average)}), flush=True)
    stock = Stock(draw(args.seed + step * args.batch))
    schedule = Schedule(args, step)
    last = schedule.left(step) <= 0
    while not last:
        step += 1
        if args.stop_file and os.path.exists(args.stop_file):
            os.remove(args.stop_file)
            schedule.stop(step)
        for group in optimizer.param_groups:
            group["lr"] = schedule.rate(step)
        width, items = stock.batch(rng, args.batch)
        ink, labels, lengths, loose = tensors(width, items, rng)
        with half():
            logits = model(vary(ink).contiguous(memory_format=torch.channels_last))
        scores = loosened(scores_of(logits).permute(2, 0, 1), loose)
        loss = loss_of(scores, labels, torch.full((len(items),), scores.shape[0]), lengths)
        learnt(loss, model, average, optimizer, 2.0, min(0.999, step / (step + 50)))
        losses.append(loss.item())
        last = schedule.left(step) <= 0
        if step % args.check == 0 or last:
            export(average)
            if args.state:
                torch.save({"step": step, "began": began, **{name: part.state_dict() for name, part in kept.items()}}, args.state)
            print(json.dumps({
                "step": step, "seconds": round(time.time() - start), "loss": round(float(np.mean(losses)), 4),
                "rate": round(schedule.rate(step), 6), **check(average),
            }), flush=True)
            losses = []
        elif step % 100 == 0 and step <= 1000:
            print(step, round(time.time() - start), round(float(np.mean(losses[-100:])), 3), flush=True)
    stock.close()
    return began


def main():
    parser = arguments(__doc__, out="line.onnx", steps=19700, cooldown=4000, batch=80, rate=2e-3, held_out=3000, hands=0.4)
    parser.add_argument("--init", default="", help="exported model to begin from, see start.py")
    parser.add_argument("--keep", type=float, default=0.5, help="share of its weights, widened, that the model has in the end")
    args = parser.parse_args()
    settle(args)
    held_out = held_out_crops(args)
    model, average = LineModel().to(memory_format=torch.channels_last), LineModel()
    began = learn(
        args, model, average, lambda seed: drawing(args, seed), lambda logits: logits.float().log_softmax(1),
        lambda done: export_line(done, Probabilities(done), args.out, HEIGHT), lambda done: checked(done, held_out),
        began=begin(model, args) if args.init and not resumes(args) else None,
    )
    if began and args.keep:
        from start import blend  # needs onnx

        blend(args.out, began, args.keep)


if __name__ == "__main__":
    main()
