import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeWith } from '../support/describe-with.ts';
import { python } from '../support/requirement.ts';
import { installedKernel } from './installed-kernel.ts';

const jupyter = python('EDGEBOOK_PYTHON', ['jupyter_client', 'jupyter_console']);

/** What a Jupyter application, started with `input` typed into it, prints until it ends by itself. */
async function run(args: readonly string[], input = ''): Promise<{ code: number | null; text: string }> {
  const { folder, env } = await installedKernel();
  writeFileSync(join(folder, 'cell.ts'), cell);
  const path = join(folder, 'out.txt');
  // To a file: a kernel that outlived its client would keep a pipe open.
  const file = openSync(path, 'w');
  const child = spawn(jupyter.path, ['-m', ...args], { cwd: folder, env, stdio: ['pipe', file, file] });
  child.stdin!.end(input);
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, text: readFileSync(path, 'utf8') };
}

const cell = `const pids: number[] = [process.pid, process.ppid];
console.log('pids', pids.join(' '));
console.error('on stderr');
6 * 7`;

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** The kernel and its child, as the cell printed them, must end. */
async function expectNoOrphan(text: string): Promise<void> {
  const pids = /pids (\d+) (\d+)/.exec(text)!.slice(1).map(Number);
  await expect.poll(() => pids.filter(isAlive), { timeout: 10_000 }).toEqual([]);
}

describeWith('Jupyter on the command line', [jupyter], () => {
  test('`jupyter run` runs a file, ends, and leaves no process', async () => {
    const { code, text } = await run(['jupyter_client.runapp', '--kernel=edgebook', 'cell.ts']);
    expect(text).toContain('on stderr');
    expect(text).toMatch(/^42(?!\d)/m);
    expect(code, text).toBe(0);
    await expectNoOrphan(text);
  });

  test('`jupyter console --simple-prompt` shows values, streams and errors, and leaves no process', async () => {
    const lines = [
      cell.split('\n').slice(0, 2).join(' '),
      'const half = 21',
      'half * 2',
      "throw new RangeError('far')",
    ];
    const { code, text } = await run(
      ['jupyter_console', '--simple-prompt', '--kernel=edgebook'],
      [...lines, 'exit', 'y', ''].join('\n'),
    );
    expect(text).toMatch(/Out\[3\]: 42/);
    expect(text).toMatch(/RangeError.*: far/);
    expect(code, text).toBe(0);
    await expectNoOrphan(text);
  });
});
