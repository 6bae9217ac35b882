"""GPTQ as its authors have it (blocks, torch's Cholesky), on matrices of a file of jobs. Prints integers and scales as JSON."""
import json
import sys

import torch


def quantize(job):
    weights = torch.tensor(job["weights"], dtype=torch.float64)
    activations = torch.tensor(job["activations"], dtype=torch.float64)
    bits, symmetric, group, act_order = job["bits"], job["symmetric"], job.get("group"), job["actOrder"]
    channels, inputs = weights.shape
    group = group or inputs
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if symmetric else (0, 2**bits - 1)
    if symmetric and bits == 8:
        low = -127

    def find(columns):
        """Scale and zero point of each row of a group."""
        top = columns.amax(1).clamp(min=0)
        bottom = columns.amin(1).clamp(max=0)
        if symmetric:
            scale = torch.maximum(top / high, bottom / low)
            return scale.float().double(), torch.zeros_like(scale)
        scale = (top - bottom) / (high - low)
        zero = torch.round(low - bottom / scale).clamp(low, high)
        return scale.float().double(), zero

    hessian = 2 * activations.T @ activations
    original = weights.clone()
    static = [find(original[:, g : g + group]) for g in range(0, inputs, group)]
    order = torch.argsort(torch.diag(hessian), descending=True) if act_order else torch.arange(inputs)
    hessian = hessian[order][:, order]
    weights = weights[:, order]
    hessian += 0.01 * torch.mean(torch.diag(hessian)) * torch.eye(inputs, dtype=torch.float64)
    inverse = torch.linalg.cholesky(torch.cholesky_inverse(torch.linalg.cholesky(hessian)), upper=True)

    integers = torch.zeros_like(weights)
    scales = torch.zeros(channels, (inputs + group - 1) // group, dtype=torch.float64)
    block = 8
    for start in range(0, inputs, block):
        end = min(start + block, inputs)
        part = weights[:, start:end].clone()
        errors = torch.zeros_like(part)
        own = inverse[start:end, start:end]
        for i in range(end - start):
            column = part[:, i]
            if act_order:
                g = int(order[start + i]) // group
                scale, zero = static[g]
            else:
                if (start + i) % group == 0:
                    g = (start + i) // group
                    now = torch.cat([part[:, i:], weights[:, end:]], dim=1)[:, :group]
                    scale, zero = find(now)
            scales[:, g] = scale
            q = (torch.round(column / scale) + zero).clamp(low, high)
            integers[:, start + i] = q
            error = (column - (q - zero) * scale) / own[i, i]
            part[:, i:] -= error.unsqueeze(1) @ own[i, i:].unsqueeze(0)
            errors[:, i] = error
        weights[:, end:] -= errors @ inverse[start:end, end:]
    integers = integers[:, torch.argsort(order)]
    return {"integers": integers.int().tolist(), "scales": scales.tolist()}


print(json.dumps([quantize(job) for job in json.load(open(sys.argv[1]))]))
