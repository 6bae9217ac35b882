"""onnxruntime's `CalibrationMethod.Entropy` on one model, for `quantization-entropy.ts`: the range it gives each value.

Usage: quantization_entropy.py JOB, a JSON object: {float, calibration, out, batch}; `batch` samples are fed at a time. Writes the
quantized model, uint8 activations and int8 weights with a scale a channel, and prints a line of JSON: the ranges of MinMax and
of Entropy by name, seconds and peak memory of the Entropy call alone.
"""
import json
import os
import sys
import tempfile

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnx
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantType, quantize_static
from quantization_samples import Samples, measured


def quantize(job, method, out, cache):
    """Writes `out` and returns the ranges by name."""
    samples = Samples(job["calibration"])
    name = onnx.load(job["float"]).graph.input[0].name

    class Reader(CalibrationDataReader):
        def __init__(self):
            self.next = 0

        def get_next(self):
            start, self.next = self.next, min(len(samples), self.next + job["batch"])
            return {name: samples.read(start, self.next - start)} if self.next > start else None

    quantize_static(
        job["float"],
        out,
        Reader(),
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        calibrate_method=method,
        calibration_cache_path=cache,
    )
    with open(cache) as file:
        found = json.load(file)["data"]
    return {key: [numbers(value["lowest"]), numbers(value["highest"])] for key, value in found.items()}


def numbers(value):
    data = value["data"] if isinstance(value, dict) else value
    while isinstance(data, list):
        data = data[0]
    return data


def main():
    job = json.loads(sys.argv[1])
    sys.stdout, lines = sys.stderr, sys.stdout
    ranges = {}
    with tempfile.TemporaryDirectory() as folder:

        def entropy():
            ranges["entropy"] = quantize(job, CalibrationMethod.Entropy, job["out"], os.path.join(folder, "entropy.json"))

        spent = measured(entropy)
        plain = os.path.join(folder, "plain.onnx")
        ranges["minmax"] = quantize(job, CalibrationMethod.MinMax, plain, os.path.join(folder, "minmax.json"))
    print(json.dumps({"file": job["out"], "ranges": ranges} | spent), file=lines)


main()
