import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMessage } from '../../../kernel/jupyter/message.ts';
import { encode } from '../../../kernel/jupyter/wire.ts';
import { KernelClient, outputs } from './client.ts';

const cli = fileURLToPath(new URL('../../../kernel/cli.ts', import.meta.url));
const argv = [process.execPath, cli, 'kernel', '{connection_file}'];
let client: KernelClient;

beforeAll(async () => {
  client = await KernelClient.start(argv);
  await client.ready();
});

afterAll(() => client.stop());

const types = (exchange: Awaited<ReturnType<KernelClient['request']>>) =>
  exchange.broadcast.map(({ header, content }) => String(content.execution_state ?? header.msg_type));

test('kernel_info tells the language and the features', async () => {
  const { reply } = await client.request('kernel_info_request');
  expect(reply.content).toMatchObject({
    status: 'ok',
    protocol_version: '5.5',
    language_info: { name: 'typescript', file_extension: '.ts' },
    supported_features: ['kernel subshells'],
  });
});

test('a cell: busy, input, streams, display, result, idle, in order; the reply has the count', async () => {
  const code = "console.log('a'); const h = display('b'); h.update('c'); console.error('d'); 1 + 1";
  const exchange = await client.request('execute_request', { code });
  expect(types(exchange)).toEqual([
    'busy',
    'execute_input',
    'stream',
    'display_data',
    'update_display_data',
    'stream',
    'execute_result',
    'idle',
  ]);
  const [out, shown, updated, err, result] = outputs(exchange).map(({ content }) => content);
  expect(out).toEqual({ name: 'stdout', text: 'a\n' });
  expect(err).toEqual({ name: 'stderr', text: 'd\n' });
  expect(shown).toMatchObject({ data: { 'text/plain': "'b'" } });
  expect(updated).toMatchObject({ data: { 'text/plain': "'c'" }, transient: shown!.transient });
  expect(result).toMatchObject({ execution_count: 1, data: { 'text/plain': '2' } });
  expect(exchange.reply.content).toMatchObject({ status: 'ok', execution_count: 1 });
});

test('silent cells are not heard and do not count; store_history false is heard and does not count', async () => {
  const silent = await client.request('execute_request', { code: "console.log('a'); 5", silent: true });
  expect(types(silent)).toEqual(['busy', 'idle']);
  expect(silent.reply.content).toMatchObject({ status: 'ok', execution_count: 1 });
  const unstored = await client.request('execute_request', { code: '5', store_history: false });
  expect(types(unstored)).toEqual(['busy', 'execute_input', 'execute_result', 'idle']);
  expect(unstored.reply.content).toMatchObject({ execution_count: 1 });
});

test('an error aborts the execute requests that wait, unless stop_on_error is false', async () => {
  const [failed, aborted, info] = await Promise.all([
    client.request('execute_request', { code: "throw new TypeError('bad')" }),
    client.request('execute_request', { code: 'globalThis.ran = true' }),
    client.request('kernel_info_request'),
  ]);
  expect(failed.reply.content).toMatchObject({ status: 'error', ename: 'TypeError', evalue: 'bad' });
  expect(outputs(failed).map(({ type }) => type)).toEqual(['error']);
  expect(aborted.reply.content).toMatchObject({ status: 'aborted' });
  expect(types(aborted)).toEqual(['busy', 'idle']);
  expect(info.reply.content).toMatchObject({ status: 'ok' });
  const [, second] = await Promise.all([
    client.request('execute_request', { code: "throw new Error('again')", stop_on_error: false }),
    client.request('execute_request', { code: 'typeof globalThis.ran' }),
  ]);
  expect(outputs(second)[0]!.content).toMatchObject({ data: { 'text/plain': "'undefined'" } });
});

test('an interrupt on the control channel stops a loop and keeps the variables', async () => {
  const running = client.request('execute_request', {
    code: 'let kept = 7; console.log("go"); while (true) {}',
  });
  await client.request('interrupt_request', {}, 'control');
  expect((await running).reply.content).toMatchObject({ status: 'error', ename: 'Interrupted' });
  const after = await client.request('execute_request', { code: 'kept' });
  expect(outputs(after)[0]!.content).toMatchObject({ data: { 'text/plain': '7' } });
});

test('10,000 printed lines arrive whole, in few messages', async () => {
  const code = 'for (let i = 0; i < 10000; i++) console.log(i)';
  const streams = outputs(await client.request('execute_request', { code }));
  const text = streams.map(({ content }) => content.text).join('');
  expect(text).toBe(Array.from({ length: 10000 }, (_, i) => `${i}\n`).join(''));
  expect(streams.length).toBeLessThan(500);
});

test('a message with a wrong signature, or none at all, is dropped and logged', async () => {
  const forged = createMessage({ type: 'execute_request', content: { code: 'globalThis.forged = true' } });
  await client.sendFrames(encode(forged, 'another key'));
  await client.sendFrames([Buffer.from('<IDS|MSG>'), Buffer.from('x')]);
  await client.sendFrames([Buffer.from('nonsense')]);
  const after = await client.request('execute_request', { code: 'typeof globalThis.forged' });
  expect(outputs(after)[0]!.content).toMatchObject({ data: { 'text/plain': "'undefined'" } });
  await expect.poll(() => client.stderr).toMatch(/bad signature[\s\S]*too few frames[\s\S]*no delimiter/);
});

test.each([
  ['const f = () => {', { status: 'incomplete', indent: '  ' }],
  ['1 + 1', { status: 'complete' }],
  ['%train cnn', { status: 'complete' }],
  ['const = 1', { status: 'invalid' }],
])('is_complete: %s', async (code, expected) => {
  const { reply } = await client.request('is_complete_request', { code });
  expect(reply.content).toEqual(expected);
});

test('an unknown comm is closed, and no comms are listed', async () => {
  const comms = await client.request('comm_info_request');
  expect(comms.reply.content).toEqual({ status: 'ok', comms: {} });
});

test('shutdown is answered, then the process ends', async () => {
  const exit = once(client.process, 'exit');
  const { reply } = await client.request('shutdown_request', { restart: false }, 'control');
  expect(reply.content).toEqual({ status: 'ok', restart: false });
  expect(await exit).toEqual([0, null]);
});
