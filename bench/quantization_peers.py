"""onnxruntime.quantization and NNCF for `quantization.ts`: quantizes one float file with some settings.

Usage: quantization_peers.py JOB, a JSON object: {tool: "onnxruntime" | "nncf", float, calibration, folder, settings: [name],
repeat}. Prints a line of JSON for each setting: the file written, wall and processor seconds of each call (the quantizing call
alone: reading the samples is in it, imports and quant_pre_process are not), peak memory after the first. More than one setting
share a calibration of onnxruntime's where they can: their times mean nothing then.
"""
import json
import os
import sys
import tempfile
import time

from quantization_samples import Samples, measured, peak_bytes

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
os.environ["NNCF_CI"] = "1"


def preprocess(path, folder):
    """What onnxruntime's manual asks for before static quantization: shapes, BatchNormalization folded."""
    from onnxruntime.quantization.shape_inference import quant_pre_process

    out = os.path.join(folder, "preprocessed.onnx")
    quant_pre_process(path, out)
    return out


def onnxruntime_call(job, setting, cache):
    """`method/axis/type`, for example `MinMax/per-channel/QUInt8`."""
    from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantType, quantize_static

    method, axis, kind = setting.split("/")
    samples = Samples(job["calibration"])

    class Reader(CalibrationDataReader):
        def __init__(self):
            self.next = 0

        def get_next(self):
            if self.next == len(samples):
                return None
            self.next += 1
            return {job["input"]: samples.read(self.next - 1)}

    def call(out):
        quantize_static(
            job["preprocessed"],
            out,
            Reader(),
            per_channel=axis == "per-channel",
            activation_type=QuantType[kind],
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod[method],
            calibration_cache_path=cache and os.path.join(cache, method + ".json"),
        )

    return call


def nncf_call(job, setting, _cache):
    """`preset/correction`, then `/minmax`, `/transformer`, `/no-overflow-fix` as wanted; `default` for all defaults."""
    import nncf
    import onnx
    from nncf.quantization.range_estimator import RangeEstimatorParametersSet

    samples = Samples(job["calibration"])
    words = setting.split("/")
    options = {}
    if setting != "default":
        options["preset"] = nncf.QuantizationPreset[words[0].upper()]
        options["fast_bias_correction"] = words[1] == "fast"
    if "transformer" in words:
        options["model_type"] = nncf.ModelType.TRANSFORMER
    if len(words) > 1:
        advanced = options["advanced_parameters"] = nncf.AdvancedQuantizationParameters()
        if "no-overflow-fix" in words:
            advanced.overflow_fix = nncf.OverflowFix.DISABLE
        if "minmax" in words:
            advanced.activations_range_estimator_params = RangeEstimatorParametersSet.MINMAX

    def call(out):
        data = nncf.Dataset(range(len(samples)), lambda index: {job["input"]: samples.read(index)})
        model = nncf.quantize(onnx.load(job["preprocessed"]), data, subset_size=len(samples), **options)
        onnx.save(model, out)

    return call


def main():
    job = json.loads(sys.argv[1])
    started = time.perf_counter()
    import onnx

    if job["tool"] == "nncf":
        import nncf as package
    else:
        import onnxruntime as package
        import onnxruntime.quantization  # noqa: F401
    imports = time.perf_counter() - started
    loaded = peak_bytes()

    calls = {"nncf": nncf_call, "onnxruntime": onnxruntime_call}[job["tool"]]
    sys.stdout, lines = sys.stderr, sys.stdout
    with tempfile.TemporaryDirectory() as folder:
        job["input"] = onnx.load(job["float"]).graph.input[0].name
        preprocessing = measured(lambda: job.update(preprocessed=preprocess(job["float"], folder)))
        cache = folder if len(job["settings"]) > 1 else None
        for setting in job["settings"]:
            out = os.path.join(job["folder"], f"{job['tool']}-{setting.replace('/', '-')}.onnx")
            said = {"setting": setting, "version": package.__version__, "imports": imports}
            said |= {"basePeak": loaded, "preprocessing": preprocessing["seconds"]}
            try:
                call = calls(job, setting, cache)
                said |= {"file": out, "calls": [measured(lambda: call(out)) for _ in range(job["repeat"])]}
            except Exception as error:  # A setting that the tool cannot do is a result too.
                said |= {"error": f"{type(error).__name__}: {error}"[:300]}
            print(json.dumps(said), file=lines, flush=True)


main()
