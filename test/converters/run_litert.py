"""Runs TFLite models in LiteRT: a folder with job.json (a list of {model, inputs: [file]}), each input raw as the model declares it.

Writes the outputs as raw files and prints, for each model, a list of {file, shape, dtype, scale}.
Without XNNPACK by LiteRT's own kernels, since those are what the specification of int8 describes.
"""

import json
import os
import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

folder = sys.argv[1]
results = []
for number, job in enumerate(json.load(open(os.path.join(folder, "job.json")))):
    resolver = {
        "fast": OpResolverType.AUTO,
        "plain": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        "reference": OpResolverType.BUILTIN_REF,
    }[job["kernels"]]
    try:
        interpreter = Interpreter(job["model"], num_threads=1, experimental_op_resolver_type=resolver)
        interpreter.allocate_tensors()
        for detail, name in zip(interpreter.get_input_details(), job["inputs"]):
            data = np.fromfile(os.path.join(folder, name), detail["dtype"]).reshape(detail["shape"])
            interpreter.set_tensor(detail["index"], data)
        interpreter.invoke()
    except (RuntimeError, ValueError) as error:
        results.append({"error": str(error)})
        continue
    outputs = []
    for index, detail in enumerate(interpreter.get_output_details()):
        output = interpreter.get_tensor(detail["index"])
        name = f"out-{number}-{index}.raw"
        output.tofile(os.path.join(folder, name))
        scale, zero_point = detail["quantization"]
        outputs.append({"file": name, "shape": list(output.shape), "dtype": output.dtype.name, "scale": float(scale), "zeroPoint": int(zero_point)})
    results.append({"outputs": outputs})
print(json.dumps(results))
