"""How many evaluations `nncf.quantize_with_accuracy_control` takes to keep within a drop of accuracy, for `quantization-control.ts`.

Usage: quantization_control.py JOB, a JSON object: {float, calibration, test, labels, out, drop, indices}: `drop` is a share of
right answers, `indices` a .npy file that says which of the test samples validate. Prints a line of JSON, in which
`passes` over all of them has a fraction where NNCF looked at some only.
"""
import json
import os
import sys
import tempfile

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
os.environ["NNCF_CI"] = "1"
# NNCF's logger keeps the standard output that it finds when it is imported.
sys.stdout, lines = sys.stderr, sys.stdout

import nncf
import numpy as np
import onnx
import onnxruntime
from onnxruntime.quantization.shape_inference import quant_pre_process
from quantization_samples import Samples, measured


def main():
    job = json.loads(sys.argv[1])
    calibration, test = Samples(job["calibration"]), Samples(job["test"])
    chosen = np.load(job["indices"])
    labels = np.load(job["labels"])[chosen]
    with tempfile.TemporaryDirectory() as folder:
        prepared = os.path.join(folder, "preprocessed.onnx")
        quant_pre_process(job["float"], prepared)
        model = onnx.load(prepared)
    name = model.graph.input[0].name
    seen = {"calls": 0, "samples": 0}

    def validate(candidate, indices):
        session = onnxruntime.InferenceSession(candidate.SerializeToString(), providers=["CPUExecutionProvider"])
        right = [
            float(session.run(None, {name: test.read(chosen[index])})[0].argmax() == labels[index]) for index in indices
        ]
        seen["calls"] += 1
        seen["samples"] += len(right)
        return float(np.mean(right)), right

    result = {}
    spent = measured(
        lambda: result.update(
            model=nncf.quantize_with_accuracy_control(
                model,
                nncf.Dataset(range(len(calibration)), lambda index: {name: calibration.read(index)}),
                nncf.Dataset(range(len(labels))),
                validate,
                max_drop=job["drop"],
                subset_size=len(calibration),
            )
        )
    )
    onnx.save(result["model"], job["out"])
    quantized = sum(node.op_type == "QuantizeLinear" for node in result["model"].graph.node)
    said = {"file": job["out"], "passes": seen["samples"] / len(labels), "quantizers": quantized}
    print(json.dumps(said | seen | spent), file=lines)


main()
