import type { BenchResult, RunnerBegun, SoakWindow } from '../../src/bench/index.ts';
import { DeviceError, ModelError, UsageError } from '../../src/errors.ts';
import type { WorkOptions } from '../../src/report.ts';
import { silence } from '../agent/protocol.ts';
import type { Spawned, Transport } from '../device.ts';
import { type BenchNews, type BenchOrder, benchArgument, newsMark } from './protocol.ts';

export interface BenchWatch extends WorkOptions {
  readonly onBegun?: ((begun: RunnerBegun) => void) | undefined;
  readonly onWindow?: ((window: SoakWindow) => void) | undefined;
}

/** How long Node may take to start on a small board, in ms. */
const startPatience = 30_000;

/**
 * Has the agent's program on a device measure a model that is there. Throws ModelError and UsageError as it does there,
 * DeviceError when the way to it is lost, and the signal's reason: then what runs there is ended.
 */
export async function runBench(
  transport: Transport,
  order: BenchOrder & { readonly command: readonly string[] },
  watch: BenchWatch = {},
): Promise<BenchResult> {
  const { signal } = watch;
  signal?.throwIfAborted();
  const { command, ...rest } = order;
  const spawned = transport.spawn([...command, benchArgument]);
  const lost = watchdog(spawned, transport.name);
  const onAbort = () => spawned.kill();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    // How it ended tells more than that it takes no input.
    const sent = spawned.write(Buffer.from(`${JSON.stringify(rest)}\n`)).catch(() => {});
    await Promise.race([sent, lost.promise]);
    return await Promise.race([
      resultOf(spawned, transport.name, { ...watch, onHeard: lost.heard }),
      lost.promise,
    ]);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    lost.dispose();
    spawned.kill();
  }
}

/** Rejected when the device says nothing for too long. */
function watchdog(spawned: Spawned, device: string) {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const after = (patience: number) =>
    setTimeout(() => {
      reject(failure(device, `it has said nothing for ${patience / 1000} s`));
      spawned.kill();
    }, patience);
  let timer = after(startPatience);
  return {
    promise,
    heard: () => {
      clearTimeout(timer);
      timer = after(silence);
    },
    dispose: () => clearTimeout(timer),
  };
}

const failure = (device: string, why: string): DeviceError =>
  new DeviceError(`${device}: the measurement there was lost: ${why}`, { device, command: 'bench' });

async function resultOf(
  spawned: Spawned,
  device: string,
  watch: BenchWatch & { onHeard(): void },
): Promise<BenchResult> {
  const errors = textOf(spawned.stderr);
  for await (const news of newsOf(spawned.stdout)) {
    watch.onHeard();
    if (news.type === 'result') return news.result;
    if (news.type === 'error') throw revived(news);
    if (news.type === 'begun') watch.onBegun?.(news.begun);
    if (news.type === 'window') watch.onWindow?.(news.window);
    if (news.type === 'progress') watch.onProgress?.({ done: news.done, total: news.total, message: 'runs' });
  }
  const code = await spawned.exit;
  const last = (await errors).trim().split('\n').at(-1);
  throw failure(device, `its process has ended (${last || `exit code ${code}`})`);
}

async function* newsOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<BenchNews> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stream) {
    const lines = (text + decoder.decode(chunk, { stream: true })).split('\n');
    text = lines.pop()!;
    for (const line of lines)
      if (line.startsWith(newsMark)) yield JSON.parse(line.slice(newsMark.length)) as BenchNews;
  }
}

/** The end of what a stream says. */
async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  try {
    for await (const chunk of stream) text = (text + Buffer.from(chunk).toString()).slice(-4096);
  } catch {
    // The exit tells why it was cut.
  }
  return text;
}

function revived({ name, message }: { readonly name: string; readonly message: string }): Error {
  if (name === 'ModelError') return new ModelError(message);
  if (name === 'UsageError') return new UsageError(message);
  return Object.assign(new Error(message), { name });
}
