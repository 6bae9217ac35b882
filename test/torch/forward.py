"""Runs networks with given weights in float64 and prints their class scores as JSON.

Usage: forward.py FOLDER, where FOLDER holds job.json (network, tensors by name with shapes, shape of the images),
weights.f32 and images.f32.
"""

import json
import sys
from pathlib import Path

import torch
from torch import nn

F = nn.functional


class ResNet8(nn.Module):
    """MLPerf Tiny's, with the borders of TensorFlow's SAME."""

    def __init__(self):
        super().__init__()
        self.stem = self.normed(3, 16, 1)
        for n, (before, filters) in enumerate([(16, 16), (16, 32), (32, 64)], 1):
            stride = 1 if n == 1 else 2
            stack = nn.ModuleDict()
            for part, inputs, step in ((1, before, stride), (2, filters, 1)):
                stack.update({f"{kind}{part}": layer for kind, layer in self.normed(inputs, filters, step).items()})
            if n > 1:
                stack["shortcut"] = nn.Conv2d(before, filters, 1, stride)
            setattr(self, f"stack{n}", stack)
        self.dense = nn.Linear(64, 10)

    @staticmethod
    def normed(inputs, outputs, stride):
        return nn.ModuleDict({"conv": nn.Conv2d(inputs, outputs, 3, stride), "norm": nn.BatchNorm2d(outputs, eps=1e-3)})

    @staticmethod
    def same(conv, x):
        """At stride 2 and an even side all of the border is at the end."""
        return conv(F.pad(x, (0, 1, 0, 1) if conv.stride[0] == 2 else (1, 1, 1, 1)))

    def forward(self, x):
        x = F.relu(self.stem["norm"](self.same(self.stem["conv"], x)))
        for stack in (self.stack1, self.stack2, self.stack3):
            y = F.relu(stack["norm1"](self.same(stack["conv1"], x)))
            y = stack["norm2"](self.same(stack["conv2"], y))
            x = F.relu(y + (stack["shortcut"](x) if "shortcut" in stack else x))
        return self.dense(x.mean((2, 3)))


class InvertedResidual(nn.Module):
    def __init__(self, inputs, outputs, stride, expansion):
        super().__init__()
        hidden = inputs * expansion
        expand = [] if expansion == 1 else [normed(inputs, hidden, 1)]
        project = [nn.Conv2d(hidden, outputs, 1, bias=False), nn.BatchNorm2d(outputs)]
        self.conv = nn.Sequential(*expand, normed(hidden, hidden, 3, stride, hidden), *project)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.conv(x) if self.residual else self.conv(x)


def normed(inputs, outputs, kernel, stride=1, groups=1):
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), nn.ReLU6())


class MobileNetV2(nn.Module):
    """The layout and the names of torchvision's."""

    def __init__(self):
        super().__init__()
        stages = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
        layers, inputs = [normed(3, 32, 3, 2)], 32
        for expansion, outputs, repeats, stride in stages:
            for n in range(repeats):
                layers.append(InvertedResidual(inputs, outputs, stride if n == 0 else 1, expansion))
                inputs = outputs
        self.features = nn.Sequential(*layers, normed(320, 1280, 1))
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(1280, 10))

    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))


networks = {"resnet8": ResNet8, "mobilenetv2": MobileNetV2}


def main():
    folder = Path(sys.argv[1])
    job = json.loads((folder / "job.json").read_text())

    def read(name, shape):
        return torch.frombuffer(bytearray((folder / name).read_bytes()), dtype=torch.float32).reshape(shape).double()

    flat, state, offset = read("weights.f32", [-1]), {}, 0
    for name, shape in job["tensors"]:
        size = int(torch.tensor(shape).prod())
        state[name] = flat[offset : offset + size].reshape(shape)
        offset += size
    network = networks[job["network"]]().double().eval()
    counters = {name: t for name, t in network.state_dict().items() if name.endswith("num_batches_tracked")}
    network.load_state_dict({**state, **counters})
    with torch.no_grad():
        print(json.dumps(network(read("images.f32", job["images"])).flatten().tolist()))


main()
