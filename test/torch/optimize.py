"""Takes training steps of one linear layer in float64 and prints losses and weights as JSON.

Usage: optimize.py FOLDER, where FOLDER holds jobs.json: a list of jobs with their batches.
"""

import json
import sys
from pathlib import Path

import torch
from torch import nn
from torch.optim import lr_scheduler as schedulers

F = nn.functional


def optimizer_of(job, layer):
    rate, decay = job["rate"], job["weightDecay"]
    groups = [{"params": [layer.weight], "weight_decay": decay}, {"params": [layer.bias], "weight_decay": 0.0}]
    make = {
        "sgd": lambda: torch.optim.SGD(groups, lr=rate, momentum=0.9),
        "nesterov": lambda: torch.optim.SGD(groups, lr=rate, momentum=0.9, nesterov=True),
        "adam": lambda: torch.optim.Adam(groups, lr=rate),
        "adamw": lambda: torch.optim.AdamW(groups, lr=rate),
    }
    return make[job["optimizer"]]()


def scheduler_of(job, optimizer):
    total = job["total"]
    make = {
        "constant": lambda: schedulers.LambdaLR(optimizer, lambda step: 1.0),
        "cosine": lambda: schedulers.CosineAnnealingLR(optimizer, total),
        "step": lambda: schedulers.StepLR(optimizer, total // 3, 0.1),
        "one-cycle": lambda: schedulers.OneCycleLR(optimizer, job["rate"], total, cycle_momentum=False),
    }
    return make[job["schedule"]]()


def loss_of(job, scores, labels, images, temperature=4.0):
    name, smoothing = job["loss"], job["labelSmoothing"]
    if name == "ce":
        weights = job["classWeights"]
        weight = None if weights is None else torch.tensor(weights, dtype=scores.dtype)
        return F.cross_entropy(scores, labels, weight, label_smoothing=smoothing)
    if name == "kl":
        teacher = F.linear(images, torch.tensor(job["teacher"], dtype=scores.dtype))
        soft = [F.log_softmax(x / temperature, -1) for x in (scores, teacher)]
        return F.kl_div(soft[0], soft[1], reduction="batchmean", log_target=True) * temperature**2
    one_hot = F.one_hot(labels, scores.shape[1]).to(scores.dtype)
    if name == "bce":
        return F.binary_cross_entropy_with_logits(scores, one_hot)
    return {"mse": F.mse_loss, "huber": F.huber_loss}[name](scores, one_hot)


def run(job):
    layer = nn.Linear(len(job["weight"][0]), len(job["weight"])).double()
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(job["weight"], dtype=torch.float64))
        layer.bias.zero_()
    optimizer = optimizer_of(job, layer)
    scheduler = scheduler_of(job, optimizer)
    losses = []
    for images, labels in job["batches"]:
        images, labels = torch.tensor(images, dtype=torch.float64), torch.tensor(labels)
        loss = loss_of(job, layer(images), labels, images)
        optimizer.zero_grad()
        loss.backward()
        if job["clipNorm"]:
            nn.utils.clip_grad_norm_(layer.parameters(), job["clipNorm"])
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
    return {"losses": losses, "weight": layer.weight.flatten().tolist(), "bias": layer.bias.tolist()}


print(json.dumps([run(job) for job in json.loads((Path(sys.argv[1]) / "jobs.json").read_text())]))
