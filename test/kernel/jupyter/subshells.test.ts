import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Message } from '../../../kernel/jupyter/message.ts';
import { type Exchange, KernelClient, outputs } from './client.ts';

const cli = fileURLToPath(new URL('../../../kernel/cli.ts', import.meta.url));
let client: KernelClient;

beforeAll(async () => {
  client = await KernelClient.start([process.execPath, cli, 'kernel', '{connection_file}']);
  await client.ready();
  await run('const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms)); let go = () => {}');
});
afterEach(async () => {
  for (const id of await list()) await remove(id);
});
afterAll(() => client.stop());

const run = (code: string, more = {}) => client.request('execute_request', { code, ...more });
const runIn = (id: string, code: string, more = {}) =>
  client.requestOf(id, 'execute_request', { code, ...more });
const control = async (type: string, content = {}) =>
  (await client.request(`${type}_subshell_request`, content, 'control')).reply;
const create = async () => String((await control('create')).content.subshell_id);
const list = async () => (await control('list')).content.subshell_id as string[];
const remove = (id: string) => control('delete', { subshell_id: id });

const texts = (exchange: Pick<Exchange, 'broadcast'>) =>
  outputs(exchange).map(
    ({ content }) => content.text ?? (content.data as Record<string, string>)?.['text/plain'],
  );
const states = ({ broadcast }: Pick<Exchange, 'broadcast'>) =>
  broadcast
    .filter(({ header }) => header.msg_type === 'status')
    .map(({ content }) => content.execution_state);
const status = ({ reply }: Exchange) => reply.content.status;

test('subshells are created, listed and deleted', async () => {
  const created = await control('create');
  expect(created).toMatchObject({ header: { msg_type: 'create_subshell_reply' }, content: { status: 'ok' } });
  const ids = [String(created.content.subshell_id), await create()];
  expect(new Set(ids).size).toBe(2);
  const listed = await control('list');
  expect(listed.header.msg_type).toBe('list_subshell_reply');
  expect(listed.content).toEqual({ status: 'ok', subshell_id: ids });
  const deleted = await remove(ids[0]!);
  expect(deleted).toMatchObject({ header: { msg_type: 'delete_subshell_reply' }, content: { status: 'ok' } });
  expect(await list()).toEqual([ids[1]]);
});

test.each(['no such', 5, undefined])('deleting %j is an error', async (subshell_id) => {
  const reply = await control('delete', { subshell_id });
  expect(reply.content).toMatchObject({ status: 'error', ename: 'UnknownSubshellError' });
});

test('a request to an unknown subshell gets an error between busy and idle, and does not run', async () => {
  const exchange = await runIn('no such', 'globalThis.ran = true');
  expect(exchange.reply).toMatchObject({
    header: { msg_type: 'execute_reply' },
    content: { status: 'error', ename: 'UnknownSubshellError', evalue: expect.stringContaining('no such') },
  });
  expect(states(exchange)).toEqual(['busy', 'idle']);
  expect(texts(await run('globalThis.ran'))).toEqual([]);
  const asked = await client.requestOf('no such', 'complete_request', { code: 'a', cursor_pos: 1 });
  expect(asked.reply.content.status).toBe('error');
});

test('null is the main shell; on the shell channel nobody creates subshells', async () => {
  expect(texts(await client.requestOf(null, 'execute_request', { code: '1 + 1' }))).toEqual(['2']);
  await client.tell('create_subshell_request', {});
  expect(await list()).toEqual([]);
});

test('cells run while the main shell awaits, each answered on its own; the count is shared', async () => {
  const id = await create();
  const main = run("await new Promise<void>((r) => { go = r }); console.log('main'); 'end'");
  const first = await runIn(id, "console.log('sub'); await sleep(1); display('shown'); 5");
  const second = await runIn(id, "throw new RangeError('far')");
  expect(texts(first)).toEqual(['sub\n', "'shown'", '5']);
  expect(first.reply.parent_header).toMatchObject({ subshell_id: id });
  for (const message of first.broadcast) expect(message.parent_header).toEqual(first.reply.parent_header);
  expect(states(first)).toEqual(['busy', 'idle']);
  expect(second.reply.content).toMatchObject({ status: 'error', ename: 'RangeError' });
  await runIn(id, 'go()');
  const ended = await main;
  expect(texts(ended)).toEqual(['main\n', "'end'"]);
  // Front ends take the last status for the kernel's: it is still busy after each answer of the subshell.
  expect(states(ended).slice(0, 3)).toEqual(['busy', 'busy', 'busy']);
  expect(states(ended).at(-1)).toBe('idle');
  const counts = [ended, first, second].map(({ reply }) => Number(reply.content.execution_count));
  expect(counts.map((count) => count - counts[0]!)).toEqual([0, 1, 2]);
  const inputs = [ended, first, second].map(({ broadcast }) =>
    broadcast.find(({ header }) => header.msg_type === 'execute_input'),
  );
  expect(inputs.map((input) => input!.content.execution_count)).toEqual(counts);
});

test('a subshell answers one request after the other, several subshells at once', async () => {
  const [a, b] = [await create(), await create()];
  await run('const order: string[] = []');
  const note = (name: string, ms: number) =>
    `order.push('${name}'); await sleep(${ms}); order.push('${name}')`;
  await Promise.all([runIn(a, note('a1', 200)), runIn(a, note('a2', 1)), runIn(b, note('b', 5))]);
  expect(texts(await run('order.join()'))).toEqual(["'a1,b,b,a1,a2,a2'"]);
});

