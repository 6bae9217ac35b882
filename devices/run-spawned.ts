import { DeviceError } from '../src/errors.ts';
import type { ExecOptions, ExecResult, Spawned } from './device.ts';

export interface RunOptions extends ExecOptions {
  readonly device: string;
  readonly command: string;
}

/** Feeds a spawned command and collects what it writes, until it ends, its time is over, or the signal says so. */
export async function runSpawned(spawned: Spawned, options: RunOptions): Promise<ExecResult> {
  const stopped = stopper(spawned, options);
  try {
    const parts = Promise.all([
      collect(spawned.stdout),
      collect(spawned.stderr),
      spawned.exit,
      feed(spawned, options.stdin),
    ]);
    const [stdout, stderr, code] = await Promise.race([parts, stopped.promise]);
    return { code, stdout, stderr };
  } catch (error) {
    spawned.kill();
    throw error;
  } finally {
    stopped.dispose();
  }
}

/** A promise that is rejected when the command has to stop. */
function stopper(
  spawned: Spawned,
  { signal, timeoutMs, device, command }: RunOptions,
): { readonly promise: Promise<never>; dispose(): void } {
  let timer: NodeJS.Timeout | undefined;
  let onAbort = () => {};
  const promise = new Promise<never>((_, reject) => {
    const stop = (reason: unknown) => {
      spawned.kill();
      reject(reason);
    };
    onAbort = () => stop(signal!.reason);
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    if (timeoutMs === undefined) return;
    const text = `${device}: '${command}' has not ended within ${timeoutMs / 1000} s and was stopped`;
    timer = setTimeout(() => stop(new DeviceError(text, { device, command })), timeoutMs);
  });
  promise.catch(() => {});
  return {
    promise,
    dispose: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

/** A command may end before it has read all: that is its affair. */
async function feed(spawned: Spawned, stdin: ExecOptions['stdin']): Promise<void> {
  try {
    for await (const part of stdin instanceof Uint8Array ? [stdin] : (stdin ?? [])) await spawned.write(part);
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
  }
  spawned.end();
}
