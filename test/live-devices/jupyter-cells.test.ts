import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeModel } from '../../src/onnx/index.ts';
import { reluModel } from '../devices/relu-model.ts';
import { describeWith } from '../support/describe-with.ts';
import { type JupyterRig, jupyterPython, killServer, startJupyter } from './rig/jupyter.ts';
import { Notebook } from './rig/notebook.ts';
import { type FaultyLink, startProxy } from './rig/proxy.ts';

const token = 'EDGEBOOK_JUPYTER_TOKEN_LAB';
const url = (port: number, kernel?: string): string =>
  `jupyter+http://127.0.0.1:${port}/${kernel ? `?kernel=${kernel}` : ''}`;

/** Interrupts a cell after a while; gives its error, and how long it has taken to end after that, in ms. */
async function interrupted(notebook: Notebook, code: string): Promise<[string | undefined, number]> {
  const controller = new AbortController();
  let begin = 0;
  setTimeout(() => {
    begin = Date.now();
    controller.abort();
  }, 700);
  const { error } = await notebook.run(code, controller.signal);
  return [error, Date.now() - begin];
}

describeWith('cells in a Python kernel of a Jupyter server', [jupyterPython], () => {
  let rig: JupyterRig;
  let link: FaultyLink;
  let notebook: Notebook;
  beforeAll(async () => {
    rig = await startJupyter();
    link = await startProxy(rig.port);
    process.env[token] = rig.token;
    notebook = new Notebook();
  });
  afterAll(async () => {
    await notebook.close();
    link.close();
    rig.close();
    delete process.env[token];
  });
  const good = (code: string) => notebook.good(code);
  const run = (code: string) => notebook.run(code);

  test('%attach says what cells are written in, and keeps no secret', async () => {
    const { stdout } = await good(`%attach lab ${url(link.port)}`);
    expect(stdout).toContain(
      "Cells of %%on lab go to its kernel 'python3', Python 3 (ipykernel): they are in python",
    );
    const kept = readFileSync(join(notebook.folder, '.edgebook/devices.json'), 'utf8');
    expect(kept).toContain(url(link.port));
    expect(kept).not.toContain(rig.token);
    const { error } = await run(`%attach other jupyter+http://127.0.0.1:${rig.port}/?token=abc123`);
    expect(error).toMatch(/came with a token or a password/);
    expect(error).not.toContain('abc123');
  });

  test('variables stay there; stdout, stderr, values and pictures come as messages', async () => {
    const cell = await good(`%%on lab
import sys
count = 41
print("over there")
print("warned", file=sys.stderr)
from IPython.display import display
display({"image/png": "aGk=", "text/plain": "a picture"}, raw=True)
count + 1`);
    expect([cell.stdout, cell.stderr]).toEqual(['over there\n', 'warned\n']);
    expect(cell.shown).toEqual(['a picture', '42']);
    expect((await good('%%on lab\ncount')).shown).toEqual(['41']);
    expect((await good('%%on lab --python\ncount')).shown).toEqual(['41']);
    expect((await good('%%on lab --shell\necho $((6 * 7))')).stdout).toBe('42\n');
    expect((await run('count')).error).toContain('count is not defined');
  });

  test('output comes while the cell runs', async () => {
    const cell = notebook.run('%%on lab\nimport time\nprint("early", flush=True)\ntime.sleep(3)');
    await expect.poll(() => notebook.soFar.stdout, { timeout: 2500 }).toContain('early');
    await cell;
  });

  test("an error shows the cell's lines with its number here, and the device", async () => {
    const { error } = await run('%%on lab\n\ndef f(x):\n  raise ValueError("bad %d" % x)\nf(7)');
    expect(error).toMatch(/^ValueError: bad 7 \[on lab\]/);
    expect(error).toMatch(/line 5\n[\s\S]*----> 5 f\(7\)/);
  });

  test('an interrupt stops the cell there, and variables stay', async () => {
    await good('%%on lab\nkept = "kept"');
    const [error, ms] = await interrupted(notebook, '%%on lab\nwhile True: pass');
    expect(error).toContain('Interrupted');
    expect(ms).toBeLessThan(6000);
    expect((await good('%%on lab\nkept')).shown).toEqual(["'kept'"]);
  });

  test('values go there and come back: numbers, text, arrays, tensors', async () => {
    await good(`import { Tensor } from 'edgebook'
const floats = new Float32Array([1, -2, NaN]), tensor = Tensor.of('int8', [1, 2, 3, 4], [2, 2])
const both = { tensor, list: [floats, 'text', true, null, 12345678901234567890n, Infinity] }
%push floats,both --to lab`);
    const there = await good(`%%on lab
print(floats.dtype, floats.shape, both["tensor"].tolist(), both["list"][1:])
doubled = floats * 2
big = {"m": both["tensor"].astype("float64"), "n": 2 ** 70, "b": b"xy", "z": float("-inf")}`);
    expect(there.stdout).toBe(
      "float32 (3,) [[1, 2], [3, 4]] ['text', True, None, 12345678901234567890, inf]\n",
    );
    await good('%pull doubled --from lab\n%pull big --from lab');
    const here = await good(
      'console.log(doubled.constructor.name, [...doubled], big.m.dtype, big.m.shape, big.n === 2n ** 70n, [...big.b], big.z)',
    );
    expect(here.stdout).toBe('Float32Array [ 2, -4, NaN ] float64 [ 2, 2 ] true [ 120, 121 ] -Infinity\n');
    const large = await good(
      'const large = new Float64Array(2_500_000).map((_, i) => i)\n%push large --to lab',
    );
    expect(large.stdout).toMatch(/large is on lab: 20.0 MB/);
    await good('%%on lab\nlarge_back = large[::-1]');
    await good('%pull large_back --from lab');
    expect((await good('[large_back.length, large_back[0]]')).shown).toEqual(['[ 2500000, 2499999 ]']);
  });

  test('what is not there, or cannot be sent, is said', async () => {
    expect((await run('%pull nothing --from lab')).error).toMatch(/NameError: .*'nothing'.* \[on lab\]/);
    expect((await run('%pull print --from lab')).error).toMatch(
      /TypeError: A builtin_function_or_method cannot be sent/,
    );
    expect((await run('const f = () => 1\n%push f --to lab')).error).toMatch(
      /UsageError: 'f' cannot be sent to Python/,
    );
  });

  test('the kernel killed in a cell: said at once, with what it costs, and the next cell runs', async () => {
    await good('%%on lab\nlost = 1');
    const begin = Date.now();
    const { error } = await run('%%on lab\nimport os, signal\nos.kill(os.getpid(), signal.SIGKILL)');
    expect(error).toMatch(/DeviceError: lab: Its kernel has died .*All its variables are lost/);
    expect(Date.now() - begin).toBeLessThan(10_000);
    expect((await good('%%on lab\n"lost" in globals()')).shown).toEqual(['False']);
  });

  test('the kernel killed between cells: the next cell says so', async () => {
    const pid = (await good('%%on lab\nimport os\nos.getpid()')).shown[0];
    process.kill(Number(pid), 'SIGKILL');
    await sleep(5000);
    const cell = await good('%%on lab\n"os" in globals()');
    expect(cell.stdout).toMatch(/lab: Its kernel has died .*All its variables are lost/);
    expect(cell.shown).toEqual(['False']);
  });

  test.each(['drop', 'reset'] as const)(
    '%s of the link in a cell: an error in time, and variables stay',
    async (fault) => {
      await good('%%on lab\nkept = "kept"');
      const begin = Date.now();
      const running = run('%%on lab\nimport time\ntime.sleep(4)\nprint("end")');
      await sleep(1000);
      link[fault]();
      const cell = await running;
      if (fault === 'drop')
        expect(cell.error).toMatch(/DeviceError: lab: The connection is lost.*variables stay/);
      // It may have recovered: then with all that the cell has shown.
      else if (cell.error === undefined) expect(cell.stdout).toBe('end\n');
      else expect(cell.error).toMatch(/DeviceError: lab: The connection/);
      expect(Date.now() - begin).toBeLessThan(11_000);
      link.mend();
      expect((await good('%%on lab\nkept')).shown).toEqual(["'kept'"]);
    },
  );

  test('the server killed: an error in time; back again, the next cell runs, and says that all is lost', async () => {
    const begin = Date.now();
    const running = run('%%on lab\nimport time\ntime.sleep(60)');
    await sleep(1000);
    await killServer(rig);
    expect((await running).error).toMatch(/DeviceError: lab: /);
    expect(Date.now() - begin).toBeLessThan(11_000);
    await rig.restart();
    const cell = await good('%%on lab\n"time" in globals()');
    expect(cell.stdout).toMatch(/lab: Its kernel .*All its variables are lost/);
    expect(cell.shown).toEqual(['False']);
  });

  test('%detach ends its kernels', async () => {
    await good('%detach lab');
    await expect
      .poll(() => execFileSync('ps', ['-eo', 'ppid='], { encoding: 'utf8' }).split('\n').map(Number), {
        timeout: 8000,
      })
      .not.toContain(rig.server.pid);
  });
});

