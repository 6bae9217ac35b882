"""Waits until the kernel's compiler is loaded: before that, completion answers in time, but with nothing."""

import time


def warm_up(client, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        reply = client.complete("JSON.strin", reply=True, timeout=seconds)
        if reply["content"]["matches"]:
            return
