"""Makes int8 TFLite models of one operator: a folder with specs.json, a list of {file, op, inputs, output, weight, bias, options}.

A tensor is {shape, scale: [..], zeroPoint, data: FILE or null}; the dtype is int8, of the bias int32. Needs ai_edge_litert and flatbuffers.
"""

import json
import os
import sys

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

folder = sys.argv[1]
CODES = {
    "CONV_2D": (3, schema.BuiltinOptions.Conv2DOptions, schema.Conv2DOptionsT),
    "DEPTHWISE_CONV_2D": (4, schema.BuiltinOptions.DepthwiseConv2DOptions, schema.DepthwiseConv2DOptionsT),
    "FULLY_CONNECTED": (9, schema.BuiltinOptions.FullyConnectedOptions, schema.FullyConnectedOptionsT),
    "ADD": (0, schema.BuiltinOptions.AddOptions, schema.AddOptionsT),
    "MUL": (18, schema.BuiltinOptions.MulOptions, schema.MulOptionsT),
    "AVERAGE_POOL_2D": (1, schema.BuiltinOptions.Pool2DOptions, schema.Pool2DOptionsT),
    "MAX_POOL_2D": (17, schema.BuiltinOptions.Pool2DOptions, schema.Pool2DOptionsT),
    "MEAN": (40, schema.BuiltinOptions.ReducerOptions, schema.ReducerOptionsT),
    "QUANTIZE": (114, schema.BuiltinOptions.QuantizeOptions, schema.QuantizeOptionsT),
}
TYPES = {"int8": schema.TensorType.INT8, "int32": schema.TensorType.INT32, "float32": schema.TensorType.FLOAT32}


def build(spec):
    model = schema.ModelT()
    model.version = 3
    model.buffers = [schema.BufferT()]
    graph = schema.SubGraphT()
    graph.tensors, graph.inputs = [], []
    for t in spec["tensors"]:
        tensor = schema.TensorT()
        tensor.shape, tensor.type, tensor.name = t["shape"], TYPES[t["dtype"]], t["name"]
        if t.get("data"):
            buffer = schema.BufferT()
            buffer.data = np.fromfile(os.path.join(folder, t["data"]), np.uint8)
            model.buffers.append(buffer)
            tensor.buffer = len(model.buffers) - 1
        elif t["name"] != "y":
            graph.inputs.append(len(graph.tensors))
        if t.get("scale"):
            quantization = schema.QuantizationParametersT()
            quantization.scale = t["scale"]
            quantization.zeroPoint = [t.get("zeroPoint", 0)] * len(t["scale"])
            quantization.quantizedDimension = t.get("axis", 0)
            tensor.quantization = quantization
        graph.tensors.append(tensor)
    code, options_type, options_class = CODES[spec["op"]]
    options = options_class()
    for key, value in spec["options"].items():
        setattr(options, key, value)
    operator = schema.OperatorT()
    operator.opcodeIndex = 0
    operator.inputs = list(range(len(graph.tensors) - 1))
    operator.outputs = graph.outputs = [len(graph.tensors) - 1]
    operator.builtinOptionsType, operator.builtinOptions = options_type, options
    graph.operators = [operator]
    operator_code = schema.OperatorCodeT()
    operator_code.builtinCode = operator_code.deprecatedBuiltinCode = code
    operator_code.version = spec.get("version", 1)
    model.operatorCodes, model.subgraphs = [operator_code], [graph]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    with open(os.path.join(folder, spec["file"]), "wb") as file:
        file.write(bytes(builder.Output()))


for spec in json.load(open(os.path.join(folder, "specs.json"))):
    build(spec)
