"""Rewrites a model file by the tools of onnxruntime: dynamic int8, weights of few bits, float16."""
import sys

import onnx


def dynamic(model, target, per_channel, operators):
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        model,
        target,
        op_types_to_quantize=operators.split(","),
        per_channel=per_channel == "true",
        weight_type=QuantType.QInt8,
    )


def few_bits(model, target, bits, block, symmetric):
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    quantizer = MatMulNBitsQuantizer(
        model, bits=int(bits), block_size=int(block), is_symmetric=symmetric == "true", accuracy_level=1
    )
    quantizer.process()
    onnx.save(quantizer.model.model, target)


def float16(model, target):
    from onnxruntime.transformers.float16 import convert_float_to_float16

    half = convert_float_to_float16(model, keep_io_types=True)
    # It puts the casts of inputs behind their readers.
    half.graph.node.sort(key=lambda node: not node.name.startswith("graph_input_cast"))
    onnx.save(half, target)


tool, source, target, *options = sys.argv[1:]
{"dynamic": dynamic, "few_bits": few_bits, "float16": float16}[tool](onnx.load(source), target, *options)
