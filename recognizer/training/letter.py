"""Trains the letter model and writes it as ONNX.

    python3 letter.py --line ../models/line.onnx --out ../models/letter.onnx

It reads digits and letters: the line model, which it begins as, with the class of
anything else divided into the letters and the rest. It is a model of its own so that
digits where there are no letters are read as they are.
"""

import argparse
import json
import random
import time

import numpy as np
import torch
from torch import nn

from common import export_line, half, learnt
from train import CLASSES, HEIGHT, OTHER, LineModel, Schedule, Stock, crops, loosened, tensors, vary

LETTERS = 26
NONE = LETTERS  # no letter


def alphabet(logits):
    """Log probabilities of blank, digits, anything else and the letters, [B, 38, T], of the
    line model's classes and what divides the last of them."""
    line, letters = logits[:, :CLASSES].float().log_softmax(1), logits[:, CLASSES:].float().log_softmax(1)
    other = line[:, OTHER:]
    return torch.cat([line[:, :OTHER], other + letters[:, NONE:], other + letters[:, :NONE]], 1)


class Alphabet(nn.Module):
    """What is exported: [1, 1, 32, W] to [1, W/2, 38] probabilities."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return alphabet(self.model(x)).permute(0, 2, 1).exp()


def drawing(args, seed, part="training", people="training", hands=None, rows=None, letters=None):
    """The command that draws crops of IDs, some with letters."""
    hands, rows = args.hands if hands is None else hands, args.rows if rows is None else rows
    letters = args.letters if letters is None else letters
    return [args.draw, "-letters", str(letters), "-part", part, "-seed", str(seed), "-people", people, "-strokes", args.strokes,
            "-hands", str(hands), "-field", str(args.field), "-rows", str(rows)]


def held_out_crops(args):
    """Crops to check on, by fonts that the training never draws letters with: digits by
    hands that synth invents, and by real people, on our forms and on others."""
    n = ["-others=false", "-n", str(args.held_out // 4)]
    sets = {"invented": drawing(args, 1_000_000_000, "testing", hands=0, rows=0, letters=1)}
    if args.strokes:
        sets["real_hands"] = drawing(args, 2_000_000_000, "testing", "calibration", 1, 0, 1)
        sets["other_forms"] = drawing(args, 2_000_000_000, "testing", "calibration", 1, 1, 1)
    return {name: [[a, b, 1] for a, b in crops([*command, *n])] for name, command in sets.items()}


def told_apart(model, items, size=64):
    """The share of letters that score higher than the 25 others would in their place, and
    the log loss of the right ones among them; and the share of IDs that are read without
    a mistake."""
    model.eval()
    score = nn.CTCLoss(reduction="none", zero_infinity=True)
    right, logs, whole = [], [], []
    items = sorted(items, key=lambda item: item[1].shape[1])
    with torch.no_grad():
        for i in range(0, len(items), size):
            part = items[i:i + size]
            width = max(64, -(-max(ink.shape[1] for _, ink, _ in part) // 16) * 16)
            ink, labels, lengths, loose = tensors(width, part, None)
            scores = loosened(alphabet(model(ink)).permute(2, 0, 1), loose)
            best, at = scores.argmax(2).permute(1, 0).tolist(), 0
            for k, n in enumerate(lengths.tolist()):
                said, at = labels[at:at + n], at + n
                read = [c for c, before in zip(best[k], [0] + best[k]) if c not in (0, OTHER, before)]
                whole.append(read == [c for c in said.tolist() if c != OTHER])
                for place in (said > OTHER).nonzero().flatten().tolist():
                    every = said.repeat(LETTERS, 1)
                    every[:, place] = torch.arange(CLASSES, CLASSES + LETTERS)
                    of = scores[:, k:k + 1].expand(-1, LETTERS, -1).contiguous()
                    told = (-score(of, every, torch.full((LETTERS,), of.shape[0]), torch.full((LETTERS,), n))).log_softmax(0)
                    own = int(said[place]) - CLASSES
                    right.append(int(told.argmax()) == own)
                    logs.append(max(float(told[own]), -20))
    model.train()
    return {"letters": len(right), "right": round(float(np.mean(right)), 4), "log_loss": round(-float(np.mean(logs)), 4),
            "whole": round(float(np.mean(whole)), 4)}


@torch.no_grad()
def begin(model, args):
    """Starts from a line model: whatever it takes for no digit may be any letter."""
    from start import start  # needs onnx

    line, rng, stock = LineModel(), random.Random(3), Stock(drawing(args, 3_000_000_000))
    start(line, args.line, [tensors(*stock.batch(rng, args.batch), None)[0] for _ in range(12)])
    stock.close()
    for name, value in line.state_dict().items():
        own = model.state_dict()[name]
        if value.dim():
            own.zero_()[:len(value)] = value
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", default="letter.onnx", help="where the model goes")
    parser.add_argument("--line", default="../models/line.onnx", help="the line model that it begins as")
    parser.add_argument("--draw", default="./draw.bin", help="the command that draws, see README.md")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--cooldown", type=int, default=2000, help="steps over which the learning rate falls")
    parser.add_argument("--minutes", type=float, default=0, help="end after so many minutes, and --cooldown is a share of --steps")
    parser.add_argument("--batch", type=int, default=48)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--check", type=int, default=1000, help="steps from one check to the next")
    parser.add_argument("--held-out", type=int, default=1000, help="crops that it is checked on")
    parser.add_argument("--strokes", default="", help="folder with the lists of real pen strokes, see README.md")
    parser.add_argument("--hands", type=float, default=0.5, help="share of lines by real people")
    parser.add_argument("--field", type=float, default=0.6, help="share of crops cut as the field finder gives them")
    parser.add_argument("--rows", type=float, default=0.5, help="share of lines that are rows of other schools' forms")
    parser.add_argument("--letters", type=float, default=0.65, help="share of IDs with letters")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()

    torch.manual_seed(1), random.seed(1), np.random.seed(1)
    torch.set_num_threads(args.threads)
    rng = random.Random(2)
    held_out = held_out_crops(args)
    model, average = LineModel(CLASSES + LETTERS + 1), LineModel(CLASSES + LETTERS + 1)
    begin(model, args).to(memory_format=torch.channels_last)
    average.load_state_dict(model.state_dict())
    optimizer = torch.optim.AdamW(model.parameters(), args.rate, weight_decay=1e-2)
    loss_of = nn.CTCLoss(zero_infinity=True)
    stock, schedule = Stock(drawing(args, 0)), Schedule(args, 0)
    start, losses, step = time.time(), [], 0
    last = False
    while not last:
        step += 1
        for group in optimizer.param_groups:
            group["lr"] = schedule.rate(step)
        width, items = stock.batch(rng, args.batch)
        ink, labels, lengths, loose = tensors(width, items, rng)
        ink = vary(ink).contiguous(memory_format=torch.channels_last)
        with half():
            logits = model(ink)
        scores = loosened(alphabet(logits).permute(2, 0, 1), loose)
        loss = loss_of(scores, labels, torch.full((len(items),), scores.shape[0]), lengths)
        learnt(loss, model, average, optimizer, 2.0, min(0.999, step / (step + 50)))
        losses.append(loss.item())
        last = schedule.left(step) <= 0
        if step % args.check == 0 or last:
            export_line(average, Alphabet(average), args.out, HEIGHT)
            print(json.dumps({
                "step": step, "seconds": round(time.time() - start), "loss": round(float(np.mean(losses)), 4),
                "rate": round(schedule.rate(step), 6), **{name: told_apart(average, items) for name, items in held_out.items()},
            }), flush=True)
            losses = []
        elif step % 50 == 0 and step <= 1000:
            print(step, round(time.time() - start), round(float(np.mean(losses[-50:])), 3), flush=True)
    stock.close()


if __name__ == "__main__":
    main()
