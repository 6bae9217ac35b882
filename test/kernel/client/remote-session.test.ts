import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { RemoteSession } from '../../../kernel/client/remote-session.ts';
import { History } from '../../../kernel/history.ts';
import type { Output } from '../../../kernel/output.ts';
import { KernelClient } from '../jupyter/client.ts';
import { notebookFolder } from '../notebook-folder.ts';

const cli = fileURLToPath(new URL('../../../kernel/cli.ts', import.meta.url));
let kernel: KernelClient;
let session: RemoteSession;
let lost: Promise<unknown>;

beforeAll(async () => {
  kernel = await KernelClient.start([process.execPath, cli, 'kernel', '{connection_file}']);
  await kernel.ready();
  const file = join(notebookFolder(), 'connection.json');
  writeFileSync(file, JSON.stringify(kernel.info));
  session = await RemoteSession.join(file, new History(':memory:'));
  // Takes its time, beside the other tests.
  const old = join(notebookFolder(), 'old.json');
  writeFileSync(old, JSON.stringify({ ...kernel.info, shell_port: 1, iopub_port: 2, control_port: 3 }));
  lost = RemoteSession.join(old, new History(':memory:')).catch((error: unknown) => error);
});
afterAll(async () => {
  await session.close();
  await kernel.stop();
});

async function run(code: string, onInput?: () => Promise<string>) {
  const outputs: Output[] = [];
  const counts: number[] = [];
  const result = await session.execute(code, {
    onOutput: (output) => outputs.push(output),
    onBegin: (count) => counts.push(count),
    ...(onInput && { onInput }),
  });
  return { outputs, counts, result };
}

test('cells run there, in order, and share the variables of other front ends', async () => {
  await kernel.request('execute_request', { code: 'const shared = 20' });
  const { outputs, counts, result } = await run('console.log("here"); shared * 2 + 2');
  expect(outputs).toMatchObject([
    { type: 'stream', text: 'here\n' },
    { type: 'result', data: { 'text/plain': '42' } },
  ]);
  expect([counts, session.executionCount, result.error]).toEqual([[2], 2, undefined]);
});

test('errors, displays that change and questions come as in a session of its own', async () => {
  const failed = await run('throw new TypeError("no")');
  expect(failed.result.error).toMatchObject({ ename: 'TypeError', evalue: 'no' });
  const shown = await run('const h = display("a"); h.update("b")');
  const [first, second] = shown.outputs as Extract<Output, { type: 'update' }>[];
  expect([first!.type, second!.type, second!.displayId]).toEqual(['display', 'update', first!.displayId]);
  const asked = await run('prompt("Name: ")', async () => 'Ann');
  expect(asked.outputs).toMatchObject([{ type: 'result', data: { 'text/plain': "'Ann'" } }]);
});

test('completes with kinds, explains, and tells what is incomplete', { timeout: 90_000 }, async () => {
  // The kernel's compiler may still load.
  await vi.waitFor(async () => {
    const { start, end, matches } = await session.complete('"👍".toUpp', 10);
    expect([start, end, matches[0]]).toMatchObject([5, 10, { text: 'toUpperCase', type: 'method' }]);
  }, 60_000);
  expect((await session.inspect('Math.floor', 8))?.text).toContain('Math.floor(x: number): number');
  expect(await session.completeness('f(')).toMatchObject({ status: 'incomplete' });
  expect(await session.completeness('f()')).toMatchObject({ status: 'complete' });
});

test('an interrupt stops an endless loop and keeps the variables', async () => {
  // One that comes before the cell has begun interrupts nothing.
  const again = setInterval(() => session.interrupt(), 300);
  const { result } = await run('while (true) {}').finally(() => clearInterval(again));
  expect(result.error?.evalue).toMatch(/interrupted/i);
  expect((await run('shared')).outputs).toMatchObject([{ data: { 'text/plain': '20' } }]);
});

test('names the kernel that does not answer', { timeout: 20_000 }, async () => {
  expect((await lost) as Error).toMatchObject({
    message: expect.stringContaining(
      'No kernel answers at tcp://127.0.0.1:1 within 5 s: it has ended, or the connection file is an old one',
    ),
  });
});