describeWith('cells in an Edgebook kernel of a Jupyter server', [jupyterPython], () => {
  let rig: JupyterRig;
  let notebook: Notebook;
  beforeAll(async () => {
    rig = await startJupyter({ kernels: ['edgebook'] });
    process.env[token] = rig.token;
    notebook = new Notebook();
    await notebook.good(`%attach lab ${url(rig.port, 'edgebook')}`);
  });
  afterAll(async () => {
    await notebook.close();
    rig.close();
    delete process.env[token];
  });
  const good = (code: string) => notebook.good(code);

  test('TypeScript runs there, with errors in its lines', async () => {
    expect((await good('%%on lab\nlet count: number = 41\ncount + 1')).shown).toEqual(['42']);
    const { error } = await notebook.run('%%on lab\n\nthrow new RangeError("bad")');
    expect(error).toMatch(/^RangeError: bad \[on lab\]/);
    expect(error).toMatch(/Cell In\[\d+\], line 3\n[\s\S]*----> 3 throw new RangeError/);
  });

  test('an interrupt stops the cell there, and variables stay', async () => {
    const [error, ms] = await interrupted(notebook, '%%on lab\nfor (;;);');
    expect(error).toContain('Interrupted');
    expect(ms).toBeLessThan(9000);
    expect((await good('%%on lab\ncount')).shown).toEqual(['41']);
  });

  test('tensors and models go there and come back, and run by edge.run', async () => {
    writeFileSync(join(notebook.folder, 'relu.onnx'), writeModel(reluModel()));
    await good(`import { loadModel } from 'edgebook'
const relu = await loadModel('relu.onnx'), floats = new Float32Array([-1, 0, 2])
%push relu,floats --to lab`);
    const cell = await good('%%on lab\nconst out = await edge.run(relu, floats)\nArray.from(out.data)');
    expect(cell.shown).toEqual(['[ 0, 0, 2 ]']);
    await good('%pull out --from lab');
    expect((await good('[out.dtype, ...out.data]')).shown).toEqual(["[ 'float32', 0, 0, 2 ]"]);
    await good('%%on lab\nlet back = relu');
    await good('%pull back --from lab');
    expect((await good('back.graph.nodes.length')).shown).toEqual(['1']);
  });
});

