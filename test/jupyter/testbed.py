"""What runtimed/kernel-testbed looks at in a kernel, 27 checks in our own words, by jupyter_client; kernelspec on JUPYTER_PATH."""

import time
import unittest

from jupyter_client.manager import KernelManager
from jupyter_client.session import Session
from warm_up import warm_up

TIMEOUT = 20


class Testbed(unittest.TestCase):
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

    def reply(self, msg_id, channel="shell"):
        """The reply to a request."""
        deadline = time.monotonic() + TIMEOUT
        get = getattr(self.client, f"get_{channel}_msg")
        while True:
            message = get(timeout=max(0.01, deadline - time.monotonic()))
            if message["parent_header"].get("msg_id") == msg_id:
                return message

    def broadcast(self, msg_id, until="idle"):
        """All that is heard for a request, to its `idle`."""
        heard = []
        while True:
            message = self.client.get_iopub_msg(timeout=TIMEOUT)
            if message["parent_header"].get("msg_id") != msg_id:
                continue
            heard.append(message)
            if message["msg_type"] == until or message["content"].get("execution_state") == until:
                return heard

    def run_cell(self, code, **options):
        msg_id = self.client.execute(code, **options)
        return self.reply(msg_id), self.broadcast(msg_id)

    def only(self, heard, msg_type):
        found = [message for message in heard if message["msg_type"] == msg_type]
        self.assertEqual(len(found), 1, f"{msg_type} among {[message['msg_type'] for message in heard]}")
        return found[0]

    def send(self, msg_type, content, channel="shell"):
        message = self.client.session.msg(msg_type, content)
        getattr(self.client, f"{channel}_channel").send(message)
        return message["header"]["msg_id"]

    # Tier 1: a kernel at all

    def test_01_heartbeat(self):
        socket = self.manager.connect_hb()
        try:
            for ping in (b"ping", b"", b"\x00\xff" * 1000):
                socket.send(ping)
                self.assertTrue(socket.poll(TIMEOUT * 1000))
                self.assertEqual(socket.recv(), ping)
        finally:
            socket.close()

    def test_02_iopub_welcome(self):
        # A second subscriber: the first one's welcome went by while it waited for the kernel.
        socket = self.manager.connect_iopub()
        try:
            self.assertTrue(socket.poll(TIMEOUT * 1000))
            # A session of its own: the client hears this welcome too, and refuses what it has already read.
            session = Session(key=self.client.session.key)
            _, frames = session.feed_identities(socket.recv_multipart())
            welcome = session.deserialize(frames)
        finally:
            socket.close()
        self.assertEqual(welcome["header"]["msg_type"], "iopub_welcome")
        self.assertEqual(welcome["content"], {"subscription": ""})

    def kernel_info(self):
        return self.reply(self.client.kernel_info())["content"]

    def test_03_kernel_info_reply(self):
        info = self.kernel_info()
        self.assertEqual(info["status"], "ok")
        self.assertTrue(info["implementation"] and info["implementation_version"] and info["banner"])

    def test_04_kernel_info_protocol_version(self):
        self.assertRegex(self.kernel_info()["protocol_version"], r"^5\.\d+$")

    def test_05_kernel_info_language(self):
        language = self.kernel_info()["language_info"]
        for field in ("name", "version", "mimetype", "file_extension"):
            self.assertTrue(language[field], field)

    def test_06_stdout(self):
        _, heard = self.run_cell("console.log('to stdout')")
        content = self.only(heard, "stream")["content"]
        self.assertEqual(content, {"name": "stdout", "text": "to stdout\n"})

    def test_07_stderr(self):
        _, heard = self.run_cell("console.error('to stderr')")
        content = self.only(heard, "stream")["content"]
        self.assertEqual(content, {"name": "stderr", "text": "to stderr\n"})

    def test_08_execute_reply(self):
        reply, _ = self.run_cell("1 + 1")
        self.assertEqual(reply["content"]["status"], "ok")
        self.assertIsInstance(reply["content"]["execution_count"], int)

    def test_09_busy_then_idle(self):
        _, heard = self.run_cell("1 + 1")
        states = [message["content"]["execution_state"] for message in heard if message["msg_type"] == "status"]
        self.assertEqual(states, ["busy", "idle"])
        self.assertEqual([heard[0]["msg_type"], heard[-1]["msg_type"]], ["status", "status"])

    def test_10_execute_input(self):
        reply, heard = self.run_cell("3 + 4")
        content = self.only(heard, "execute_input")["content"]
        self.assertEqual(content, {"code": "3 + 4", "execution_count": reply["content"]["execution_count"]})

    # Tier 2: what an editor asks

    def test_11_complete(self):
        content = self.reply(self.client.complete("JSON.strin", 10))["content"]
        self.assertEqual(content["status"], "ok")
        self.assertIn("stringify", content["matches"])
        self.assertEqual((content["cursor_start"], content["cursor_end"]), (5, 10))

    def test_12_inspect(self):
        content = self.reply(self.client.inspect("JSON.stringify", 10))["content"]
        self.assertTrue(content["found"])
        self.assertIn("text/plain", content["data"])

    def test_13_is_complete(self):
        self.assertEqual(self.reply(self.client.is_complete("1 + 1"))["content"]["status"], "complete")

    def test_14_is_incomplete(self):
        content = self.reply(self.client.is_complete("function f() {"))["content"]
        self.assertEqual(content["status"], "incomplete")
        self.assertIsInstance(content["indent"], str)

    def test_15_history(self):
        self.run_cell("'to be remembered'")
        content = self.reply(self.client.history(hist_access_type="tail", n=1))["content"]
        self.assertEqual([source for _, _, source in content["history"]], ["'to be remembered'"])

    def test_16_comm_info(self):
        content = self.reply(self.client.comm_info())["content"]
        self.assertEqual(content["status"], "ok")
        self.assertIsInstance(content["comms"], dict)

    def test_17_error(self):
        reply, heard = self.run_cell("throw new RangeError('too far')")
        for content in (reply["content"], self.only(heard, "error")["content"]):
            self.assertEqual((content["ename"], content["evalue"]), ("RangeError", "too far"))
            self.assertTrue(content["traceback"])
        self.assertEqual(reply["content"]["status"], "error")

    # Tier 3: rich output

    def test_18_display_data(self):
        _, heard = self.run_cell("display({[Symbol.for('Jupyter.display')]: () => ({'text/html': '<i>x</i>'})}); 0;")
        self.assertEqual(self.only(heard, "display_data")["content"]["data"]["text/html"], "<i>x</i>")

    def test_19_update_display_data(self):
        _, heard = self.run_cell("const shown = display('before'); shown.update('after');")
        first = self.only(heard, "display_data")["content"]
        second = self.only(heard, "update_display_data")["content"]
        self.assertTrue(first["transient"]["display_id"])
        self.assertEqual(first["transient"], second["transient"])
        self.assertIn("after", second["data"]["text/plain"])

    def test_20_execute_result(self):
        reply, heard = self.run_cell("6 * 7")
        content = self.only(heard, "execute_result")["content"]
        self.assertEqual(content["data"]["text/plain"], "42")
        self.assertEqual(content["execution_count"], reply["content"]["execution_count"])

    def test_21_rich_execute_result(self):
        _, heard = self.run_cell("({[Symbol.for('Jupyter.display')]: () => ({'text/plain': 'x', 'text/html': '<b>x</b>'})})")
        data = self.only(heard, "execute_result")["content"]["data"]
        self.assertEqual(data, {"text/plain": "x", "text/html": "<b>x</b>"})

    # Tier 4: the rest of the protocol

    def test_22_stdin(self):
        msg_id = self.client.execute("`got ${prompt('Name:')}`", allow_stdin=True)
        asked = self.reply(msg_id, "stdin")
        self.assertEqual(asked["msg_type"], "input_request")
        self.assertEqual(asked["content"], {"prompt": "Name: ", "password": False})
        self.client.input("Ada")
        result = self.only(self.broadcast(msg_id), "execute_result")
        self.assertEqual(result["content"]["data"]["text/plain"], "'got Ada'")
        self.reply(msg_id)

    def test_23_comm_lifecycle(self):
        # A kernel that does not know the target closes the comm, and lists none.
        msg_id = self.send("comm_open", {"comm_id": "c1", "target_name": "unknown to all", "data": {}})
        closed = self.only(self.broadcast(msg_id), "comm_close")
        self.assertEqual(closed["content"]["comm_id"], "c1")
        self.broadcast(self.send("comm_msg", {"comm_id": "c1", "data": {}}))
        self.assertNotIn("c1", self.reply(self.client.comm_info())["content"]["comms"])

    def test_24_interrupt(self):
        self.run_cell("let kept = 7")
        msg_id = self.client.execute("console.log('on'); while (true) {}")
        self.broadcast(msg_id, until="stream")
        self.manager.interrupt_kernel()
        self.assertEqual(self.reply(msg_id)["content"]["status"], "error")
        self.broadcast(msg_id)
        _, heard = self.run_cell("kept")
        self.assertEqual(self.only(heard, "execute_result")["content"]["data"]["text/plain"], "7")

    def test_25_count_increments(self):
        counts = [self.run_cell("0")[0]["content"]["execution_count"] for _ in range(3)]
        self.assertEqual(counts, [counts[0], counts[0] + 1, counts[0] + 2])

    def test_26_parent_header(self):
        msg_id = self.client.execute("console.log(1); 2")
        self.assertEqual(self.reply(msg_id)["parent_header"]["msg_id"], msg_id)
        for message in self.broadcast(msg_id):
            self.assertEqual(message["parent_header"]["msg_type"], "execute_request")

    def test_27_shutdown_reply(self):
        msg_id = self.send("shutdown_request", {"restart": False}, channel="control")
        reply = self.reply(msg_id, "control")
        self.assertEqual(reply["msg_type"], "shutdown_reply")
        self.assertEqual(reply["content"], {"status": "ok", "restart": False})
        deadline = time.monotonic() + TIMEOUT
        while self.manager.is_alive() and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertFalse(self.manager.is_alive())


if __name__ == "__main__":
    unittest.main(verbosity=2)
