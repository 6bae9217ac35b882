import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMessage } from '../../../kernel/jupyter/message.ts';
import { encode } from '../../../kernel/jupyter/wire.ts';
import { KernelClient, outputs } from './client.ts';

const cli = fileURLToPath(new URL('../../../kernel/cli.ts', import.meta.url));
let client: KernelClient;

beforeAll(async () => {
  client = await KernelClient.start([process.execPath, cli, 'kernel', '{connection_file}']);
  await client.ready();
});
afterAll(() => client.stop());

const execute = (code: string, more = {}) => client.request('execute_request', { code, ...more });

test('user expressions see what the cell declared; one that fails costs only itself', async () => {
  const user_expressions = {
    sum: 'a + 1',
    typed: 'a as number',
    awaited: 'await Promise.resolve(a * 2)',
    object: '{ a }',
    shown: "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>' }) })",
    thrown: "(() => { throw new RangeError('far') })()",
    unknown: 'nowhere',
    broken: 'a +',
  };
  const { reply } = await execute('let a: number = 20', { user_expressions, silent: true });
  const ok = (data: string) => ({ status: 'ok', data: { 'text/plain': data }, metadata: {} });
  expect(reply.content.user_expressions).toMatchObject({
    sum: ok('21'),
    typed: ok('20'),
    awaited: ok('40'),
    object: ok('{ a: 20 }'),
    shown: { status: 'ok', data: { 'text/html': '<b>' } },
    thrown: { status: 'error', ename: 'RangeError', evalue: 'far' },
    unknown: { status: 'error', ename: 'ReferenceError' },
    broken: { status: 'error', ename: 'SyntaxError' },
  });
});

test('after a cell that failed, user expressions are not evaluated', async () => {
  const { reply } = await execute("throw new Error('x')", { user_expressions: { a: '1' } });
  expect(reply.content).toMatchObject({ status: 'error', user_expressions: {} });
});

test.each([
  { code: 5 },
  { code: '1', silent: 'yes' },
  { code: '1', user_expressions: ['a'] },
  { code: '1', user_expressions: { a: 1 } },
])('%j is refused with a TypeError', async (content) => {
  const { reply } = await client.request('execute_request', content);
  expect(reply.content).toMatchObject({ status: 'error', ename: 'TypeError' });
});

test('what was sent before the error was answered is aborted, what comes after the answer runs', async () => {
  const failing = execute("await new Promise((r) => setTimeout(r, 50)); throw new Error('x')");
  const before = Array.from({ length: 20 }, (_, i) => execute(`globalThis.ran = ${i}`));
  await failing;
  const after = await execute('globalThis.ran');
  expect(outputs(after)).toEqual([]);
  expect(after.reply.content).toMatchObject({ status: 'ok' });
  for (const { reply } of await Promise.all(before))
    expect(reply.content).toMatchObject({ status: 'aborted' });
});

test('a page goes into the payload', async () => {
  const { reply } = await execute("display.page('All about it')");
  expect(reply.content.payload).toEqual([
    { source: 'page', data: { 'text/plain': 'All about it' }, start: 0 },
  ]);
});

test('a message that comes twice runs once', async () => {
  const message = createMessage({ type: 'execute_request', content: { code: 'times++' } });
  await execute('let times = 0');
  const frames = encode(message, client.info.key);
  for (let i = 0; i < 3; i++) await client.sendFrames(frames);
  await client.sendFrames(frames, 'control');
  // On another channel nothing says when it has been read.
  await client.request('kernel_info_request', {}, 'control');
  expect(outputs(await execute('times'))[0]!.content).toMatchObject({ data: { 'text/plain': '1' } });
});

test('100,000 printed lines arrive whole and in order', async () => {
  const exchange = await execute('for (let i = 0; i < 100000; i++) console.log(i)');
  const text = outputs(exchange)
    .map(({ content }) => content.text)
    .join('');
  expect(text).toBe(Array.from({ length: 100_000 }, (_, i) => `${i}\n`).join(''));
});
