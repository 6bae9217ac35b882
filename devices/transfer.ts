import { UsageError } from '../src/errors.ts';
import { modelFile } from './agent/folders.ts';
import { packValue, unpackValue } from './agent/values.ts';
import type { AttachedDevice } from './attached-device.ts';
import type { InstallOptions } from './bootstrap/install.ts';
import type { Pushed } from './cells.ts';

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
  const missing = await missingModels(device, [...models.keys()]);
  const stop = options.signal && { signal: options.signal };
  let sent = bytes.length;
  for (const hash of missing) {
    const content = models.get(hash)!;
    await device.opened.transport.put(modelFile(hash), content, { ...stop });
    sent += content.length;
  }
  await agent.push(name, bytes, options.signal);
  return { bytes: sent };
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

const isThere =
  'cd "$HOME"; for hash; do if [ -e ".edgebook/models/$hash.onnx" ]; then echo "$hash"; fi; done';

async function missingModels({ opened }: AttachedDevice, hashes: readonly string[]): Promise<string[]> {
  if (hashes.length === 0) return [];
  const { stdout } = await opened.transport.exec(['sh', '-c', isThere, 'sh', ...hashes], {
    timeoutMs: 20_000,
  });
  const there = new Set(Buffer.from(stdout).toString().split('\n'));
  return hashes.filter((hash) => !there.has(hash));
}
