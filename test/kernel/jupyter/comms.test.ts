import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Message } from '../../../kernel/jupyter/message.ts';
import { KernelClient, outputs } from './client.ts';

const cli = fileURLToPath(new URL('../../../kernel/cli.ts', import.meta.url));
let client: KernelClient;

beforeAll(async () => {
  client = await KernelClient.start([process.execPath, cli, 'kernel', '{connection_file}']);
  await client.ready();
});

afterAll(() => client.stop());

const run = (code: string) => client.request('execute_request', { code });
const listed = async (content = {}) =>
  (await client.request('comm_info_request', content)).reply.content.comms;
const ofType = (broadcast: readonly Message[], type: string) =>
  broadcast.filter(({ header }) => header.msg_type === type);

test('a comm to a target that nobody registered is closed', async () => {
  const { broadcast } = await client.tell('comm_open', { comm_id: 'a', target_name: 'nobody', data: {} });
  expect(ofType(broadcast, 'comm_close')[0]!.content).toEqual({ comm_id: 'a', data: {} });
  expect(await listed()).toEqual({});
});

test('a front end opens, speaks and closes; data, metadata and buffers come and go unchanged', async () => {
  await run(`comms.register('echo', (comm, opened) => {
    comm.send({ opened: opened.data });
    comm.on('message', ({ data, metadata, buffers }) => comm.send({ got: data }, { metadata, buffers }));
    comm.on('close', ({ data }) => console.log('closed', data.why));
  })`);
  const opened = await client.tell('comm_open', { comm_id: 'b', target_name: 'echo', data: { n: 1 } });
  expect(ofType(opened.broadcast, 'comm_msg')[0]!.content).toEqual({
    comm_id: 'b',
    data: { opened: { n: 1 } },
  });
  expect(await listed()).toEqual({ b: { target_name: 'echo' } });
  expect(await listed({ target_name: 'other' })).toEqual({});
  const buffers = [Buffer.from([0, 10, 27, 255]), Buffer.alloc(300_000, 10)];
  const sent = await client.tell(
    'comm_msg',
    { comm_id: 'b', data: { x: 'é' } },
    { metadata: { m: 2 }, buffers },
  );
  const [echo] = ofType(sent.broadcast, 'comm_msg');
  expect(echo!.content).toEqual({ comm_id: 'b', data: { got: { x: 'é' } } });
  expect(echo!.metadata).toEqual({ m: 2 });
  expect(echo!.buffers.map((buffer) => buffer.equals(buffers[echo!.buffers.indexOf(buffer)]!))).toEqual([
    true,
    true,
  ]);
  const closed = await client.tell('comm_close', { comm_id: 'b', data: { why: 'done' } });
  expect(outputs(closed).map(({ content }) => content.text)).toEqual(['closed done\n']);
  expect(await listed()).toEqual({});
});

test('a cell opens, speaks and closes, in order with what it shows', async () => {
  const opened =
    await run(`let mine = comms.open('view', { a: 1 }, { metadata: { version: '2' }, buffers: [new Float32Array([1, 2])] });
    display('shown'); mine.send({ b: 2 }); mine.id`);
  const [open, shown, message, result] = opened.broadcast.filter(
    ({ header }) => !['status', 'execute_input'].includes(header.msg_type),
  );
  expect(open!.header.msg_type).toBe('comm_open');
  expect(open!.content).toMatchObject({ target_name: 'view', data: { a: 1 } });
  expect(open!.metadata).toEqual({ version: '2' });
  expect([...open!.buffers[0]!]).toEqual([...new Uint8Array(new Float32Array([1, 2]).buffer)]);
  expect(shown!.header.msg_type).toBe('display_data');
  expect(message!.content).toMatchObject({ comm_id: open!.content.comm_id, data: { b: 2 } });
  expect(JSON.stringify(result!.content.data)).toContain(open!.content.comm_id);
  expect(await listed()).toEqual({ [String(open!.content.comm_id)]: { target_name: 'view' } });
  const closed = await run('mine.close({ bye: true }); mine.send({ late: 1 }); mine.isOpen');
  expect(outputs(closed).map(({ type }) => type)).toEqual(['comm_close', 'execute_result']);
  expect(await listed()).toEqual({});
});

test('messages reach a cell that waits; what their handlers show has the message as its parent', async () => {
  await run(`let arrived: (n: unknown) => void = () => {};
    comms.register('wait', (comm) => comm.on('message', async ({ data }) => {
      console.log('heard', data.n); arrived(data.n);
      await new Promise((resolve) => setTimeout(resolve, 5)); display('later');
    }))`);
  await client.tell('comm_open', { comm_id: 'c', target_name: 'wait', data: {} });
  const cell = run('const n = await new Promise((resolve) => { arrived = resolve; console.log("go"); }); n');
  const told = await client.tell('comm_msg', { comm_id: 'c', data: { n: 42 } });
  expect(outputs(told)).toEqual([{ type: 'stream', content: { name: 'stdout', text: 'heard 42\n' } }]);
  const ended = await cell;
  expect(outputs(ended).map(({ type }) => type)).toEqual(['stream', 'execute_result']);
  expect(outputs(ended)[1]!.content).toMatchObject({ data: { 'text/plain': '42' } });
  const late = () => client.unsolicited.find(({ header }) => header.msg_type === 'display_data');
  await expect.poll(late).toBeDefined();
  expect(late()!.parent_header).toMatchObject({ msg_type: 'comm_msg' });
});

test('a handler that throws tells; one that loops is stopped by an interrupt; both cost nothing else', async () => {
  await run(`comms.register('bad', (comm) => comm.on('message', ({ data }) => {
    if (data.loop) while (true) {}
    throw new RangeError('in a handler');
  }))`);
  await client.tell('comm_open', { comm_id: 'd', target_name: 'bad', data: {} });
  const thrown = await client.tell('comm_msg', { comm_id: 'd', data: {} });
  expect(JSON.stringify(outputs(thrown))).toMatch(/RangeError.*in a handler/);
  const looping = client.tell('comm_msg', { comm_id: 'd', data: { loop: true } });
  await client.request('interrupt_request', {}, 'control');
  expect(JSON.stringify(outputs(await looping))).toMatch(/handler was interrupted/);
  expect(outputs(await run('1 + 1'))[0]!.content).toMatchObject({ data: { 'text/plain': '2' } });
});

test('a runtime that dies closes its comms', async () => {
  const { broadcast } = await run("comms.open('view'); process.exit(3)");
  const [open] = ofType(broadcast, 'comm_open');
  expect(ofType(broadcast, 'comm_close').map(({ content }) => content.comm_id)).toContain(
    open!.content.comm_id,
  );
  expect(await listed()).toEqual({});
});
