import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readNotebook } from '../../../kernel/notebook.ts';
import { NotebookRecorder } from '../../../kernel/repl/notebook-recorder.ts';
import { terminalCommand } from '../../../kernel/repl/terminal-commands.ts';

test('the session becomes a notebook, without the colours of the terminal; more cells go behind its own', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'edgebook-test-'));
  const recorder = new NotebookRecorder();
  recorder.begin('const a = 1\na', 1);
  recorder.add({ type: 'result', data: { 'text/plain': '\u001b[33m1\u001b[39m' }, metadata: {} });
  const options = { recorder, cwd, leave: () => {} };
  expect(await terminalCommand('%save "my work.ipynb"', options)).toBe(
    `Saved ${join(cwd, 'my work.ipynb')}: 1 cell`,
  );
  const notebook = await readNotebook(join(cwd, 'my work.ipynb'));
  expect(notebook.cells).toEqual([
    {
      ...{ cell_type: 'code', source: ['const a = 1\n', 'a'], metadata: {}, execution_count: 1 },
      outputs: [
        {
          ...{ output_type: 'execute_result', metadata: {}, execution_count: 1 },
          data: { 'text/plain': ['1'] },
        },
      ],
    },
  ]);
  const next = new NotebookRecorder(notebook);
  next.begin('2', 1);
  expect(await next.save(join(cwd, 'my work.ipynb'))).toMatch(/^Replaced .*: 2 cells$/);
});

test('only lines that are for the terminal are taken', () => {
  let left = 0;
  const options = { recorder: new NotebookRecorder(), cwd: '/', leave: () => void left++ };
  expect(terminalCommand('%save small digits.onnx', options)).toBeUndefined();
  expect(terminalCommand('exit1', options)).toBeUndefined();
  void terminalCommand('exit', options);
  expect(left).toBe(1);
});
