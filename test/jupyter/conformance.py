"""jupyter_kernel_test with every test switched on; run with the kernelspec on JUPYTER_PATH."""

import unittest

import jupyter_kernel_test
from warm_up import warm_up


class EdgebookTests(jupyter_kernel_test.KernelTests):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        warm_up(cls.kc)

    kernel_name = "edgebook"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('oops')"
    code_generate_error = "throw new Error('expected')"
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "const word: string = 'a'; word", "result": "'a'"},
        {"code": "({[Symbol.for('Jupyter.display')]: () => ({'text/html': '<b>x</b>'})})", "result": "<b>x</b>", "mime": "text/html"},
    ]
    code_display_data = [
        {"code": "display(5)", "mime": "text/plain"},
        {
            "code": "display({[Symbol.for('Jupyter.display')]: () => ({'image/png': Buffer.from('x')})})",
            "mime": "image/png",
        },
    ]
    complete_code_samples = ["1", "const f = () => {\n}", "%train cnn", "for await (const x of y) {}", "enum A {b}"]
    incomplete_code_samples = ["const f = () => {", "foo(", "`text", "/* note", "class A {", "const x ="]
    invalid_code_samples = ["const = 5", "foo)", "const x = 'abc\n"]
    code_clear_output = "display.clear()"
    code_page_something = "display.page('All about it')"
    code_history_pattern = "6 * ?"
    supported_history_operations = ("tail", "range", "search")
    completion_samples = [{"text": "JSON.strin", "matches": ["stringify"]}]
    code_inspect_sample = "JSON.stringify"


# Releases before 0.6 do not know the welcome.
if hasattr(jupyter_kernel_test, "IopubWelcomeTests"):

    class WelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
        kernel_name = "edgebook"
        support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main(verbosity=2)
