"""Trains the letter model and writes it as ONNX.

    python3 letter.py --line ../models/line.onnx --out ../models/letter.onnx

It reads digits and letters: the line model, which it begins as, with the class of
anything else divided into the letters and the rest. It is a model of its own so that
digits where there are no letters are read as they are.
"""

import random

import numpy as np
import torch
from torch import nn

from common import export_line
from train import (
    CLASSES, HEIGHT, OTHER, LineModel, Stock, arguments, crops, learn, loosened, resumes, settle, tensors,
)
from train import drawing as line_drawing

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


def drawing(args, seed, *who, more=()):
    """The command that draws crops of IDs, some with letters."""
    return [*line_drawing(args, seed, *who), "-letters", str(args.letters), *more]


def held_out_crops(args):
    """Crops to check on, by fonts that the training never draws letters with: digits by
    hands that synth invents, and by real people, on our forms and on others."""
    n = ["-letters", "1", "-others=false", "-n", str(args.held_out // 4)]
    sets = {"invented": drawing(args, 1_000_000_000, "testing", more=["-hands", "0", "-rows", "0", *n])}
    if args.strokes:
        hands = [args, 2_000_000_000, "testing", "calibration"]
        sets["real_hands"] = drawing(*hands, more=["-hands", "1", "-rows", "0", *n])
        sets["other_forms"] = drawing(*hands, more=["-hands", "1", "-rows", "1", *n])
    return {name: [[a, b, 1] for a, b in crops(command)] for name, command in sets.items()}


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


def main():
    parser = arguments(__doc__, out="letter.onnx", steps=5000, cooldown=2200, batch=48, rate=1e-3, held_out=1000, hands=0.5)
    parser.add_argument("--line", default="../models/line.onnx", help="the line model that it begins as")
    parser.add_argument("--letters", type=float, default=0.65, help="share of IDs with letters")
    args = parser.parse_args()
    settle(args)
    held_out = held_out_crops(args)
    model, average = LineModel(CLASSES + LETTERS + 1).to(memory_format=torch.channels_last), LineModel(CLASSES + LETTERS + 1)
    if not resumes(args):
        begin(model, args)
    learn(
        args, model, average, lambda seed: drawing(args, seed), alphabet,
        lambda done: export_line(done, Alphabet(done), args.out, HEIGHT),
        lambda done: {name: told_apart(done, items) for name, items in held_out.items()},
    )


if __name__ == "__main__":
    main()
