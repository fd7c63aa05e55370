"""What the trainings share."""

import inspect
import subprocess

import torch


def averaged(average, model, keep):
    """Moves the average of the model's weights a step towards them."""
    with torch.no_grad():
        for a, b in zip(average.state_dict().values(), model.state_dict().values()):
            if a.dtype.is_floating_point:
                a.lerp_(b, 1 - keep)
            else:
                a.copy_(b)


def learnt(loss, model, average, optimizer, clip, keep):
    """Takes a step down a loss, and the average after it."""
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
    optimizer.step()
    averaged(average, model, keep)


def export(model, said, path, example, axes):
    """Writes what is said, the model itself or what makes probabilities of it, as ONNX.
    Axes are the names of those whose length may change, by input and output."""
    model.eval()
    # Later PyTorch has another exporter too, which wants a package more.
    older = {"dynamo": False} if "dynamo" in inspect.signature(torch.onnx.export).parameters else {}
    torch.onnx.export(
        said.eval(), example, path, opset_version=13, input_names=[*axes][:1], output_names=[*axes][1:], dynamic_axes=axes,
        **older,
    )
    model.train()


def export_line(model, said, path, height):
    """Writes a model that reads crops of this height and gives columns."""
    export(model, said, path, torch.zeros(1, 1, height, 160), {"ink": {3: "width"}, "columns": {1: "columns"}})


def half():
    """Computes in bfloat16 where the processor does: elsewhere that takes ten times as long."""
    try:
        with open("/proc/cpuinfo") as file:
            flags = file.read()
        fast = "avx512_bf16" in flags or "amx_bf16" in flags
    except OSError:
        fast = False
    return torch.autocast("cpu", torch.bfloat16, enabled=fast)


def drawn(command, read):
    """Yields what read takes of the command's output, until that is None."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=1 << 20) as process:
        try:
            while (record := read(process.stdout)) is not None:
                yield record
        except GeneratorExit:
            process.kill()
            raise
        if process.wait() != 0:
            raise RuntimeError("drawing failed")
