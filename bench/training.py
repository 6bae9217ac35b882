"""PyTorch's side of the training benchmark: trains a network on random images, in channels_last.

Usage: training.py NETWORK BATCH THREADS. Reads a number of steps a line from stdin, takes them, and prints one line of JSON
each time: mean seconds of every four steps (ours takes as many in one call), and processor seconds of their mean. The first line it prints, unasked, tells the version and the number of parameters.
"""

import json
import resource
import sys
import time

import torch
from torch import nn


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(32 * 7 * 7, 128), nn.ReLU(), nn.Linear(128, 10),
    )


def conv(inputs, outputs, kernel=3, stride=1, groups=1):
    return nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, groups=groups, bias=False)


def normalized(layer, activation=None):
    return [layer, nn.BatchNorm2d(layer.out_channels), *([activation] if activation else [])]


class Residual(nn.Module):
    def __init__(self, layers, shortcut=None, activation=None):
        super().__init__()
        self.layers, self.shortcut = nn.Sequential(*layers), shortcut or nn.Identity()
        self.activation = activation or nn.Identity()

    def forward(self, x):
        return self.activation(self.layers(x) + self.shortcut(x))


def relu():
    return nn.ReLU(inplace=True)


def resnet8():
    def stack(inputs, outputs, stride):
        layers = [*normalized(conv(inputs, outputs, 3, stride), relu()), *normalized(conv(outputs, outputs))]
        shortcut = nn.Sequential(*normalized(conv(inputs, outputs, 1, stride))) if stride > 1 else None
        return Residual(layers, shortcut, relu())

    return nn.Sequential(
        *normalized(conv(3, 16), relu()), stack(16, 16, 1), stack(16, 32, 2), stack(32, 64, 2),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10),
    )


def mobilenetv2():
    """Width 0.35; rows are expansion, channels, blocks, stride."""
    rows = [(1, 8, 1, 1), (6, 8, 2, 2), (6, 16, 3, 2), (6, 24, 4, 2), (6, 32, 3, 1), (6, 56, 3, 2), (6, 112, 1, 1)]

    def relu6():
        return nn.ReLU6(inplace=True)

    def block(inputs, outputs, expansion, stride):
        hidden = inputs * expansion
        expand = normalized(conv(inputs, hidden, 1), relu6()) if expansion > 1 else []
        depthwise = normalized(conv(hidden, hidden, 3, stride, hidden), relu6())
        layers = [*expand, *depthwise, *normalized(conv(hidden, outputs, 1))]
        return Residual(layers) if stride == 1 and inputs == outputs else nn.Sequential(*layers)

    layers, channels = [*normalized(conv(3, 16, 3, 2), relu6())], 16
    for expansion, outputs, blocks, stride in rows:
        for i in range(blocks):
            layers.append(block(channels, outputs, expansion, stride if i == 0 else 1))
            channels = outputs
    layers += normalized(conv(channels, 1280, 1), relu6())
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1280, 10))


networks = {"lenet": (lenet, [1, 28, 28]), "resnet8": (resnet8, [3, 32, 32]), "mobilenetv2": (mobilenetv2, [3, 96, 96])}


def say(record):
    print(json.dumps(record), flush=True)


def main():
    name, batch, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    build, sample = networks[name]
    network = build().to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)
    images = torch.rand(4, batch, *sample)
    batches = [image.to(memory_format=torch.channels_last) for image in images]
    labels = torch.randint(0, 10, (4, batch))
    parameters = sum(parameter.numel() for parameter in network.parameters())
    say({"version": torch.__version__, "parameters": parameters})
    for line in sys.stdin:
        seconds, busy = [], time.process_time()
        for step in range(int(line)):
            if step % 4 == 0:
                started = time.perf_counter()
            loss = nn.functional.cross_entropy(network(batches[step % 4]), labels[step % 4])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss.item()
            if step % 4 == 3:
                seconds.append((time.perf_counter() - started) / 4)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        say({"seconds": seconds, "processor": (time.process_time() - busy) / int(line), "loss": loss.item(), "peakBytes": peak})


main()