test('an error aborts what waits in its own shell only', async () => {
  const [a, b] = [await create(), await create()];
  const failing = "await sleep(60); throw new Error('x')";
  const inA = [failing, '1', '2'].map((code) => runIn(a, code));
  const inB = ['await sleep(80)', '1'].map((code) => runIn(b, code));
  const inMain = ['await sleep(80)', '1'].map((code) => run(code));
  const all = await Promise.all([...inA, ...inB, ...inMain]);
  expect(all.map(status)).toEqual(['error', 'aborted', 'aborted', 'ok', 'ok', 'ok', 'ok']);
  const main = [run(failing), run('1')];
  const beside = [runIn(a, 'await sleep(80)'), runIn(a, '1')];
  expect((await Promise.all([...main, ...beside])).map(status)).toEqual(['error', 'aborted', 'ok', 'ok']);
});

test('an interrupt stops the cells of all shells', async () => {
  const id = await create();
  const main = run("console.log('a'); await sleep(1e6)");
  const sub = runIn(id, "console.log('b'); await sleep(30); for (;;) {}");
  await new Promise((resolve) => setTimeout(resolve, 150));
  await client.request('interrupt_request', {}, 'control');
  for (const { reply } of await Promise.all([main, sub]))
    expect(reply.content).toMatchObject({ status: 'error', ename: 'Interrupted' });
  expect(texts(await runIn(id, '1 + 1'))).toEqual(['2']);
});

test('a subshell asks the user by its own request', async () => {
  const id = await create();
  const asked: Message[] = [];
  client.onInput = (request) => {
    asked.push(request);
    return `to ${request.content.prompt}`;
  };
  const [main, sub] = await Promise.all([
    run("await sleep(20); await display.input('main')"),
    runIn(id, "await sleep(20); await display.input('sub')"),
  ]);
  expect([texts(main), texts(sub)]).toEqual([["'to main '"], ["'to sub '"]]);
  const parents = Object.fromEntries(
    asked.map(({ content, parent_header }) => [content.prompt, parent_header]),
  );
  expect(parents['main ']).toEqual(main.reply.parent_header);
  expect(parents['sub ']).toEqual(sub.reply.parent_header);
});

test('deleting a subshell aborts what waits and lets end what runs', async () => {
  const id = await create();
  const running = runIn(id, "await sleep(200); 'ended'");
  const waiting = runIn(id, '1');
  const asking = client.requestOf(id, 'is_complete_request', { code: '1' });
  await new Promise((resolve) => setTimeout(resolve, 60));
  let ended = false;
  void running.then(() => {
    ended = true;
  });
  const deleting = remove(id);
  expect(await list()).toEqual([]);
  expect(ended).toBe(false);
  expect((await Promise.all([waiting, asking])).map(status)).toEqual(['aborted', 'aborted']);
  expect((await deleting).content).toEqual({ status: 'ok' });
  expect(texts(await running)).toEqual(["'ended'"]);
  expect(status(await runIn(id, '1'))).toBe('error');
});

/** As JupyterLab from 4.4 on: a comm's messages go through a subshell, which is deleted after it is closed. */
test('comm messages through a subshell reach their handlers while a cell waits', async () => {
  await run(`comms.register('sub', (comm) => {
    comm.on('message', ({ data }) => { console.log('heard', data.n); comm.send({ n: data.n }); if (data.n === 2) go(); });
    comm.on('close', () => console.log('closed'));
  })`);
  const subshell = await create();
  const cell = run('await new Promise<void>((r) => { go = r }); 1');
  const opened = await client.tell('comm_open', { comm_id: 's', target_name: 'sub', data: {} }, { subshell });
  expect(states(opened)).toEqual(['busy', 'idle']);
  for (const n of [1, 2]) {
    const told = await client.tell('comm_msg', { comm_id: 's', data: { n } }, { subshell });
    expect(
      outputs(told)
        .map(({ type }) => type)
        .toSorted(),
    ).toEqual(['comm_msg', 'stream']);
    expect(texts(told)).toContain(`heard ${n}\n`);
  }
  expect(texts(await cell)).toEqual(['1']);
  await remove(subshell);
  const closed = await client.tell('comm_close', { comm_id: 's', data: {} }, { subshell });
  expect(texts(closed)).toEqual(['closed\n']);
  const { reply } = await client.request('comm_info_request', {});
  expect(reply.content.comms).toEqual({});
});

test('a message through a subshell follows the opening of its comm that waits in the main shell', async () => {
  await run("comms.register('late', (comm) => comm.on('message', ({ data }) => console.log('got', data.n)))");
  const subshell = await create();
  const cell = run('await sleep(100)');
  const opening = client.tell('comm_open', { comm_id: 'l', target_name: 'late', data: {} });
  const told = client.tell('comm_msg', { comm_id: 'l', data: { n: 7 } }, { subshell });
  expect(texts(await told)).toEqual(['got 7\n']);
  await Promise.all([cell, opening]);
});

test('a runtime that dies ends the cells of all shells; subshells live on', async () => {
  const id = await create();
  const main = run('await sleep(1e6)');
  const sub = await runIn(id, 'await sleep(20); process.exit(3)');
  for (const { reply } of [await main, sub])
    expect(reply.content).toMatchObject({ status: 'error', ename: 'RuntimeDied' });
  expect(texts(await runIn(id, '2')).at(-1)).toBe('2');
  expect(await list()).toEqual([id]);
});

test('a shutdown does not wait for subshells', async () => {
  const other = await KernelClient.start([process.execPath, cli, 'kernel', '{connection_file}']);
  await other.ready();
  const { reply } = await other.request('create_subshell_request', {}, 'control');
  void other.requestOf(String(reply.content.subshell_id), 'execute_request', {
    code: 'await new Promise(() => {})',
  });
  const exited = new Promise((resolve) => other.process.once('exit', resolve));
  await other.request('shutdown_request', { restart: false }, 'control');
  expect(await exited).toBe(0);
  await other.stop();
});
