import { afterAll, expect, test, vi } from 'vitest';
import { TestSession } from '../cells.ts';

// A heap that is soon full, for the children of this file alone.
vi.stubEnv('NODE_OPTIONS', '--max-old-space-size=64');
const session = new TestSession();
afterAll(() => {
  vi.unstubAllEnvs();
  return session.session.close();
});

const fresh = 'this cell runs in a fresh one';

test.each([
  ['process.exit', 'process.exit(3)', /exit code 3/],
  ['process.exit after an await', 'await 0; process.exit(0)', /exit code 0/],
  ['process.kill', "process.kill(process.pid, 'SIGTERM'); for (;;) {}", /SIGTERM/],
  ['process.abort', 'process.abort()', /SIGABRT/],
  ['SIGSEGV', "process.kill(process.pid, 'SIGSEGV'); for (;;) {}", /SIGSEGV/],
  ['heap exhaustion', 'const all = []; for (;;) all.push({ a: [all.length] })', /SIGABRT|SIGTRAP|exit code/],
  [
    'endless growth after awaits',
    'const more = []; for (;;) { await 0; more.push(new Array(1000).fill(more.length)) }',
    /SIGABRT|SIGTRAP|exit code/,
  ],
])(
  '%s costs the cell; the next one runs in a fresh process and says so once',
  async (_what, code, cause) => {
    await session.run('let kept = 1');
    const { error, outputs } = await session.run(`console.log('last words');\n${code}`);
    expect(error).toMatchObject({ ename: 'RuntimeDied', evalue: expect.stringMatching(cause) });
    // What the process itself says as it dies goes another way, and may come first.
    const lastWords = { type: 'stream', text: expect.stringMatching(/^last words\n/) };
    expect(outputs).toContainEqual(expect.objectContaining(lastWords));
    const next = await session.run('typeof kept');
    expect(JSON.stringify(next.outputs)).toContain(fresh);
    expect(next.outputs.at(-1)).toMatchObject({ type: 'result', data: { 'text/plain': "'undefined'" } });
    expect(JSON.stringify((await session.run('1')).outputs)).not.toContain(fresh);
  },
  60_000,
);

test('a process that ends between two cells is noticed by the next', async () => {
  await session.run('let lost = 1; setTimeout(() => process.exit(0), 1)');
  await expect.poll(async () => JSON.stringify((await session.run('typeof lost')).outputs)).toContain(fresh);
});

test.each([
  ['stack overflow', 'const f = () => f() + 1; f()', 'RangeError'],
  [
    'stack overflow in a display',
    "({ [Symbol.for('Jupyter.display')]() { return this[Symbol.for('Jupyter.display')]() } })",
    'RangeError',
  ],
  ['an array too long', 'new Array(-1)', 'RangeError'],
  ['a buffer too large', 'new ArrayBuffer(2 ** 53)', 'RangeError'],
  ['a string too long', "'x'.repeat(2 ** 30)", 'RangeError'],
  ['a throw of nothing', 'throw undefined', 'Thrown'],
])('%s is an error like any other', async (_what, code, ename) => {
  await session.run('let stays = 5');
  expect((await session.run(code)).error?.ename).toBe(ename);
  expect(await session.value('stays')).toBe('5');
});
