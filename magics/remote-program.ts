import type { AttachedDevice } from '../devices/attached-device.ts';
import type { RemoteScreen } from './remote-screen.ts';

interface Program {
  readonly argv: readonly string[];
  readonly code: string;
  readonly screen: RemoteScreen;
  readonly signal: AbortSignal;
}

/** Has a program on a device read `code` and shows what it writes; an exit code that is not 0 is said on stderr. */
export async function runProgram(
  device: AttachedDevice,
  { argv, code, screen, signal }: Program,
): Promise<void> {
  signal.throwIfAborted();
  const spawned = device.opened.transport.spawn(argv);
  const onAbort = () => spawned.kill();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const shown = Promise.all([
      pass(spawned.stdout, (text) => screen.print(text, 'stdout')),
      pass(spawned.stderr, (text) => screen.print(text, 'stderr')),
    ]);
    // It may end before it has read all.
    await spawned.write(Buffer.from(`${code}\n`)).catch(() => {});
    spawned.end();
    const exit = await spawned.exit;
    await shown;
    if (exit !== 0) screen.print(`exit code ${exit}\n`, 'stderr');
  } finally {
    signal.removeEventListener('abort', onAbort);
    signal.throwIfAborted();
  }
}

async function pass(stream: AsyncIterable<Uint8Array>, print: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  try {
    for await (const chunk of stream) print(decoder.decode(chunk, { stream: true }));
  } catch {
    // The end of the command tells why its streams were cut.
  }
}
