import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeModel } from '../../src/onnx/index.ts';
import { reluModel } from '../devices/relu-model.ts';
import type { Notebook } from './rig/notebook.ts';

/** A notebook that has a device attached as `edge`. */
export interface CellBench {
  readonly notebook: Notebook;
  /** What the device's agent must say that its processor is. */
  readonly processor: string;
  /** Ends all agents on the device by SIGKILL. */
  killAgents(): Promise<void>;
}

/** What cells on a device called `edge` must do, whatever the way to it. */
export function cells(bench: () => CellBench): void {
  const notebook = () => bench().notebook;
  const { run, good } = {
    run: (code: string, signal?: AbortSignal) => notebook().run(code, signal),
    good: (code: string) => notebook().good(code),
  };

  test('a cell runs there, its variables stay there, and none come here', async () => {
    const first = await good(
      '%%on edge\nlet count: number = 41\nenum Kind { A = 5 }\nconsole.log("over there")\ncount + 1',
    );
    expect([first.stdout, first.shown.at(-1)]).toEqual(['over there\n', '42']);
    expect((await good('%%on edge\ncount + Kind.A')).shown).toEqual(['46']);
    expect((await run('count')).error).toContain('count is not defined');
  });

  test('stdout, stderr and displays come in order, and a display is updated in place', async () => {
    const code = `%%on edge
console.log('one')
console.error('two')
const shown = display.html('<b>x</b>')
await new Promise((resolve) => setTimeout(resolve, 100))
display({ a: 1 })`;
    const cell = await good(code);
    expect([cell.stdout, cell.stderr, cell.shown.length]).toEqual(['one\n', 'two\n', 2]);
  });

  test("an error shows the cell's lines with its number here, and the device", async () => {
    const { error } = await run(
      '%%on edge\n\nfunction f(x: number) {\n  throw new RangeError("bad " + x)\n}\nf(7)',
    );
    expect(error).toMatch(/^RangeError: bad 7 \[on edge\]/);
    expect(error).toMatch(/Cell In\[\d+\], line 4, in f\n[\s\S]*----> 4 {3}throw new RangeError/);
    expect(error).toMatch(/Cell In\[\d+\], line 6\n[\s\S]*----> 6 f\(7\)/);
  });

  test('a mistake in the TypeScript is said with its line', async () => {
    expect((await run('%%on edge\nlet a = 1\nlet b = = 2')).error).toMatch(
      /SyntaxError.*\[on edge\][\s\S]*line 3/,
    );
  });

  test.each(['for (;;);', 'await new Promise(() => {})', 'await 0; while (true) {}'])(
    'an interrupt stops %s, and variables stay',
    async (code) => {
      await good('%%on edge\nlet kept = "kept"');
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 700);
      const begin = Date.now();
      const { error } = await run(`%%on edge\n${code}`, controller.signal);
      expect(error).toContain('Interrupted');
      expect(Date.now() - begin).toBeLessThan(6000);
      expect((await good('%%on edge\nkept')).shown).toEqual(["'kept'"]);
    },
  );

  test('%quantize, %prune and %optimize measure there', async () => {
    await good('%data mnist\nconst digits = mnist.take(600)');
    await good('%train mlp --data digits --epochs 1');
    const { shown } = await good(
      '%quantize mlp --calib digits --samples 64 --max-drop 20% --on edge --as limited\nlimited.report',
    );
    expect(shown.join('\n')).toMatch(/for the time that it saves on edge\n[\s\S]*Gemm +\d/);
    await good('%prune mlp --data digits --macs 0.6 --epochs 0 --test 0 --on edge --as thinner');
    expect((await good('thinner.report')).shown.join()).toContain('on edge, one thread');
    await good("%optimize mlp --data digits --budget 'latency<1s@edge, size<1MB' --as small");
    expect((await run('%quantize mlp --on edge')).error).toContain('--max-drop');
    expect((await run('%quantize mlp --max-drop 5% --on nowhere')).error).toMatch(/device 'nowhere'.*edge/);
  });

  test('values go there and come back: typed arrays, tensors, objects', async () => {
    await good(`import { Tensor } from 'edgebook'
const floats = new Float32Array([1, -2, NaN]), tensor = Tensor.of('int8', [1, 2, 3, 4], [2, 2])
const both = { tensor, list: [floats, 'text'] }
%push floats,both --to edge`);
    const there = await good(
      '%%on edge\nlet doubled = floats.map((x) => 2 * x)\nboth.tensor instanceof edge.Tensor',
    );
    expect(there.shown).toEqual(['true']);
    await good('%pull doubled --from edge\n%pull both --from edge');
    const here = await good(
      'console.log(doubled.constructor.name, [...doubled], both.tensor.shape, both.list[0][1])',
    );
    expect(here.stdout).toBe('Float32Array [ 2, -4, NaN ] [ 2, 2 ] -2\n');
  });

  test('what is not there, or cannot be sent, is said', async () => {
    expect((await run('%pull nothing --from edge')).error).toMatch(
      /ReferenceError: nothing is not defined \[on edge\]/,
    );
    expect((await run('const f = () => 1\n%push f --to edge')).error).toMatch(
      /UsageError: 'f' cannot be sent/,
    );
    expect((await run('%push absent --to edge')).error).toMatch(/UsageError: Unknown model 'absent'/);
  });

  test('a model that is pushed runs there by edge.run, and travels once', async () => {
    writeFileSync(join(notebook().folder, 'relu.onnx'), writeModel(reluModel()));
    await good(`import { loadModel } from 'edgebook'
const relu = await loadModel('relu.onnx')`);
    const sizes: string[] = [];
    for (let i = 0; i < 2; i++)
      sizes.push(/: (\S+ \S+) in/.exec((await good('%push relu --to edge')).stdout)![1]!);
    expect(Number.parseFloat(sizes[1]!)).toBeLessThan(Number.parseFloat(sizes[0]!));
    const cell = await good(
      '%%on edge\nconst out = await edge.run(relu, new Float32Array([-1, 0, 2]))\nArray.from(out.data)',
    );
    expect(cell.shown).toEqual(['[ 0, 0, 2 ]']);
    const wrong = await run('%%on edge\nawait edge.run(relu, new Float32Array(4))');
    expect(wrong.error).toContain("Input 'x' is float32 [1, 3], which 4 numbers do not fill");
  });

  test('a model is measured there, and the ledger knows', async () => {
    writeFileSync(join(notebook().folder, 'relu.onnx'), writeModel(reluModel()));
    await good('%load relu.onnx --as measured');
    const cell = await good('%bench measured --on edge --threads 1 --runs 200');
    expect(cell.shown.at(-1)).toMatch(/Measured on edge, batch 1: .*onnxruntime [\d.]+, .*1 threads/);
    expect((await good('%compare measured')).shown.at(-1)).toMatch(/on edge.*, batch 1/);
    const layers = await good('%profile measured --on edge');
    expect(layers.shown.join()).toMatch(/measured on edge by onnxruntime: \d+ layers?, [\s\S]*by operators/);
    const soak = await good('%bench measured --on edge --threads 1 --soak 2s');
    expect(soak.shown.join('\n')).toMatch(/measured on edge, soak of \d[\d.]* s\. /);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20_000);
    const stopped = await run('%bench measured --on edge --threads 1 --soak 1min', controller.signal);
    expect(stopped.error).toContain('Interrupted');
    expect(stopped.shown.join('\n')).toMatch(/measured on edge, soak of/);
    // An interrupt of the measurement is none of the session.
    expect((await good('%%on edge\n1 + 1')).shown).toEqual(['2']);
  });

  test('devices side by side: lines begin with their names, and one that fails does not stop the other', async () => {
    const cell = await good("%%on edge,local\nlet place = process.env.HOME\nconsole.log('a\\nb')");
    expect(
      cell.stdout
        .trim()
        .split('\n')
        .filter((line) => /\] [ab]$/.test(line))
        .toSorted(),
    ).toEqual(['[edge] a', '[edge] b', '[local] a', '[local] b']);
    const failing = await run('%%on edge,local\nthrow new Error("no")');
    expect(failing.error).toMatch(
      /The cell failed on 2 of 2 devices[\s\S]*no \[on edge\][\s\S]*no \[on local\]/,
    );
  });

  test('--shell and --python take the cell as it is', async () => {
    const shell = await good('%%on edge --shell\necho "$((6 * 7))"; echo err >&2; exit 3');
    expect([shell.stdout, shell.stderr]).toEqual(['42\n', 'err\nexit code 3\n']);
    const python = await good('%%on edge --python\nfor i in range(2):\n  print("n", i)');
    expect(python.stdout).toBe('n 0\nn 1\n');
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 500);
    const begin = Date.now();
    expect((await run('%%on edge --shell\nsleep 300', controller.signal)).error).toContain('Interrupted');
    expect(Date.now() - begin).toBeLessThan(5000);
  });

  test('code that ends its process costs the variables there, and that is said', async () => {
    await good('%%on edge\nlet lost = 1');
    expect((await run('%%on edge\nprocess.exit(3)')).error).toMatch(/RuntimeDied.*exit code 3.*\[on edge\]/);
    expect((await good('%%on edge\ntypeof lost + typeof edge.run')).shown).toEqual(["'undefinedfunction'"]);
  });

  test('the agent killed: a clear error at once, and the next cell begins anew', async () => {
    await good('%%on edge\nlet lost = 1');
    const running = run('%%on edge\nawait new Promise((resolve) => setTimeout(resolve, 60_000))');
    await new Promise((resolve) => setTimeout(resolve, 700));
    const begin = Date.now();
    await bench().killAgents();
    expect((await running).error).toMatch(
      /DeviceError: edge: .*Its variables are lost; the next cell begins anew/,
    );
    expect(Date.now() - begin).toBeLessThan(10_000);
    const next = await good('%%on edge\ntypeof lost');
    expect(next.stdout).toContain('edge: the session there was lost, a new one begins without its variables');
    expect(next.shown).toEqual(["'undefined'"]);
  });

  test('%devices lists it with what it is', async () => {
    expect((await good('%devices')).shown.join()).toContain(
      `edge                    ${bench().processor.slice(0, 12)}`,
    );
  });
}
