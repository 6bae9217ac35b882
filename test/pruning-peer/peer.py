"""`groups FOLDER`: exports the nets, prints Torch-Pruning's groups. `prune FOLDER`: prunes as prune.json says, prints outputs."""
import inspect
import json
import sys
import warnings
from pathlib import Path

import torch
import torch_pruning as tp
from torch import nn

from nets import build, images, nets

warnings.filterwarnings("ignore")


# Newer PyTorch exports another way, which renames weights, unless told not to.
legacy = {"dynamo": False} if "dynamo" in inspect.signature(torch.onnx.export).parameters else {}


def graph_of(net):
    return tp.DependencyGraph().build_dependency(net, example_inputs=images())


def parts_of(graph, group, names):
    """By `name axis`, the indices that go."""
    found = {}
    for dep, indices in group:
        module = dep.target.module
        if module not in names:
            continue
        is_out = graph.is_out_channel_pruning_fn(dep.handler)
        is_depthwise = isinstance(module, nn.Conv2d) and module.groups == module.in_channels > 1
        axis = 0 if is_out or is_depthwise or not isinstance(module, (nn.Conv2d, nn.Linear)) else 1
        tensors = dict(module.named_parameters(recurse=False))
        tensors.update({k: v for k, v in module.named_buffers(recurse=False) if v.dim() == 1})
        for key, tensor in tensors.items():
            if tensor.dim() > axis:
                found.setdefault(f"{names[module]}.{key} {axis}", set()).update(i % tensor.shape[axis] for i in indices)
    return found


def all_groups(folder):
    found = {}
    for name in nets:
        net = build(name)
        torch.onnx.export(
            net, images(), str(folder / f"{name}.onnx"), opset_version=15, do_constant_folding=False,
            training=torch.onnx.TrainingMode.PRESERVE, input_names=["images"], output_names=["scores"], **legacy,
        )
        graph = graph_of(net)
        names = {module: key for key, module in net.named_modules() if key}
        types = [nn.Conv2d, nn.Linear]
        found[name] = []
        for group in graph.get_all_groups(ignored_layers=[net.fc if hasattr(net, "fc") else net.fc2], root_module_types=types):
            parts = parts_of(graph, group, names)
            found[name].append({"root": names[group[0].dep.target.module], "parts": {k: len(v) for k, v in parts.items()}})
    return found


def pruned(folder):
    """prune.json: by net, a list of [module, indices of its outputs that go]."""
    found = {}
    for name, steps in json.loads((folder / "prune.json").read_text()).items():
        net = build(name)
        whole = net(images()).flatten().tolist()
        for module, indices in steps:
            layer = net.get_submodule(module)
            prune = tp.prune_linear_out_channels if isinstance(layer, nn.Linear) else tp.prune_conv_out_channels
            if isinstance(layer, nn.Conv2d) and layer.groups == layer.out_channels > 1:
                prune = tp.prune_depthwise_conv_out_channels
            graph_of(net).get_pruning_group(layer, prune, idxs=indices).prune()
            if hasattr(net, "heads"):  # Whole heads go, whose number the code of a net has: Torch-Pruning's own pruners adapt it too.
                net.heads = net.q.out_features // net.width
        with torch.no_grad():
            found[name] = {
                "whole": whole, "pruned": net(images()).flatten().tolist(),
                "shapes": {key: list(value.shape) for key, value in net.state_dict().items() if value.dim() > 0},
            }
    return found


folder = Path(sys.argv[2])
stdout, sys.stdout = sys.stdout, sys.stderr
result = {"groups": all_groups, "prune": pruned}[sys.argv[1]](folder)
if sys.argv[1] == "groups":
    (folder / "images.f32").write_bytes(images().numpy().tobytes())
print(json.dumps(result), file=stdout)
