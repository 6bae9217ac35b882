"""Computes losses of distillation and their gradients in float64 and prints them as JSON.

Usage: distill.py FOLDER, where FOLDER holds jobs.json: a list of jobs with `loss` and `inputs`: student, teacher, and for
a projector weight and bias. `attention` and `relational` follow the authors' code (szagoruyko/attention-transfer,
lenscloth/RKD).
"""

import json
import sys
from pathlib import Path

import torch
import torch.nn.functional as F


def kl(student, teacher, temperature):
    soft = [F.log_softmax(x / temperature, -1) for x in (student, teacher)]
    return F.kl_div(soft[0], soft[1], reduction="batchmean", log_target=True) * temperature**2


def projected(x, weight, bias):
    return F.conv2d(x, weight, bias) if x.dim() == 4 else x @ weight + bias


def attention_map(x):
    if x.dim() == 3:  # tokens [B, T, C]
        x = x.transpose(1, 2)
    return F.normalize(x.pow(2).mean(1).flatten(1))


def attention(student, teacher):
    return (attention_map(student) - attention_map(teacher)).pow(2).mean()


def distances(e):
    squares = e.pow(2).sum(1)
    found = (squares.unsqueeze(1) + squares.unsqueeze(0) - 2 * e @ e.t()).clamp(min=1e-12).sqrt()
    found = found * (1 - torch.eye(len(e), dtype=e.dtype))
    return found / found[found > 0].mean()


def angles(e):
    direction = F.normalize(e.unsqueeze(0) - e.unsqueeze(1), p=2, dim=2)
    return torch.bmm(direction, direction.transpose(1, 2)).view(-1)


def relational(student, teacher):
    student, teacher = student.flatten(1), teacher.flatten(1)
    distance = F.smooth_l1_loss(distances(student), distances(teacher))
    return distance + 2 * F.smooth_l1_loss(angles(student), angles(teacher))


def run(job):
    inputs = [torch.tensor(x["data"], dtype=torch.float64).view(x["shape"]) for x in job["inputs"]]
    student, teacher, *projector = inputs
    learned = [student, *projector]
    for x in learned:
        x.requires_grad_()
    own = projected(student, *projector) if projector else student
    loss = {
        "kl": lambda: kl(own, teacher, job["temperature"]),
        "mse": lambda: F.mse_loss(own, teacher),
        "feature": lambda: F.mse_loss(own, teacher),
        "attention": lambda: attention(own, teacher),
        "relational": lambda: relational(own, teacher),
    }[job["loss"]]()
    loss.backward()
    return {
        "loss": loss.item(),
        "gradients": [x.grad.flatten().tolist() for x in learned],
        "projected": own.detach().flatten().tolist(),
    }


print(json.dumps([run(job) for job in json.loads((Path(sys.argv[1]) / "jobs.json").read_text())]))
