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

interface UpdateData {
  readonly method: string;
  readonly state: Record<string, unknown>;
  readonly buffer_paths: unknown[];
}

const run = (code: string) => client.request('execute_request', { code });
const ofType = (broadcast: readonly Message[], type: string) =>
  broadcast.filter(({ header }) => header.msg_type === type);
const updates = (broadcast: readonly Message[]) =>
  ofType(broadcast, 'comm_msg').map(({ content, buffers }) => ({
    data: content.data as UpdateData,
    buffers,
  }));

/** What a front end says to a model. */
const tell = (id: string, data: object, buffers: Buffer[] = []) =>
  client.tell('comm_msg', { comm_id: id, data }, { buffers });

let id = '';

test('a widget opens a comm that anywidget understands, before the output that needs it', async () => {
  const { broadcast } = await run(`const w = widget({
    render({ model, el }) { el.textContent = model.get('count'); },
    css: 'b {}',
    state: { count: 1, data: new Float32Array([1.5]) },
    fallback: ({ count }) => ({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>' + count + '</b>', 'text/plain': 'count ' + count }) }),
  });
  w`);
  const types = broadcast.map(({ header }) => header.msg_type);
  expect(types.indexOf('comm_open')).toBeLessThan(types.indexOf('execute_result'));
  const [open] = ofType(broadcast, 'comm_open');
  id = String(open!.content.comm_id);
  expect(open!.metadata).toEqual({ version: '2.1.0' });
  expect(open!.content).toMatchObject({
    target_name: 'jupyter.widget',
    data: {
      state: {
        _model_module: 'anywidget',
        _model_name: 'AnyModel',
        _model_module_version: '~0.11.*',
        _view_module: 'anywidget',
        _view_name: 'AnyView',
        _view_module_version: '~0.11.*',
        _css: 'b {}',
        count: 1,
      },
      buffer_paths: [['data']],
    },
  });
  expect(open!.buffers[0]!.equals(Buffer.from(new Float32Array([1.5]).buffer))).toBe(true);
  const [result] = ofType(broadcast, 'execute_result');
  expect(result!.content.data).toEqual({
    'application/vnd.jupyter.widget-view+json': { version_major: 2, version_minor: 0, model_id: id },
    'text/html': '<b>1</b>',
    'text/plain': 'count 1',
  });
});

test('the source that goes to the page is a module that renders', async () => {
  const { broadcast } = await tell(id, { method: 'request_state' });
  const [{ data } = { data: undefined }] = updates(broadcast);
  const source = String(data!.state._esm);
  const module = await import(`data:text/javascript,${encodeURIComponent(source)}`);
  const el = { textContent: '' };
  module.default.render({ model: { get: () => 'seven' }, el });
  expect(el.textContent).toBe('seven');
});

test('what a cell sets is sent, once and only if it changed', async () => {
  const { broadcast } = await run(
    "w.set('count', 2); w.set({ count: 2 }); w.set({ data: Uint8Array.of(10) })",
  );
  const sent = updates(broadcast);
  expect(sent.map(({ data }) => data)).toEqual([
    { method: 'update', state: { count: 2 }, buffer_paths: [] },
    { method: 'update', state: {}, buffer_paths: [['data']] },
  ]);
  expect([...sent[1]!.buffers[0]!]).toEqual([10]);
});

test('what the page sets arrives with its buffers, and listeners are told', async () => {
  await run(`w.on('change:count', (now, before) => console.log('count', before, now));
    w.on('change', (changes) => console.log(Object.keys(changes).join()))`);
  const update = { method: 'update', state: { count: 9, list: [null] }, buffer_paths: [['list', 0]] };
  const told = await tell(id, update, [Buffer.from([1, 2])]);
  expect(outputs(told)[0]!.content.text).toBe('count 2 9\ncount,list\n');
  const { broadcast } = await run("[w.get('count'), [...w.get('list')[0]]]");
  expect(ofType(broadcast, 'execute_result')[0]!.content.data).toMatchObject({
    'text/plain': '[ 9, [ 1, 2 ] ]',
  });
});

test('messages go both ways beside the state', async () => {
  await run(
    'w.onMessage((content, [bytes]) => w.send({ pong: content.ping }, [bytes.map((byte) => byte + 1)]))',
  );
  const { broadcast } = await tell(id, { method: 'custom', content: { ping: 3 } }, [Buffer.from([9])]);
  const [{ data, buffers } = { data: undefined, buffers: [] }] = updates(broadcast);
  expect(data).toEqual({ method: 'custom', content: { pong: 3 } });
  expect([...buffers[0]!]).toEqual([10]);
});

test('a page that is opened later learns of all models at once', async () => {
  const comm = { comm_id: 'control', target_name: 'jupyter.widget.control', data: {} };
  await client.tell('comm_open', comm);
  const { broadcast } = await tell('control', { method: 'request_states' });
  const [{ data, buffers } = { data: undefined, buffers: [] }] = updates(broadcast);
  const { method, states, buffer_paths } = data as unknown as {
    method: string;
    states: Record<string, object>;
    buffer_paths: unknown[];
  };
  expect(method).toBe('update_states');
  expect(states[id]).toMatchObject({
    model_name: 'AnyModel',
    model_module: 'anywidget',
    state: { count: 9 },
  });
  expect(buffer_paths).toContainEqual([id, 'state', 'data']);
  expect(buffers).toHaveLength(buffer_paths.length);
});

test('a closed widget shows its fallback alone', async () => {
  await client.tell('comm_close', { comm_id: id, data: {} });
  const { broadcast } = await run('w');
  expect(ofType(broadcast, 'execute_result')[0]!.content.data).toEqual({
    'text/html': '<b>9</b>',
    'text/plain': 'count 9',
  });
});

test('a widget without source is refused', async () => {
  const { reply } = await run('widget({ state: {} })');
  expect(reply.content.evalue).toMatch(/needs either `esm`.*or `render`/);
});
