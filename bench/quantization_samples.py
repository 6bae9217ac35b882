"""Samples in .npy files, read one at a time so that no side pays for holding them; processor time and peak memory."""
import os
import resource
import time

import numpy as np


class Samples:
    """float32 [samples, ...] as `quantization-npy.ts` writes it."""

    def __init__(self, path):
        with open(path, "rb") as file:
            np.lib.format.read_magic(file)
            self.shape, _, _ = np.lib.format.read_array_header_1_0(file)
            self.start = file.tell()
        self.path = path

    def __len__(self):
        return self.shape[0]

    def read(self, index, count=1):
        """[count, ...]."""
        size = int(np.prod(self.shape[1:]))
        offset = self.start + 4 * size * index
        return np.fromfile(self.path, np.float32, count * size, offset=offset).reshape((count, *self.shape[1:]))


def peak_bytes():
    """Of this process so far. Not ru_maxrss where there is another: it starts with what the parent had when it forked."""
    if os.path.exists("/proc/self/status"):
        with open("/proc/self/status") as file:
            return next(1024 * int(line.split()[1]) for line in file if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def measured(work):
    """Wall and processor seconds of a call, and the peak memory after it."""
    started, busy = time.perf_counter(), time.process_time()
    work()
    seconds, processor = time.perf_counter() - started, time.process_time() - busy
    return {"seconds": seconds, "processor": processor, "peak": peak_bytes()}
