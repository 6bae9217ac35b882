import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Message } from '../../../kernel/jupyter/message.ts';
import { type Exchange, KernelClient, outputs } from '../jupyter/client.ts';

const cli = fileURLToPath(new URL('../../../kernel/cli.ts', import.meta.url));
let client: KernelClient;

beforeAll(async () => {
  client = await KernelClient.start([process.execPath, cli, 'kernel', '{connection_file}']);
  await client.ready();
  await execute('const ready = 1');
  while ((await complete('ready.toF', 9)).matches.length === 0);
});

afterAll(() => client.stop());

async function execute(code: string) {
  const exchange = await client.request('execute_request', { code });
  const texts = outputs(exchange).map(({ type, content }) => {
    const { data, text, evalue } = content as {
      data?: Record<string, string>;
      text?: string;
      evalue?: string;
    };
    return `${type} ${data?.['text/plain'] ?? text ?? evalue}`;
  });
  return { status: exchange.reply.content.status, texts };
}

interface CompleteReply {
  readonly matches: readonly string[];
  readonly cursor_start: number;
  readonly cursor_end: number;
  readonly metadata: { readonly _jupyter_types_experimental: readonly object[] };
}

async function complete(code: string, cursor_pos: number): Promise<CompleteReply> {
  const { reply } = await client.request('complete_request', { code, cursor_pos });
  return reply.content as unknown as CompleteReply;
}

async function inspect(code: string, cursor_pos: number, detail_level = 0) {
  const { reply } = await client.request('inspect_request', { code, cursor_pos, detail_level });
  return reply.content as { found: boolean; data: Record<string, string> };
}

/** The note of a cell. It comes with its cell or, on a busy machine, later. */
async function noteOf(code: string): Promise<string> {
  const exchange = await client.request('execute_request', { code });
  const { header, content } = await noteUnder(exchange, client);
  return `${header.msg_type} ${(content.data as Record<string, string>)['text/plain']}`;
}

/** The note that answers the request of an exchange, before its end or after. */
async function noteUnder({ reply, broadcast }: Exchange, { unsolicited }: KernelClient): Promise<Message> {
  const { msg_id } = reply.parent_header;
  const isNote = ({ content, parent_header: parent }: Message) =>
    parent.msg_id === msg_id && JSON.stringify(content).includes('Type error in Cell In[');
  return vi.waitFor(
    () => {
      const note = [...broadcast, ...unsolicited].find(isNote);
      if (!note) throw new Error('no note');
      return note;
    },
    { timeout: 60_000, interval: 20 },
  );
}

test('cursor positions count code points', async () => {
  const code = 'const a = "😀😀"; ready.toF; "😀"';
  expect(await complete(code, 25)).toMatchObject({
    status: 'ok',
    matches: ['toFixed'],
    cursor_start: 22,
    cursor_end: 25,
    metadata: { _jupyter_types_experimental: [{ text: 'toFixed', type: 'method', start: 22, end: 25 }] },
  });
  expect((await inspect(code, 18)).data['text/plain']).toBe('const ready: 1');
});

test('inspect gives Markdown and text, or says that nothing was found', async () => {
  expect(await inspect('%train cnn', 3)).toMatchObject({
    found: true,
    data: { 'text/plain': expect.stringContaining('%train MODEL'), 'text/markdown': expect.any(String) },
  });
  expect(await inspect('unknownName', 3)).toEqual({ status: 'ok', found: false, data: {}, metadata: {} });
});

test('warn: an ill-typed cell runs, and a note says where it is wrong', async () => {
  const note = await noteOf('let two = 2\nconst bad: number = "text"; two');
  expect(note).toMatch(/^display_data Type error in Cell In\[\d+\], line 2, column 7 \(TS2322\)\n/);
  expect(note).toContain('  const bad: number = "text"; two\n        ^^^\n');
  expect((await execute('bad')).texts).toContain("execute_result 'text'");
});

test('notes of cells that run before the compiler has loaded come under their own cells', async () => {
  const fresh = await KernelClient.start([process.execPath, cli, 'kernel', '{connection_file}']);
  try {
    await fresh.ready();
    const codes = ["let q: number = 'bad'", '1 + 1', "let r: number = 'worse'", "display('x')"];
    const exchanges = await Promise.all(codes.map((code) => fresh.request('execute_request', { code })));
    // Nothing else is asked of the kernel: the notes come by themselves.
    const first = await noteUnder(exchanges[0]!, fresh);
    expect(first.content.data).toMatchObject({ 'text/plain': expect.stringContaining('Cell In[1], line 1') });
    const third = await noteUnder(exchanges[2]!, fresh);
    expect(third.content.data).toMatchObject({ 'text/plain': expect.stringContaining('Cell In[3], line 1') });
    const all = [...exchanges.flatMap(({ broadcast }) => broadcast), ...fresh.unsolicited];
    expect(all.filter(({ content }) => JSON.stringify(content).includes('Type error'))).toHaveLength(2);
  } finally {
    await fresh.stop();
  }
}, 120_000);

test('declaring again is never noted', async () => {
  for (const code of [
    'let again = 1',
    'const again = "x"',
    'class again {}',
    'again',
    '%types',
    'let again = 2',
  ])
    expect((await execute(code)).texts.filter((text) => text.includes('Type error'))).toEqual([]);
});

test('strict: an ill-typed cell does not run', async () => {
  await execute('%types strict');
  const { status, texts } = await execute('globalThis.ran = true;\nconst wrong: number = "x"');
  expect(status).toBe('error');
  expect(texts).toEqual(["error Type 'string' is not assignable to type 'number'. (TS2322)"]);
  expect((await execute('%types')).texts[0]).toContain('Types are checked: strict');
  await execute('%types off');
  expect((await execute('[globalThis.ran, "x" * 2]')).texts).toEqual(['execute_result [ undefined, NaN ]']);
  await execute('%types warn');
});

test.each(['complete_request', 'inspect_request', 'is_complete_request'])(
  '%s without code is refused',
  async (request) => {
    const { reply } = await client.request(request, { cursor_pos: 3 });
    expect(reply.content).toMatchObject({
      status: 'error',
      evalue: "'code' must be a string, was undefined",
    });
  },
);

test("Node's warnings about what the kernel itself uses are not printed", async () => {
  await client.request('is_complete_request', { code: '!echo {a as string} {b' });
  await complete('!echo {ready as number} {ready.toF', 33);
  await execute('!echo {ready as number}');
  expect(client.stderr).not.toContain('Warning');
});

test('%types refuses what it does not know', async () => {
  expect((await execute('%types stirct')).texts[0]).toContain("Did you mean 'strict'");
});

test('completion and help come while a cell loops', async () => {
  const looping = client.request('execute_request', { code: 'while (true) {}' });
  expect((await complete('ready.toF', 9)).matches).toEqual(['toFixed']);
  expect((await inspect('ready', 3)).found).toBe(true);
  await client.request('interrupt_request', {}, 'control');
  expect((await looping).reply.content.ename).toBe('Interrupted');
});
