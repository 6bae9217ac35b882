/**
 * Ends its own kernel when the notebook has gone for good: a kernel takes up a small board's memory until somebody ends
 * it. It asks the server that has started it, which it finds by the file that each server writes for its user, how many
 * clients the kernel has: without one for ten minutes it goes. A server that writes no such file keeps its kernels, as it is set up to.
 */
export const pythonGuard = `
import json, os, threading, time, urllib.request


def server():
    from jupyter_core.paths import jupyter_runtime_dir
    path = os.path.join(jupyter_runtime_dir(), "jpserver-%d.json" % os.getppid())
    with open(path) as file:
        return json.load(file)


def ask(info, path, method="GET"):
    headers = {"Authorization": "token " + info["token"]}
    request = urllib.request.Request(info["url"] + path, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=10) as response:
        return response.read()


def watch(identity, patience, interval):
    alone = 0
    while alone < patience:
        time.sleep(interval)
        try:
            info = server()
            kernel = json.loads(ask(info, "api/kernels/" + identity))
        except Exception:
            continue
        alone = alone + interval if kernel.get("connections", 1) == 0 else 0
    ask(info, "api/kernels/" + identity, "DELETE")


def guard(identity, patience=600, interval=30):
    threading.Thread(target=watch, args=(identity, patience, interval), daemon=True).start()
`;
