import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Message } from '../../../kernel/jupyter/message.ts';
import { type Exchange, KernelClient, outputs } from './client.ts';

const cli = fileURLToPath(new URL('../../../kernel/cli.ts', import.meta.url));
let client: KernelClient;
let asked: Message[] = [];

beforeAll(async () => {
  client = await KernelClient.start([process.execPath, cli, 'kernel', '{connection_file}']);
  await client.ready();
});
beforeEach(() => {
  asked = [];
});
afterAll(() => client.stop());

const execute = (code: string, more = {}) => client.request('execute_request', { code, ...more });

function answerWith(...answers: string[]): void {
  client.onInput = (request) => {
    asked.push(request);
    return answers.shift();
  };
}

function value(exchange: Exchange): unknown {
  const result = outputs(exchange).find(({ type }) => type === 'execute_result');
  return (result?.content.data as Record<string, unknown> | undefined)?.['text/plain'];
}

test.each([
  ["prompt('Name:')", 'Ada', "'Ada'", { prompt: 'Name: ', password: false }],
  ["prompt('Name', 'Bob')", '', "'Bob'", { prompt: 'Name [Bob] ', password: false }],
  ["prompt.password('Key: ')", 'ü€😀', "'ü€😀'", { prompt: 'Key: ', password: true }],
  ["confirm('Sure?')", 'Yes', 'true', { prompt: 'Sure? [y/N] ', password: false }],
  ["confirm('Sure?')", '', 'false', { prompt: 'Sure? [y/N] ', password: false }],
  ["alert('Look'); 'seen'", '', "'seen'", { prompt: 'Look [Enter] ', password: false }],
  ["await display.input('Name:')", 'Ada', "'Ada'", { prompt: 'Name: ', password: false }],
  ["await display.input('N', { default: '5' })", '', "'5'", { prompt: 'N [5] ', password: false }],
])('%s', async (code, answer, result, question) => {
  answerWith(answer);
  const exchange = await execute(code);
  expect(value(exchange)).toBe(result);
  expect(asked.map(({ content }) => content)).toEqual([question]);
  expect(asked[0]!.parent_header.msg_id).toBe(exchange.reply.parent_header.msg_id);
});

test('several questions, one in a loop that catches; what is printed between arrives too', async () => {
  answerWith('1', '2', '3');
  const exchange = await execute(
    'let sum = 0; for (const n of [1, 2, 3]) { try { sum += Number(prompt(String(n))); console.log(n) } catch {} } sum',
  );
  expect(value(exchange)).toBe('6');
  expect(
    outputs(exchange)
      .map(({ content }) => content.text ?? '')
      .join(''),
  ).toBe('1\n2\n3\n');
});

test('timers run while display.input waits', async () => {
  answerWith('x');
  expect(
    value(
      await execute(
        "let ticked = false; setTimeout(() => { ticked = true }); const given = display.input('?'); await new Promise((r) => setTimeout(r, 5)); await given; ticked",
      ),
    ),
  ).toBe('true');
});

test.each(["prompt('?')", "await display.input('?')", 'for (;;) { try { prompt() } catch {} }'])(
  'an interrupt ends %s; the late answer goes nowhere',
  async (code) => {
    client.onInput = (request) => {
      asked.push(request);
      void client.request('interrupt_request', {}, 'control');
      return undefined;
    };
    const { reply } = await execute(`let before = 8; ${code}`);
    expect(reply.content).toMatchObject({ status: 'error', ename: 'Interrupted' });
    answerWith('next');
    expect(value(await execute('prompt() + before'))).toBe("'next8'");
  },
);

test('a client that takes no input gets a clear error at once', async () => {
  const { reply } = await execute("prompt('?')", { allow_stdin: false });
  expect(reply.content).toMatchObject({ status: 'error', ename: 'UsageError' });
  expect(reply.content.evalue).toContain('allow_stdin is false');
  const later = await execute("await display.input('?')", { allow_stdin: false });
  expect(later.reply.content).toMatchObject({ status: 'error', ename: 'UsageError' });
});
