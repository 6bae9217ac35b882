import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { installKernelSpec } from '../../kernel/jupyter/install.ts';
import { notebookFolder } from '../kernel/notebook-folder.ts';

// Clients that are not ours. EDGEBOOK_PYTHON names a Python with nbclient and jupyter_kernel_test (default: python3),
// EDGEBOOK_DEBIAN_PYTHON one with Debian's releases of them, which are older (default: /usr/bin/python3).
const newest = process.env.EDGEBOOK_PYTHON ?? 'python3';
const debian = process.env.EDGEBOOK_DEBIAN_PYTHON ?? '/usr/bin/python3';
const here = fileURLToPath(new URL('.', import.meta.url));

function missing(python: string, module: string, variable = 'EDGEBOOK_PYTHON'): string | undefined {
  const { status } = spawnSync(python, ['-c', `import ${module}`]);
  return status === 0 ? undefined : ` (skipped: ${python} has no ${module}; set ${variable})`;
}

/** Runs a script of this folder with the kernel installed for it alone. */
async function run(python: string, script: string, ...args: string[]) {
  const prefix = notebookFolder();
  await installKernelSpec({ kind: 'prefix', folder: prefix });
  const out = join(prefix, 'out.txt');
  mkdirSync(join(prefix, 'runtime'));
  const env = {
    ...process.env,
    JUPYTER_PATH: join(prefix, 'share', 'jupyter'),
    JUPYTER_RUNTIME_DIR: join(prefix, 'runtime'),
  };
  // To a file: a kernel that outlived its client would keep a pipe open.
  const code = `import sys, runpy; sys.stdout = sys.stderr = open(${JSON.stringify(out)}, 'w'); sys.argv = sys.argv[1:]; sys.path.insert(0, ${JSON.stringify(here)}); runpy.run_path(sys.argv[0], run_name='__main__')`;
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

const noClient = missing(newest, 'nbclient');
describe.skipIf(noClient)(`nbclient${noClient ?? ''}`, () => {
  test('executes a notebook; the result is valid and has the outputs', async () => {
    const folder = notebookFolder();
    const path = join(folder, 'book.ipynb');
    const cells = [
      code("import data from './data.json'; console.log('printed'); data.answer"),
      code("const h = display('a'); h.update('b'); %lsmagic".replace('; %', ';\n%')),
      code("for (let i = 0; i < 2000; i++) console.log('line', i)"),
    ];
    writeFileSync(path, JSON.stringify({ nbformat: 4, nbformat_minor: 4, metadata: {}, cells }));
    const { status, text } = await run(newest, 'run_notebook.py', path, folder);
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

describe.each([
  ['newest', newest, 'EDGEBOOK_PYTHON', 13],
  ['of Debian', debian, 'EDGEBOOK_DEBIAN_PYTHON', 12],
] as const)('%s', (_which, python, variable, suiteSize) => {
  const noSuite = missing(python, 'jupyter_kernel_test', variable);
  test.skipIf(noSuite)(
    `jupyter_kernel_test passes whole${noSuite ?? ''}`,
    async () => {
      const { status, text } = await run(python, 'conformance.py');
      expect(status, text).toBe(0);
      expect(text).toContain(`Ran ${suiteSize} tests`);
      expect(text).not.toMatch(/skipped/i);
    },
    120_000,
  );

  const noClient = missing(python, 'jupyter_client', variable);
  test.skipIf(noClient)(
    `the checks of kernel-testbed pass${noClient ?? ''}`,
    async () => {
      const { status, text } = await run(python, 'testbed.py');
      expect(status, text).toBe(0);
      expect(text).toContain('Ran 27 tests');
    },
    120_000,
  );

  test.skipIf(noClient)(
    `subshells work with jupyter_client${noClient ?? ''}`,
    async () => {
      const { status, text } = await run(python, 'subshells.py');
      expect(status, text).toBe(0);
      expect(text).toContain('Ran 5 tests');
    },
    60_000,
  );
});
