"""Takes numbers through PyTorch's fake quantization and back, and prints results and gradients as JSON.

Usage: fake_quantize.py FOLDER, where FOLDER holds cases.json: x, dy, shape, scales, zeroPoints, min, max, axis or null.
"""

import json
import sys
from pathlib import Path

import torch


def through(case, learned):
    x = torch.tensor(case["x"], dtype=torch.float32).reshape(case["shape"]).requires_grad_()
    dy = torch.tensor(case["dy"]).reshape(case["shape"])
    scales = torch.tensor(case["scales"], dtype=torch.float32).requires_grad_()
    zeros = torch.tensor(case["zeroPoints"], dtype=torch.float32 if learned else torch.int32)
    low, high, axis = case["min"], case["max"], case["axis"]
    if axis is None and learned:
        # It adds a half and cuts off the rest, which rounds negative numbers up.
        zeros = torch.where(zeros < 0, zeros - 0.5, zeros)
        y = torch._fake_quantize_learnable_per_tensor_affine(x, scales, zeros, low, high, case["factor"])
    elif axis is None:
        y = torch.fake_quantize_per_tensor_affine(x, scales[0].item(), int(zeros[0]), low, high)
    elif learned:
        y = torch._fake_quantize_learnable_per_channel_affine(x, scales, zeros, axis, low, high, case["factor"])
    else:
        y = torch.fake_quantize_per_channel_affine(x, scales.detach(), zeros, axis, low, high)
    y.backward(dy)
    result = {"y": y.flatten().tolist(), "dx": x.grad.flatten().tolist()}
    return {**result, "ds": scales.grad.flatten().tolist()} if learned else result


def run(case):
    return {"fixed": through(case, False), "learned": through(case, True)}


print(json.dumps([run(case) for case in json.loads((Path(sys.argv[1]) / "cases.json").read_text())]))
