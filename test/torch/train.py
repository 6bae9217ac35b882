"""Trains a network in PyTorch from exported weights and batches; prints what it saw as JSON.

Usage: train.py FOLDER, where FOLDER holds job.json, weights.f32, images.f32 and labels.i64.
"""

import json
import sys
import time
from pathlib import Path

import torch
from torch import nn


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(32 * 7 * 7, 128), nn.ReLU(), nn.Linear(128, 10),
    )


def mobile():
    def normalized(conv):
        return [conv, nn.BatchNorm2d(conv.out_channels), nn.ReLU6()]

    def separable(channels, filters, stride):
        depthwise = nn.Conv2d(channels, channels, 3, stride, padding=1, groups=channels, bias=False)
        return normalized(depthwise) + normalized(nn.Conv2d(channels, filters, 1, bias=False))

    return nn.Sequential(
        *normalized(nn.Conv2d(1, 16, 3, stride=2, padding=1, bias=False)),
        *separable(16, 32, 1), *separable(32, 64, 2), *separable(64, 64, 1),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10),
    )


def sgd(parameters, rate):
    return torch.optim.SGD(parameters, lr=rate, momentum=0.9)


networks = {"lenet": lenet, "mobile": mobile}
optimizers = {"sgd": sgd, "adam": torch.optim.Adam}


def read(path, dtype, shape):
    return torch.frombuffer(bytearray(path.read_bytes()), dtype=dtype).reshape(shape)


def load_weights(network, flat, shapes):
    """Copies the flat vector into parameters and running statistics, which have the same order in both libraries."""
    targets = [t for name, t in network.state_dict().items() if not name.endswith("num_batches_tracked")]
    if [list(t.shape) for t in targets] != shapes:
        raise ValueError(f"shapes differ: {[list(t.shape) for t in targets]} here, {shapes} exported")
    for target, part in zip(targets, flat.split([t.numel() for t in targets])):
        target.copy_(part.reshape(target.shape))


def train(job, folder, dtype):
    """Losses of all steps, what they took, and the running statistics after the last one with the numbers behind each mean."""
    network = networks[job["network"]]().to(dtype)
    load_weights(network, read(folder / "weights.f32", torch.float32, [-1]), job["shapes"])
    images = read(folder / "images.f32", torch.float32, job["images"]).to(dtype)
    labels = read(folder / "labels.i64", torch.int64, job["images"][:2])
    norms = [layer for layer in network if isinstance(layer, nn.BatchNorm2d)]
    for norm in norms:
        norm.register_forward_hook(lambda layer, inputs, _: setattr(layer, "count", inputs[0][:, 0].numel()))
    optimizer = optimizers[job["optimizer"]](network.parameters(), job["rate"])
    losses = []
    started = time.perf_counter()
    for batch, expected in zip(images, labels):
        loss = nn.functional.cross_entropy(network(batch), expected)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    seconds = time.perf_counter() - started
    statistics = [
        {"mean": norm.running_mean.tolist(), "variance": norm.running_var.tolist(), "count": norm.count}
        for norm in norms
    ]
    return {"losses": losses, "seconds": seconds, "statistics": statistics}


def main():
    torch.set_num_threads(2)
    folder = Path(sys.argv[1])
    job = json.loads((folder / "job.json").read_text())
    print(json.dumps({name: train(job, folder, getattr(torch, name)) for name in ("float32", "float64")}))


main()