describeWith('an agent on a machine behind its Jupyter server', [jupyterPython], () => {
  let rig: JupyterRig;
  let notebook: Notebook;
  beforeAll(async () => {
    rig = await startJupyter();
    process.env[token] = rig.token;
    notebook = new Notebook();
  });
  afterAll(async () => {
    await notebook.close();
    rig.close();
    delete process.env[token];
  });

  test('from nothing: what it needs is sent and checked, cells run, values travel, --clean leaves nothing', async () => {
    const { good } = { good: (code: string) => notebook.good(code) };
    const attached = await good(`%attach lab ${url(rig.port, 'edgebook')}`);
    expect(attached.stdout).toContain('Its server has no Edgebook kernel: %%on lab brings an agent there');
    const first = await good('%%on lab\nlet x: number = 20\nx + 1');
    expect(first.stdout).toMatch(/lab: onnxruntime 1.27.0 sent, \d+ MB, sha256 checked/);
    expect(first.shown.at(-1)).toBe('21');
    await good('const floats = new Float32Array([1, 2])\n%push floats --to lab');
    await good('%%on lab\nlet doubled = floats.map((v) => 2 * v + x)');
    await good('%pull doubled --from lab');
    expect((await good('[...doubled]')).shown).toEqual(['[ 22, 24 ]']);
    expect((await good('%%on lab --python\nprint(1 + 1)')).stdout).toBe('2\n');
    await good('%detach lab --clean');
    expect(execFileSync('ls', ['-A', rig.home], { encoding: 'utf8' })).not.toContain('.edgebook');
  });
});
