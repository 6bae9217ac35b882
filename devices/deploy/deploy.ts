import { createHash } from 'node:crypto';
import { DeviceError } from '../../src/errors.ts';
import type { WorkOptions } from '../../src/report.ts';
import type { Transport } from '../device.ts';
import { assemblyOf } from './assembly.ts';
import { DeployReport } from './deploy-report.ts';
import type { Health } from './health.ts';
import { type Held, withLock } from './lock.ts';
import { onDevice } from './on-device.ts';
import { type Piece, piecesOf } from './pieces.ts';
import { defaultRoot, type LogEntry, type Manifest, otherSlot, type Slot, slotState } from './slots.ts';
import { switchTo } from './switch-slot.ts';

export interface DeployOptions extends WorkOptions {
  /** The variant's name. */
  readonly name: string;
  /** Runs the model where it is now, on the device, before it is served. `path`: its file there. */
  readonly check: (path: string) => Promise<Health>;
  /** Folder on the device; relative ones are below the user's home. Default `.edgebook/deploy`. */
  readonly root?: string;
}

/**
 * Puts a model on a device beside the one that is served, checks it there, and switches in one step: whatever ends the
 * deployment, the device has the old model or the new one, whole. Only the pieces travel that the served model does not
 * have. Throws DeviceError if the device refuses something, or if the model fails its check there.
 */
export async function deploy(
  transport: Transport,
  file: Uint8Array,
  options: DeployOptions,
): Promise<DeployReport> {
  const { root = defaultRoot, signal } = options;
  const begin = performance.now();
  const device = transport.name;
  return withLock(transport, { root, ...(signal && { signal }) }, async (held) => {
    const state = await slotState(transport, root);
    const model = createHash('sha256').update(file).digest('hex');
    const served = state.current && state.slots[state.current];
    if (served?.model === model)
      return new DeployReport({ device, slot: state.current!, manifest: served, sent: 0, warnings: [] });
    const slot = otherSlot(state.current);
    const from = served && state.current ? { slot: state.current, pieces: served.pieces } : undefined;
    const target = { ...options, ...held, root, model, pieces: piecesOf(file) };
    const sent = await sendModel(transport, file, { ...target, from });
    const { manifest, health } = await checked(transport, file, target);
    const entry: LogEntry = { at: manifest.deployed, what: 'deploy', slot, name: options.name, model };
    await switchTo(transport, root, { ...held, entry });
    const { bytes, pieces, warnings } = sent;
    const seconds = (performance.now() - begin) / 1000;
    return new DeployReport({
      ...{ device, slot, manifest, sent: bytes, reused: pieces, warnings, health, seconds },
      ...(served && { before: served }),
    });
  });
}

/** Its place is where the model is put together and checked: both slots stay until it is known to be healthy. */
interface Target extends Held {
  readonly root: string;
  /** sha256 of the new file. */
  readonly model: string;
  readonly pieces: readonly Piece[];
}

const clear = 'rm -f "$1/manifest.json"; durable "$1" 2>/dev/null || true; rm -rf "$1"; mkdir -p "$1"';

/** Makes the file of what is served and of what is sent, in the order of standard input's lines. */
const assemble = `slot=$1 sum=$2 there=$3; part=$slot/model.part; : > "$part"
while read -r from offset length; do
  if [ "$from" = there ]; then source=$there/model.onnx; else source=$slot/sent; fi
  tail -c +$((offset + 1)) "$source" | head -c "$length" >> "$part"
done
is=$(sha256sum < "$part"); is=\${is%% *}
if [ "$is" != "$sum" ]; then echo "the model's sha256 is $is there and $sum here" >&2; exit 76; fi
durable "$part"; mv -f "$part" "$slot/model.onnx"; rm -f "$slot/sent"; durable "$slot" || true`;

interface Served {
  readonly slot: Slot;
  readonly pieces: Manifest['pieces'];
}

/** How much has travelled, and what a reader should know of it. */
interface Sent {
  readonly bytes: number;
  /** Pieces that were there already. */
  readonly pieces: number;
  readonly warnings: readonly string[];
}

/** Sends what is new; the whole file if what is served turns out to be damaged. */
async function sendModel(
  transport: Transport,
  file: Uint8Array,
  target: Target & WorkOptions & { readonly from: Served | undefined },
): Promise<Sent> {
  const first = await sendPieces(transport, file, target).catch((error: DeviceError) => error);
  if (typeof first === 'number') return { bytes: first, pieces: reusedOf(target), warnings: [] };
  if (!target.from || first.command !== together) throw first;
  const whole = await sendPieces(transport, file, { ...target, from: undefined });
  return {
    bytes: whole + assemblyOf(file, target.pieces, target.from.pieces).sent.length,
    pieces: 0,
    warnings: [
      `The model that was served there is damaged, so the new one was sent whole. Check the disk of ${transport.name}`,
    ],
  };
}

const together = 'put the model together';

function reusedOf({ pieces, from }: Target & { readonly from: Served | undefined }): number {
  const there = new Set(from?.pieces.map(({ hash }) => hash));
  return pieces.filter(({ hash }) => there.has(hash)).length;
}

/** Returns how many bytes have travelled. */
async function sendPieces(
  transport: Transport,
  file: Uint8Array,
  {
    root,
    place,
    model,
    pieces,
    from,
    signal,
    onProgress,
  }: Target & WorkOptions & { readonly from: Served | undefined },
): Promise<number> {
  const work = { ...(signal && { signal }) };
  await onDevice(transport, root, { script: clear, parameters: [place], what: 'clear its place', ...work });
  const { copies, sent } = assemblyOf(file, pieces, from?.pieces ?? []);
  await transport.put(`${root}/${place}/sent`, sent, {
    ...work,
    onProgress: (done, total) => onProgress?.({ done, total, message: 'bytes sent' }),
  });
  await onDevice(transport, root, {
    ...{ script: assemble, parameters: [place, model, from?.slot ?? place], what: together },
    stdin: copies.map((copy) => `${copy.from} ${copy.offset} ${copy.length}\n`).join(''),
    ...work,
  });
  return sent.length;
}

/** Has the model checked on the device; a healthy one gets its manifest, a sick one goes. */
async function checked(
  transport: Transport,
  file: Uint8Array,
  { root, place, model, pieces, name, check, signal }: Target & DeployOptions,
): Promise<{ readonly manifest: Manifest; readonly health: Health }> {
  const health = await check(`${root}/${place}/model.onnx`);
  signal?.throwIfAborted();
  if (!health.isHealthy) {
    // It is not in a slot, so it is never served: what the check found matters more than whether it could be cleared.
    await onDevice(transport, root, {
      ...{ script: clear, parameters: [place], what: 'clear its place' },
    }).catch(() => undefined);
    throw new DeviceError(
      `${transport.name}: '${name}' failed its check there and is not served: ${health.told}. What was served before still is`,
      { device: transport.name, command: 'check the model' },
    );
  }
  const deployed = new Date().toISOString();
  const { told, statistics } = health;
  const manifest = {
    ...{ name, model, bytes: file.length, pieces, deployed, check: told },
    ...(statistics && { statistics }),
  };
  await transport.put(`${root}/${place}/manifest.json`, Buffer.from(JSON.stringify(manifest)));
  return { manifest, health };
}
