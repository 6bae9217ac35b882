"""Checks a model file by ONNX, runs it by onnxruntime on ones, and prints what came out as JSON."""
import json
import sys

import numpy as np
import onnx
import onnxruntime

path = sys.argv[1]
onnx.checker.check_model(path)
try:
    onnx.checker.check_model(path, full_check=True)
    strict = ""
except onnx.shape_inference.InferenceError as error:
    strict = str(error)
model = onnx.load(path)
session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
feeds = {each.name: np.ones([1 if isinstance(d, str) else d for d in each.shape], np.float32) for each in session.get_inputs()}
print(
    json.dumps(
        {
            "onnx": onnx.__version__,
            "onnxruntime": onnxruntime.__version__,
            "strict": strict,
            "sparse": [each.values.name for each in model.graph.sparse_initializer],
            "outputs": [output.flatten().tolist() for output in session.run(None, feeds)],
        }
    )
)
