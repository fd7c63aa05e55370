"""Starts a training from an exported model, made wider without changing what it says.

In an ONNX file the batch normalisations are part of the convolutions before them.
Here each convolution's filters are brought to one length, and its normalisation is
set from the mean and variance that some batches have, so that the function is the
same whether a batch's own statistics are used or the running ones. Channels that
are new count for nothing at first: what reads them has weights of zero.
"""

import onnx
import torch
from onnx import numpy_helper
from torch import nn

LENGTH = 0.58  # of a filter: what PyTorch begins with


def convolutions(path):
    """The weights and biases of a file's convolutions, in order."""
    graph = onnx.load(path).graph
    values = {i.name: torch.tensor(numpy_helper.to_array(i)) for i in graph.initializer}
    return [[values[name] for name in node.input[1:]] for node in graph.node if node.op_type == "Conv"]


def blend(path, began, keep):
    """Moves a file's weights towards those that its training began from, by a share: what
    was learnt in addition holds on what it was drawn for, the mean elsewhere, too
    (weight-space ensembles, Wortsman et al. 2022)."""
    trained = onnx.load(path)
    values = {i.name: i for i in trained.graph.initializer}
    convs = [node for node in trained.graph.node if node.op_type == "Conv"]
    for node, old in zip(convs, began, strict=True):
        for name, was in zip(node.input[1:], old, strict=True):
            now = torch.tensor(numpy_helper.to_array(values[name]))
            values[name].CopyFrom(numpy_helper.from_array(now.lerp(was, keep).numpy(), name))
    onnx.save(trained, path)


def start(model, path, batches):
    """Gives the model the file's weights. Batches are inputs to measure it with."""
    *old, name = convolutions(path)
    *body, last = pairs = paired(model, batches[0])
    for i, pair in enumerate(body):
        put(*pair, *(old[i] if i < len(old) else (None, None)))
    put(*last, *name)
    model.eval()
    for conv, norm in pairs:
        if norm is not None:
            measure(model, norm, batches)
    model.train()


@torch.no_grad()
def paired(model, batch):
    """Convolutions and the normalisations that follow them, in the order in which they
    are computed, as in a file. Blocks that the file lacks are the last before the
    convolution that names."""
    found = []

    def note(module, _inputs, _output):
        if isinstance(module, nn.Conv2d):
            found.append([module, None])
        else:
            found[-1][1] = module

    hooks = [m.register_forward_hook(note) for m in model.modules() if isinstance(m, (nn.Conv2d, nn.BatchNorm2d))]
    model.eval()
    model(batch)
    for hook in hooks:
        hook.remove()
    return found


@torch.no_grad()
def put(conv, norm, weights, bias):
    """Sets a convolution and what follows it to a file's; to nothing if there is none."""
    if weights is None:
        if norm is None:  # a new block adds nothing
            conv.weight.zero_(), conv.bias.zero_()
        return
    outputs, inputs = weights.shape[:2]
    conv.weight[:outputs, inputs:] = 0
    if norm is None:
        conv.weight[:outputs, :inputs] = weights
        conv.bias.zero_()[:outputs] = bias
        return
    length = weights.flatten(1).norm(dim=1).clamp(min=1e-6)
    conv.weight[:outputs, :inputs] = weights * (LENGTH / length).view(-1, 1, 1, 1)
    norm.weight[:outputs] = length / LENGTH  # times the deviation, once that is known
    norm.bias[:outputs] = bias
    norm.known = outputs


@torch.no_grad()
def measure(model, norm, batches):
    """Sets a normalisation's mean and variance, and lets known channels be as before."""
    seen = []
    hook = norm.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].transpose(0, 1).flatten(1)))
    for batch in batches:
        model(batch)
    hook.remove()
    values = torch.cat(seen, 1)
    norm.running_mean.copy_(values.mean(1)), norm.running_var.copy_(values.var(1))
    known = slice(0, getattr(norm, "known", 0))
    gain = norm.weight[known].clone()
    norm.weight[known] = gain * (norm.running_var[known] + norm.eps).sqrt()
    norm.bias[known] += gain * norm.running_mean[known]
