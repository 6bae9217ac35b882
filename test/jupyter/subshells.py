"""Kernel subshells (JEP 91) by jupyter_client's own sockets and sessions; kernelspec on JUPYTER_PATH."""

import time
import unittest

from jupyter_client.manager import KernelManager
from warm_up import warm_up

TIMEOUT = 20


class Subshells(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.manager = KernelManager(kernel_name="edgebook")
        cls.manager.start_kernel()
        cls.client = cls.manager.blocking_client()
        cls.client.start_channels()
        cls.client.wait_for_ready(timeout=TIMEOUT)
        warm_up(cls.client)

    @classmethod
    def tearDownClass(cls):
        cls.client.stop_channels()
        cls.manager.shutdown_kernel(now=True)

    def send(self, msg_type, content, channel="shell", subshell=None):
        message = self.client.session.msg(msg_type, content)
        if subshell is not None:
            message["header"]["subshell_id"] = subshell
        getattr(self.client, f"{channel}_channel").send(message)
        return message["header"]["msg_id"]

    def execute(self, code, subshell=None):
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        return self.send("execute_request", content, subshell=subshell)

    def replies(self, *msg_ids, channel="shell"):
        """The replies to requests, in the order in which they come."""
        found = []
        deadline = time.monotonic() + TIMEOUT
        get = getattr(self.client, f"get_{channel}_msg")
        while len(found) < len(msg_ids):
            message = get(timeout=max(0.01, deadline - time.monotonic()))
            if message["parent_header"].get("msg_id") in msg_ids:
                found.append(message)
        return found

    def control(self, what, **content):
        msg_id = self.send(f"{what}_subshell_request", content, channel="control")
        (reply,) = self.replies(msg_id, channel="control")
        self.assertEqual(reply["msg_type"], f"{what}_subshell_reply")
        return reply["content"]

    def heard(self, *msg_ids):
        """What is broadcast for requests until all are idle: by request."""
        heard = {msg_id: [] for msg_id in msg_ids}
        idle = set()
        while idle != set(msg_ids):
            message = self.client.get_iopub_msg(timeout=TIMEOUT)
            parent = message["parent_header"].get("msg_id")
            if parent not in heard:
                continue
            heard[parent].append(message)
            if message["content"].get("execution_state") == "idle":
                idle.add(parent)
        return heard

    def test_1_feature_is_claimed(self):
        msg_id = self.client.kernel_info()
        (reply,) = self.replies(msg_id)
        self.assertIn("kernel subshells", reply["content"]["supported_features"])

    def test_2_create_list_delete(self):
        ids = [self.control("create")["subshell_id"] for _ in range(2)]
        self.assertEqual(self.control("list"), {"status": "ok", "subshell_id": ids})
        for subshell in ids:
            self.assertEqual(self.control("delete", subshell_id=subshell), {"status": "ok"})
        self.assertEqual(self.control("list")["subshell_id"], [])
        self.assertEqual(self.control("delete", subshell_id=ids[0])["status"], "error")

    def test_3_runs_while_the_main_shell_waits(self):
        subshell = self.control("create")["subshell_id"]
        main = self.execute("await new Promise<void>((r) => { globalThis.finish = r }); console.log('main')")
        sub = self.execute("console.log('sub'); globalThis.finish()", subshell)
        first, second = self.replies(main, sub)
        self.assertEqual({first["parent_header"]["msg_id"], second["parent_header"]["msg_id"]}, {main, sub})
        heard = self.heard(main, sub)
        for msg_id, text in ((main, "main\n"), (sub, "sub\n")):
            streams = [m["content"]["text"] for m in heard[msg_id] if m["msg_type"] == "stream"]
            self.assertEqual(streams, [text])
        self.assertEqual(heard[sub][0]["parent_header"]["subshell_id"], subshell)
        self.control("delete", subshell_id=subshell)

    def test_4_unknown_subshell(self):
        msg_id = self.execute("1", "no such subshell")
        (reply,) = self.replies(msg_id)
        self.assertEqual(reply["content"]["status"], "error")
        states = [m["content"]["execution_state"] for m in self.heard(msg_id)[msg_id]]
        self.assertEqual(states, ["busy", "idle"])

    def test_5_interrupt_stops_all(self):
        subshell = self.control("create")["subshell_id"]
        cells = [self.execute("await new Promise(() => {})"), self.execute("for (;;) {}", subshell)]
        time.sleep(0.5)
        self.manager.interrupt_kernel()
        for reply in self.replies(*cells):
            self.assertEqual(reply["content"]["ename"], "Interrupted")


if __name__ == "__main__":
    unittest.main(verbosity=2)
