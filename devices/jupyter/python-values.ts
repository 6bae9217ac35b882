/**
 * The other side of the value box in a Python kernel: `take(id)` gives a value that has come, `give(id, value)` makes one
 * ready to go. The form is that of python-wire.ts. Arrays are NumPy's; without NumPy, `array.array` of one dimension.
 */
export const pythonValues = `
import array, json, math, threading

window = 4 << 20
boxes = {}
codes = {"float32": "f", "float64": "d", "int8": "b", "uint8": "B", "int16": "h", "uint16": "H", "int32": "i", "uint32": "I", "int64": "q", "uint64": "Q"}
current = None


class Channel:
    def __init__(self, comm):
        self.comm = comm
        self.credit = threading.Condition()
        self.unacknowledged = 0
        comm.on_msg(self.receive)

    def receive(self, message):
        data = message["content"]["data"]
        op, number = data["op"], data.get("id")
        if op == "part":
            part = bytes(message["buffers"][0])
            boxes.setdefault(number, bytearray()).extend(part)
            self.comm.send({"op": "taken", "id": number, "bytes": len(part)})
        elif op == "ack":
            with self.credit:
                self.unacknowledged -= data["bytes"]
                self.credit.notify()
        elif op == "fetch":
            threading.Thread(target=self.send, args=(number,), daemon=True).start()

    def send(self, number):
        view = memoryview(boxes.pop(number, b""))
        for at in range(0, len(view), 1 << 20):
            part = view[at:at + (1 << 20)]
            with self.credit:
                while self.unacknowledged > window:
                    self.credit.wait(1)
                    if current is not self:
                        return
                self.unacknowledged += len(part)
            self.comm.send({"op": "part", "id": number}, buffers=[bytes(part)])
        self.comm.send({"op": "sent", "id": number})


def opened(comm, message):
    global current
    boxes.clear()
    current = Channel(comm)
    comm.send({"op": "ready"})


def take(number):
    data = memoryview(bytes(boxes.pop(number)))
    size = int.from_bytes(data[:8], "little")
    body = data[8 + size:]

    def plain(node):
        if isinstance(node, list):
            return [plain(item) for item in node]
        if not isinstance(node, dict):
            return node
        kind = node["$"]
        if kind == "object":
            return {key: plain(item) for key, item in node["items"]}
        if kind == "bigint":
            return int(node["value"])
        if kind == "number":
            return float(node["value"])
        return array_of(node, body[node["at"]:node["at"] + node["length"]])

    return plain(json.loads(bytes(data[8:8 + size])))


def array_of(node, data):
    try:
        import numpy
    except ImportError:
        if len(node["shape"]) != 1 or node["dtype"] not in codes:
            raise TypeError("A tensor %s of %s needs NumPy on the device: pip install numpy" % (node["shape"], node["dtype"])) from None
        return array.array(codes[node["dtype"]], bytes(data))
    return numpy.frombuffer(bytes(data), dtype=node["dtype"]).reshape(node["shape"]).copy()


def give(number, value):
    body = bytearray()

    def blob(dtype, shape, data):
        at = len(body)
        body.extend(data)
        return {"$": "array", "dtype": dtype, "shape": list(shape), "at": at, "length": len(data)}

    def plain(item):
        if item is None or isinstance(item, (bool, str)):
            return item
        if isinstance(item, int):
            return item if abs(item) < 2 ** 53 else {"$": "bigint", "value": str(int(item))}
        if isinstance(item, float):
            return float(item) if math.isfinite(item) else {"$": "number", "value": repr(float(item))}
        if isinstance(item, (bytes, bytearray, memoryview)):
            return blob("uint8", [len(bytes(item))], bytes(item))
        if isinstance(item, (list, tuple)):
            return [plain(one) for one in item]
        if isinstance(item, dict) and all(isinstance(key, str) for key in item):
            return {"$": "object", "items": [[key, plain(one)] for key, one in item.items()]}
        if isinstance(item, array.array):
            names = {code: name for name, code in codes.items()}
            return blob(names[{"l": "q", "L": "Q"}.get(item.typecode, item.typecode)], [len(item)], item.tobytes())
        if hasattr(item, "detach") and hasattr(item, "numpy"):
            item = item.detach().cpu().numpy()
        if type(item).__module__ == "numpy":
            import numpy
            if isinstance(item, numpy.generic):
                return plain(item.item())
            if isinstance(item, numpy.ndarray) and item.dtype.name in list(codes) + ["bool", "float16"]:
                little = item.astype(item.dtype.newbyteorder("<"), order="C", copy=False)
                return blob(item.dtype.name, item.shape, little.tobytes())
        raise TypeError("A %s cannot be sent: send None, numbers, text, lists, dicts with text as keys, bytes or NumPy arrays of numbers" % type(item).__name__)

    tree = json.dumps(plain(value)).encode()
    boxes[number] = len(tree).to_bytes(8, "little") + tree + bytes(body)


get_ipython().kernel.comm_manager.register_target("edgebook-values", opened)
`;
