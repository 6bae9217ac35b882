import { UsageError } from '../src/errors.ts';
import { modelFile } from './agent/folders.ts';
import { packValue, unpackValue } from './agent/values.ts';
import type { AttachedDevice } from './attached-device.ts';
import type { InstallOptions } from './bootstrap/install.ts';
import type { Pushed } from './cells.ts';
import type { Transport } from './device.ts';

/** Declares a variable in a device's session. Throws UsageError for what cannot be sent, and DeviceError. */
export async function pushValue(
  device: AttachedDevice,
  { name, value, ...options }: InstallOptions & { readonly name: string; readonly value: unknown },
): Promise<Pushed> {
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name))
    throw new UsageError(`'${name}' is no name of a variable`);
  const cells = await device.opened.cells?.(options);
  if (cells) return cells.push(name, value, options);
  const { bytes, models } = packValue(value, name);
  const agent = await device.agent(options);
  const contents = new Map([...models].map(([hash, content]) => [hash, () => content]));
  const sent = await sendModels(device.opened.transport, contents, options.signal);
  await agent.push(name, bytes, options.signal);
  return { bytes: bytes.length + sent };
}

/** Brings models, by their sha256, to where they are kept on a device, as far as they are not there; bytes that travelled. */
export async function sendModels(
  transport: Transport,
  models: ReadonlyMap<string, () => Uint8Array>,
  signal?: AbortSignal,
): Promise<number> {
  let sent = 0;
  for (const hash of await missingModels(transport, [...models.keys()])) {
    const content = models.get(hash)!();
    await transport.put(modelFile(hash), content, signal && { signal });
    sent += content.length;
  }
  return sent;
}

/** The value of an expression in a device's session. Throws what it throws there, and DeviceError. */
export async function pullValue(
  device: AttachedDevice,
  { expression, ...options }: InstallOptions & { readonly expression: string },
): Promise<unknown> {
  const cells = await device.opened.cells?.(options);
  if (cells) return cells.pull(expression, options);
  const agent = await device.agent(options);
  const bytes = await agent.pull(expression, options.signal);
  return unpackValue(bytes, (hash) => device.opened.transport.get(modelFile(hash)));
}

const isThere = `cd "$HOME"; for hash; do if [ -e "${modelFile('$hash')}" ]; then echo "$hash"; fi; done`;

async function missingModels(transport: Transport, hashes: readonly string[]): Promise<string[]> {
  if (hashes.length === 0) return [];
  const { stdout } = await transport.exec(['sh', '-c', isThere, 'sh', ...hashes], {
    timeoutMs: 20_000,
  });
  const there = new Set(Buffer.from(stdout).toString().split('\n'));
  return hashes.filter((hash) => !there.has(hash));
}
