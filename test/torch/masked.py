"""Takes training steps of a masked network of two layers in float64 with torch.nn.utils.prune; prints JSON.

A weight that PyTorch prunes is `weight_orig * weight_mask` in the forward pass, and masks multiply: what went stays
away. The optimizer moves `weight_orig`, whose masked elements get no gradient.

Usage: masked.py FOLDER, where FOLDER holds jobs.json: a list of jobs with their batches.
"""

import json
import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn.utils import prune


def network(job):
    layers = [nn.Linear(len(weight[0]), len(weight)).double() for weight in job["weights"]]
    with torch.no_grad():
        for layer, weight in zip(layers, job["weights"]):
            layer.weight.copy_(torch.tensor(weight, dtype=torch.float64))
            layer.bias.zero_()
    return layers


def optimizer_of(job, layers):
    # Parameters that pruning has renamed: the same tensors, now called weight_orig.
    weights = [dict(layer.named_parameters())["weight_orig"] for layer in layers]
    groups = [
        {"params": weights, "weight_decay": job["weightDecay"]},
        {"params": [layer.bias for layer in layers], "weight_decay": 0.0},
    ]
    make = {
        "sgd": lambda: torch.optim.SGD(groups, lr=job["rate"], momentum=0.9),
        "nesterov": lambda: torch.optim.SGD(groups, lr=job["rate"], momentum=0.9, nesterov=True),
        "adam": lambda: torch.optim.Adam(groups, lr=job["rate"]),
        "adamw": lambda: torch.optim.AdamW(groups, lr=job["rate"]),
    }
    return make[job["optimizer"]]()


def mask_given(layers, masks):
    for layer, mask in zip(layers, masks):
        prune.custom_from_mask(layer, "weight", torch.tensor(mask, dtype=torch.float64).reshape(layer.weight.shape))


def prune_to(layers, share):
    """Weights of least magnitude of all layers go until `share` of them is gone, by PyTorch's own pruning."""
    masks = [layer.weight_mask for layer in layers]
    total, gone = sum(m.numel() for m in masks), sum(int((m == 0).sum()) for m in masks)
    pairs = [(layer, "weight") for layer in layers]
    # `weight` is that of the last forward pass, before the last step: scores come from what the step left.
    scores = {(layer, "weight"): layer.weight_orig.detach() for layer in layers}
    amount = round(share * total) - gone
    prune.global_unstructured(pairs, prune.L1Unstructured, importance_scores=scores, amount=amount)


def cubic(final, progress):
    """Zhu and Gupta 2017, equation 1, from no sparsity."""
    return final + (0 - final) * (1 - progress) ** 3


def change_masks(job, layers, step):
    if (masks := job["masks"].get(str(step))) is not None:
        mask_given(layers, masks)
    if ramp := job["ramp"]:
        first, last = ramp["steps"][0], ramp["steps"][-1]
        if step in ramp["steps"]:
            prune_to(layers, cubic(ramp["sparsity"], (step - first) / (last - first)))


def moments(optimizer, layers):
    names = ["momentum_buffer"] if isinstance(optimizer, torch.optim.SGD) else ["exp_avg", "exp_avg_sq"]
    return [[optimizer.state[layer.weight_orig][name].flatten().tolist() for name in names] for layer in layers]


def run(job):
    layers = network(job)
    for layer in layers:
        prune.identity(layer, "weight")
    optimizer = optimizer_of(job, layers)
    losses = []
    for step, (images, labels) in enumerate(job["batches"]):
        change_masks(job, layers, step)
        hidden = torch.tanh(layers[0](torch.tensor(images, dtype=torch.float64)))
        loss = nn.functional.cross_entropy(layers[1](hidden), torch.tensor(labels))
        optimizer.zero_grad()
        loss.backward()
        if job["clipNorm"]:
            nn.utils.clip_grad_norm_([p for layer in layers for p in layer.parameters()], job["clipNorm"])
        optimizer.step()
        losses.append(loss.item())
    masks = [layer.weight_mask.flatten().tolist() for layer in layers]
    kept = moments(optimizer, layers)
    for layer in layers:
        layer(torch.zeros(1, layer.in_features, dtype=torch.float64))
        prune.remove(layer, "weight")
    return {
        "losses": losses,
        "masks": masks,
        "moments": kept,
        "weights": [layer.weight.flatten().tolist() for layer in layers],
        "biases": [layer.bias.tolist() for layer in layers],
    }


print(json.dumps([run(job) for job in json.loads((Path(sys.argv[1]) / "jobs.json").read_text())]))
