"""Trains the ranking of candidates by their shape and prints it as Go.

    ./draw.bin -shapes -n 1500 > shapes.csv
    python3 rank.py shapes.csv > ../lines/rankweights.go
"""

import sys

import numpy as np
import torch
from torch import nn

HIDDEN = 16


def pages(path):
    """Yields, for each page with an ID among its candidates, features and framing."""
    table = np.loadtxt(path, delimiter=",", dtype=np.float64)
    for seed in np.unique(table[:, 0]):
        page = table[table[:, 0] == seed]
        if page[:, 1].max() > 0.3:
            yield torch.tensor(page[:, 2:], dtype=torch.float32), torch.tensor(page[:, 1], dtype=torch.float32)


def loss_of(scores, framing):
    """Cross-entropy of a softmax over the page, the tightest frames wanted most."""
    wanted = framing**3
    return -(wanted / wanted.sum() * scores.log_softmax(0)).sum()


def places(net, items):
    """For each page, how many candidates rank before the first good one."""
    out = []
    for x, framing in items:
        order = net(x).squeeze(1).argsort(descending=True)
        out.append(int((framing[order] > 0.4 * framing.max()).nonzero()[0]))
    return np.array(out)


def main():
    torch.manual_seed(1)
    items = list(pages(sys.argv[1]))
    held_out, items = items[::8], [p for i, p in enumerate(items) if i % 8]
    every = torch.cat([x for x, _ in items])
    mean, deviation = every.mean(0), every.std(0) + 1e-3
    first, second = nn.Linear(every.shape[1], HIDDEN), nn.Linear(HIDDEN, 1)
    net = nn.Sequential(first, nn.ReLU(), second)
    scaled = lambda part: [((x - mean) / deviation, y) for x, y in part]
    items, held_out = scaled(items), scaled(held_out)
    optimizer = torch.optim.AdamW(net.parameters(), 5e-3, weight_decay=1e-2)
    rounds = 40
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, total_steps=rounds * len(items))
    for _ in range(rounds):
        for i in torch.randperm(len(items)).tolist():
            x, y = items[i]
            loss = loss_of(net(x).squeeze(1), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    place = places(net, held_out)
    print(f"{len(place)} held-out pages: {(place < 1).mean():.3f} first, {(place < 3).mean():.3f} of the first three, "
          f"{(place < 6).mean():.3f} of the first six, at worst {place.max()}", file=sys.stderr)

    weights1 = (first.weight / deviation).detach()
    bias1 = (first.bias - (first.weight / deviation) @ mean).detach()
    row = lambda values: "{" + ", ".join(f"{v:.5g}" for v in values.tolist()) + "}"
    print("package lines\n\n// hidden is the number of the ranking network's inner units.")
    print(f"const hidden = {HIDDEN}\n")
    print("// network ranks shapes; recognizer/training/rank.py makes it.\nvar network = struct {")
    print("\tweights1 [hidden][featureCount]float64\n\tbias1    [hidden]float64\n\tweights2 [hidden]float64\n\tbias2    float64\n}{")
    print("\tweights1: [hidden][featureCount]float64{")
    for values in weights1:
        print(f"\t\t{row(values)},")
    print("\t},")
    print(f"\tbias1:    [hidden]float64{row(bias1)},")
    print(f"\tweights2: [hidden]float64{row(second.weight[0].detach())},")
    print(f"\tbias2:    {second.bias.item():.5g},\n}}")


if __name__ == "__main__":
    main()
