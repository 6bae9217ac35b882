import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { notebookFolder } from '../notebook-folder.ts';

const cli = fileURLToPath(new URL('../../../kernel/cli.ts', import.meta.url));
const cwd = notebookFolder();

function pipe(script: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'repl'], {
    ...{ cwd, input: script, encoding: 'utf8' },
    env: { ...process.env, FORCE_COLOR: '1' },
  });
  return { status, stdout, stderr };
}

test('a script runs as one cell, its last value is printed', () => {
  expect(
    pipe("import { double } from './helper.ts'\nconst a: number = 20\nconsole.log('now')\ndouble(a) + 2\n"),
  ).toEqual({
    ...{ status: 0, stdout: 'now\n42\n', stderr: '' },
  });
});

test('cells between lines of percent signs run one after another, until one fails', () => {
  const { status, stdout, stderr } = pipe('1\n// %%\n2\n  // %% a title\nthrow new Error("no")\n// %%\n4');
  expect([status, stdout]).toEqual([1, '1\n2\n']);
  expect(stderr).toContain('Error: no');
  expect(stderr).not.toContain('\u001b');
});

test('magics run, and tables are plain text', () => {
  const { status, stdout } = pipe('%lsmagic');
  expect([status, stdout.includes('%train'), stdout.includes('\u001b')]).toEqual([0, true, false]);
});
