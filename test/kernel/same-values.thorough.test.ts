import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type CodeCell, joinLines, readNotebook } from '../../kernel/notebook.ts';
import { runNotebook } from '../../kernel/run-notebook.ts';
import { KernelClient, outputs } from './jupyter/client.ts';
import { notebookFolder } from './notebook-folder.ts';

const cli = fileURLToPath(new URL('../../kernel/cli.ts', import.meta.url));

/** One script of several cells: types, redeclaration, imports, top-level await, magics, commands, models. */
const cells = [
  "import { double } from './helper.ts'\nconst n: number = 20",
  'const n = double(21)\nn',
  "await Promise.resolve(new Map([['a', [1, 2]]]))",
  'const chosen = %targets c\nchosen.rows.length',
  'const files = !ls data.json\nfiles',
  "import { sequential, dense, flatten, modelCost } from 'edgebook'\nconst net = sequential([2, 2], [flatten(), dense(3)])\nmodelCost(net).macs",
  'new Float32Array([1, 2.5])',
];

const plain = (value: unknown): string => joinLines(value as string[]).trimEnd();

async function byRun(cwd: string): Promise<(string | undefined)[]> {
  const path = join(cwd, 'script.ipynb');
  const code = cells.map((source) => ({
    ...{ cell_type: 'code', source, metadata: {}, execution_count: null, outputs: [] },
  }));
  writeFileSync(path, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: code }));
  const terminal = new Writable({ write: (_chunk, _encoding, done) => done() });
  await runNotebook(path, { terminal });
  return ((await readNotebook(path)).cells as CodeCell[]).map((cell) => {
    const result = cell.outputs.find((output) => output.output_type === 'execute_result');
    return result && plain(result.data['text/plain']);
  });
}

async function byJupyter(cwd: string): Promise<(string | undefined)[]> {
  const client = await KernelClient.start([
    ...['sh', '-c', 'cd "$1" && exec "$2" "$3" kernel "$4"', 'sh', cwd],
    ...[process.execPath, cli, '{connection_file}'],
  ]);
  await client.ready();
  const values: (string | undefined)[] = [];
  for (const code of cells) {
    const exchange = await client.request('execute_request', { code });
    const result = outputs(exchange).find(({ type }) => type === 'execute_result');
    const data = result?.content.data as Record<string, unknown> | undefined;
    values.push(data && plain([data['text/plain']]));
  }
  await client.stop();
  return values;
}

function byPipe(cwd: string): string {
  const input = cells.join('\n// %%\n');
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'repl'], {
    cwd,
    input,
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  return stdout.trimEnd();
}

test('a script gives the same values in a terminal, by `edgebook run` and in Jupyter', {
  timeout: 60_000,
}, async () => {
  const cwd = notebookFolder();
  const run = await byRun(cwd);
  expect(run.filter((value) => value !== undefined).length).toBeGreaterThan(3);
  expect(await byJupyter(cwd)).toEqual(run);
  expect(byPipe(cwd)).toBe(run.filter((value) => value !== undefined).join('\n'));
});
