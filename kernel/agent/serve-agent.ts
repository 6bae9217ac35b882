import { arch, availableParallelism, cpus, homedir, totalmem } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { FrameReader, frameHead, preamble } from '../../devices/agent/frames.ts';
import { type FromAgent, silence, type ToAgent } from '../../devices/agent/protocol.ts';
import { version } from '../../src/version.ts';
import { AgentSession } from './agent-session.ts';

/** Without a word from the other side for so long, in ms, it is gone: its pings have stopped. */
const patience = 4 * silence;

/** Serves one user over a pair of streams, until the input ends. */
export function serveAgent(input: Readable, output: Writable): void {
  process.chdir(process.env.HOME || homedir());
  const session = new AgentSession();
  const send = (message: FromAgent, body?: Uint8Array) => {
    output.write(frameHead(message, body?.length));
    if (body && body.length > 0) output.write(body);
  };
  const leave = () => void session.close().finally(() => process.exit(0));
  const watchdog = setTimeout(leave, patience);
  const reader = new FrameReader<ToAgent>(({ message, body }) => {
    if (message.type === 'ping') send({ type: 'pong' });
    else if (message.type === 'interrupt') session.interrupt();
    else void answer(session, { message, body, send });
  });
  input.on('data', (chunk: Buffer) => {
    watchdog.refresh();
    reader.push(chunk);
  });
  input.on('close', leave);
  input.on('end', leave);
  output.on('error', leave);
  output.write(preamble);
  send(ready());
}

interface Asked {
  readonly message: Extract<ToAgent, { readonly id: number }>;
  readonly body: Uint8Array;
  send(message: FromAgent, body?: Uint8Array): void;
}

async function answer(session: AgentSession, { message, body, send }: Asked): Promise<void> {
  const { id } = message;
  if (message.type === 'execute') {
    const { code, count } = message;
    const error = await session.execute(code, count, (output) => send({ type: 'output', id, output }));
    send({ type: 'done', id, ...(error && { error }) });
  } else if (message.type === 'push') {
    const error = await session.push(message.name, body);
    send({ type: 'done', id, ...(error && { error }) });
  } else {
    const { value, error } = await session.pull(message.expression);
    send({ type: 'done', id, ...(error && { error }) }, value);
  }
}

const ready = (): FromAgent => ({
  type: 'ready',
  edgebook: version(),
  node: process.versions.node,
  platform: process.platform,
  arch: arch(),
  processor: cpus()[0]?.model.trim() || 'unknown processor',
  threads: availableParallelism(),
  memoryBytes: totalmem(),
});
