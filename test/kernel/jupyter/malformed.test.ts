import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMessage } from '../../../kernel/jupyter/message.ts';
import { encode } from '../../../kernel/jupyter/wire.ts';
import { random } from '../../../src/random.ts';
import { KernelClient, outputs } from './client.ts';

const cli = fileURLToPath(new URL('../../../kernel/cli.ts', import.meta.url));
let client: KernelClient;

beforeAll(async () => {
  client = await KernelClient.start([process.execPath, cli, 'kernel', '{connection_file}']);
  await client.ready();
});
afterAll(() => client.stop());

type Mutation = (frames: Buffer[], random: () => number) => Buffer[];

const evil = { code: 'globalThis.touched = true; kept = 0' };
const types = [
  'execute_request',
  'shutdown_request',
  'interrupt_request',
  'input_reply',
  'comm_open',
  'nonsense_request',
];
const pick = <T>(values: readonly T[], random: () => number): T =>
  values[Math.floor(random() * values.length)]!;

/** Signs parts of any content: the signature is right, the message is not. */
function signed(header: unknown, content: unknown): Buffer[] {
  const message = { ...createMessage({ type: 'x', content: {} }), header, content };
  return encode(message as never, client.info.key);
}

function flip(frames: Buffer[], random: () => number): Buffer[] {
  const at = 1 + Math.floor(random() * (frames.length - 1));
  const frame = Buffer.from(frames[at]!);
  const byte = Math.floor(random() * frame.length);
  frame[byte] = frame[byte]! ^ (1 << Math.floor(random() * 8));
  return frames.with(at, frame);
}

const mutations: Record<string, Mutation> = {
  'one bit flipped': flip,
  'frames cut off': (frames, random) => frames.slice(0, 1 + Math.floor(random() * (frames.length - 1))),
  'no delimiter': (frames) => frames.slice(1),
  'frames swapped': (frames) => [frames[0]!, frames[1]!, frames[5]!, ...frames.slice(3, 5), frames[2]!],
  'no signature': (frames) => frames.with(1, Buffer.alloc(0)),
  'another key': (_frames, random) =>
    encode(createMessage({ type: pick(types, random), content: evil }), 'another key'),
  noise: (_frames, random) =>
    Array.from({ length: 1 + Math.floor(random() * 8) }, () =>
      Buffer.from(Array.from({ length: Math.floor(random() * 200) }, () => Math.floor(random() * 256))),
    ),
  'not UTF-8': (frames) => frames.with(5, Buffer.from([0x7b, 0xff, 0xfe, 0x7d])),
  huge: (frames) => frames.with(5, Buffer.alloc(1 << 20, 0x20)),
  'header is no object': (_frames, random) => signed(pick([null, 5, 'text', [], true], random), evil),
  'content is no object': (_frames, random) =>
    signed(
      createMessage({ type: 'execute_request', content: {} }).header,
      pick([null, 5, 'text', []], random),
    ),
  'fields of a wrong type': (_frames, random) =>
    signed(
      { msg_id: pick([5, null, {}, undefined], random), msg_type: pick([5, null, []], random), session: 's' },
      evil,
    ),
  'unknown type': () => signed(createMessage({ type: 'nonsense_request', content: {} }).header, evil),
  'code of a wrong type': (_frames, random) =>
    signed(createMessage({ type: 'execute_request', content: {} }).header, {
      code: pick([5, null, {}, []], random),
    }),
  'bad fields elsewhere': (_frames, random) =>
    signed(
      createMessage({
        type: pick(
          [
            'is_complete_request',
            'complete_request',
            'inspect_request',
            'history_request',
            'comm_msg',
            'input_reply',
          ],
          random,
        ),
        content: {},
      }).header,
      pick(
        [{}, { code: 5, cursor_pos: 'x' }, { hist_access_type: 7, n: 'many' }, { comm_id: {} }, { value: 5 }],
        random,
      ),
    ),
};

test('1,000 malformed or mis-signed messages change nothing', async () => {
  const next = random(20261122).uniform;
  await client.request('execute_request', { code: 'let kept = 7' });
  const names = Object.keys(mutations);
  for (let i = 0; i < 1000; i++) {
    const frames = encode(createMessage({ type: pick(types, next), content: evil }), client.info.key);
    const mutated = mutations[names[i % names.length]!]!(frames, next);
    await client.sendFrames(mutated, pick(['shell', 'control', 'stdin'] as const, next));
  }
  const after = await client.request('execute_request', { code: '[kept, typeof globalThis.touched]' });
  expect(outputs(after)[0]!.content).toMatchObject({ data: { 'text/plain': "[ 7, 'undefined' ]" } });
  expect(after.reply.content).toMatchObject({ execution_count: 2 });
  const info = await client.request('kernel_info_request', {}, 'control');
  expect(info.reply.content).toMatchObject({ status: 'ok' });
  expect(client.process.exitCode).toBeNull();
});
