"""Runs a model by onnxruntime's own Python API and prints the ms of each run, a line of JSON a round. Arguments: model,
threads, ms of a round. A line on stdin asks for a round."""
import json
import sys
import time

import numpy as np
import onnxruntime

path, threads, duration = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
print(json.dumps(onnxruntime.__version__), flush=True)
for _ in sys.stdin:
    # Loaded anew each round, as the other side does: where weights lie in memory decides over a per cent or two.
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    port = session.get_inputs()[0]
    feeds = {port.name: np.random.default_rng(1).random(port.shape, dtype=np.float32)}
    times, begin, warm = [], time.perf_counter(), time.perf_counter() + duration / 10_000
    while time.perf_counter() < warm:
        session.run(None, feeds)
    begin = time.perf_counter()
    while time.perf_counter() - begin < duration / 1000:
        start = time.perf_counter()
        session.run(None, feeds)
        times.append((time.perf_counter() - start) * 1000)
    print(json.dumps(times), flush=True)
