"""Quantizes a model file by onnxruntime.quantization.quantize_dynamic: int8 weights, per channel or not."""
import sys

import onnx
from onnxruntime.quantization import QuantType, quantize_dynamic

source, target, per_channel, operators = sys.argv[1:]
quantize_dynamic(
    onnx.load(source),
    target,
    op_types_to_quantize=operators.split(","),
    per_channel=per_channel == "true",
    weight_type=QuantType.QInt8,
)
