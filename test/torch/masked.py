"""Takes steps of one linear layer whose masked weights, gradients and moments are 0, in float64; prints weights as JSON.

Usage: masked.py FOLDER, where FOLDER holds jobs.json: a list of jobs with their batches and masks by step.
"""

import json
import sys
from pathlib import Path

import torch
from torch import nn


def mask_(layer, optimizer, mask):
    """As a training loop with masks does it: what is pruned is 0, and so is all that the optimizer knows of it."""
    with torch.no_grad():
        layer.weight.mul_(mask)
        for moment in optimizer.state.get(layer.weight, {}).values():
            if torch.is_tensor(moment) and moment.shape == mask.shape:
                moment.mul_(mask)


def run(job):
    layer = nn.Linear(len(job["weight"][0]), len(job["weight"])).double()
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(job["weight"], dtype=torch.float64))
        layer.bias.zero_()
    make = {
        "sgd": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9),
        "nesterov": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True),
        "adam": lambda p: torch.optim.Adam(p, lr=0.05),
        "adamw": lambda p: torch.optim.AdamW(p, lr=0.05, weight_decay=0.0),
    }
    optimizer = make[job["optimizer"]](layer.parameters())
    masks = {int(step): torch.tensor(mask, dtype=torch.float64) for step, mask in job["masks"].items()}
    mask = torch.ones_like(layer.weight)
    for step, (images, labels) in enumerate(job["batches"]):
        if step in masks:
            mask = mask * masks[step]
            mask_(layer, optimizer, mask)
        scores = layer(torch.tensor(images, dtype=torch.float64))
        loss = nn.functional.cross_entropy(scores, torch.tensor(labels))
        optimizer.zero_grad()
        loss.backward()
        layer.weight.grad.mul_(mask)
        if job["clipNorm"]:
            nn.utils.clip_grad_norm_(layer.parameters(), job["clipNorm"])
        optimizer.step()
        mask_(layer, optimizer, mask)
    return {"weight": layer.weight.flatten().tolist(), "bias": layer.bias.tolist()}


print(json.dumps([run(job) for job in json.loads((Path(sys.argv[1]) / "jobs.json").read_text())]))
