import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { installKernelSpec } from '../../kernel/jupyter/install.ts';
import { notebookFolder } from '../kernel/notebook-folder.ts';

// Clients that are not ours. EDGEBOOK_PYTHON names a Python with nbclient and jupyter_kernel_test; default: python3.
const python = process.env.EDGEBOOK_PYTHON ?? 'python3';
const here = fileURLToPath(new URL('.', import.meta.url));

function missing(module: string): string | undefined {
  const { status } = spawnSync(python, ['-c', `import ${module}`]);
  return status === 0 ? undefined : ` (skipped: ${python} has no ${module}; set EDGEBOOK_PYTHON)`;
}

/** Runs a script of this folder with the kernel installed for it alone. */
function run(script: string, ...args: string[]) {
  const prefix = notebookFolder();
  installKernelSpec({ kind: 'prefix', folder: prefix });
  const out = join(prefix, 'out.txt');
  mkdirSync(join(prefix, 'runtime'));
  const env = {
    ...process.env,
    JUPYTER_PATH: join(prefix, 'share', 'jupyter'),
    JUPYTER_RUNTIME_DIR: join(prefix, 'runtime'),
  };
  // To a file: a kernel that outlived its client would keep a pipe open.
  const code = `import sys, runpy; sys.stdout = sys.stderr = open(${JSON.stringify(out)}, 'w'); sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')`;
  const { status } = spawnSync(python, ['-c', code, join(here, script), ...args], { env, stdio: 'ignore' });
  return { status, text: readFileSync(out, 'utf8') };
}

const code = (source: string) => ({
  cell_type: 'code',
  metadata: {},
  execution_count: null,
  outputs: [],
  source,
});

const noClient = missing('nbclient');
describe.skipIf(noClient)(`nbclient${noClient ?? ''}`, () => {
  test('executes a notebook; the result is valid and has the outputs', () => {
    const folder = notebookFolder();
    const path = join(folder, 'book.ipynb');
    const cells = [
      code("import data from './data.json'; console.log('printed'); data.answer"),
      code("const h = display('a'); h.update('b'); %lsmagic".replace('; %', ';\n%')),
      code("for (let i = 0; i < 2000; i++) console.log('line', i)"),
    ];
    writeFileSync(path, JSON.stringify({ nbformat: 4, nbformat_minor: 4, metadata: {}, cells }));
    const { status, text } = run('run_notebook.py', path, folder);
    expect(status, text).toBe(0);
    const [first, second, third] = JSON.parse(text).cells;
    expect(first.outputs).toMatchObject([
      { output_type: 'stream', name: 'stdout' },
      { output_type: 'execute_result', execution_count: 1, data: { 'text/plain': ['42'] } },
    ]);
    expect(second.outputs[0].data['text/plain']).toEqual(["'b'"]);
    expect(third.outputs.flatMap((output: { text: string[] }) => output.text)).toHaveLength(2000);
  }, 60_000);
});

const noSuite = missing('jupyter_kernel_test');
describe.skipIf(noSuite)(`jupyter_kernel_test${noSuite ?? ''}`, () => {
  test('passes what the kernel has', () => {
    const { status, text } = run('conformance.py');
    expect(text).toMatch(/Ran 1[0-9] tests/);
    expect(status, text).toBe(0);
  }, 120_000);
});
