/** The name by which a kernel knows the channel of the program below. */
export const processesTarget = 'edgebook-processes';

/**
 * Runs commands for the other side of a comm, in a Python kernel that does nothing else: each has a process group of its
 * own, and its streams travel as binary buffers. Neither side is ever more than a window ahead of the other, since the
 * sockets between drop what they cannot hold; and small writes are joined, since the server drops what comes beyond a
 * thousand messages a second. A new channel ends all commands of the one before. Python 3.7 or newer, nothing else.
 */
export const pythonProcesses = `
import os, queue, signal, subprocess, threading, time

window = 4 << 20
pace, burst = 400.0, 100.0
# What ipykernel sets for cells changes what programs print.
of_kernel = ("JPY_PARENT_PID", "JPY_SESSION_NAME", "MPLBACKEND", "CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "PAGER", "GIT_PAGER", "TERM", "PYDEVD_USE_FRAME_EVAL")
environment = {name: value for name, value in os.environ.items() if name not in of_kernel}
home = os.path.expanduser("~")
current = None


class Channel:
    def __init__(self, comm):
        self.comm = comm
        self.processes = {}
        self.sending = threading.Lock()
        self.allowed = burst
        self.counted = time.monotonic()
        comm.on_msg(self.receive)
        comm.on_close(lambda message: self.close())

    def send(self, data, *buffers):
        with self.sending:
            now = time.monotonic()
            self.allowed = min(burst, self.allowed + (now - self.counted) * pace)
            self.counted = now
            if self.allowed < 1:
                time.sleep((1 - self.allowed) / pace)
            self.allowed -= 1
            self.comm.send(data=data, buffers=list(buffers))

    def receive(self, message):
        data = message["content"]["data"]
        op, number = data["op"], data.get("id")
        if op == "ping":
            self.send({"op": "pong"})
            return
        if op == "spawn":
            try:
                self.processes[number] = Process(self, number, data["argv"])
            except OSError as error:
                missing = isinstance(error, FileNotFoundError)
                why = "there is no such program" if missing else str(error)
                self.send({"op": "failed", "id": number, "why": why})
            return
        process = self.processes.get(number)
        if process is None:
            return
        if op == "in":
            process.input.put(bytes(message["buffers"][0]))
        elif op == "end":
            process.input.put(None)
        elif op == "ack":
            process.acknowledge(data["bytes"])
        elif op == "kill":
            process.kill()

    def close(self):
        for process in list(self.processes.values()):
            process.kill()


class Process:
    def __init__(self, channel, number, argv):
        self.channel, self.number = channel, number
        self.input = queue.Queue()
        self.credit = threading.Condition()
        self.unacknowledged = 0
        self.killed = False
        pipe = subprocess.PIPE
        self.child = subprocess.Popen(argv, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0, cwd=home, env=environment, start_new_session=True)
        readers = [self.start(self.read, name, getattr(self.child, name)) for name in ("stdout", "stderr")]
        self.start(self.feed)
        self.start(self.wait, readers)

    def start(self, work, *arguments):
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        thread.start()
        return thread

    def read(self, name, stream):
        try:
            import fcntl
            fcntl.fcntl(stream.fileno(), 1031, 1 << 20)
        except (ImportError, OSError):
            pass
        while True:
            data = os.read(stream.fileno(), 1 << 19)
            if not data:
                break
            with self.credit:
                self.unacknowledged += len(data)
                while self.unacknowledged > window and not self.killed:
                    self.credit.wait(1)
            if not self.killed:
                self.channel.send({"op": "out", "id": self.number, "stream": name}, data)
            if len(data) < 4096:
                time.sleep(0.002)
        stream.close()

    def feed(self):
        stream = self.child.stdin
        unsaid = 0
        while True:
            data = self.input.get()
            if data is None:
                break
            view = memoryview(data)
            try:
                while len(view) > 0:
                    view = view[os.write(stream.fileno(), view):]
            except OSError:
                pass
            unsaid += len(data)
            if unsaid >= 1 << 18 or self.input.empty():
                self.channel.send({"op": "taken", "id": self.number, "bytes": unsaid})
                unsaid = 0
        try:
            stream.close()
        except OSError:
            pass

    def wait(self, readers):
        code = self.child.wait()
        for reader in readers:
            reader.join()
        self.channel.processes.pop(self.number, None)
        self.input.put(None)
        self.channel.send({"op": "exit", "id": self.number, "code": code if code >= 0 else 128 - code})

    def acknowledge(self, count):
        with self.credit:
            self.unacknowledged -= count
            self.credit.notify()

    def kill(self):
        with self.credit:
            self.killed = True
            self.credit.notify()
        try:
            os.killpg(self.child.pid, signal.SIGKILL)
        except OSError:
            pass


def opened(comm, message):
    global current
    if current is not None:
        current.close()
    current = Channel(comm)
    current.send({"op": "ready"})


get_ipython().kernel.comm_manager.register_target("edgebook-processes", opened)
`;

/** A cell that runs a program in a namespace of its own, once in the life of a kernel. */
export function pythonCell(name: string, program: string): string {
  const text = JSON.stringify(program);
  return `import sys as _edgebook, types as _edgebook_types
if ${JSON.stringify(name)} not in _edgebook.modules:
    _edgebook_module = _edgebook_types.ModuleType(${JSON.stringify(name)})
    _edgebook_module.get_ipython = get_ipython
    exec(compile(${text}, ${JSON.stringify(`<${name}>`)}, "exec"), _edgebook_module.__dict__)
    _edgebook.modules[${JSON.stringify(name)}] = _edgebook_module
    del _edgebook_module
del _edgebook, _edgebook_types`;
}
