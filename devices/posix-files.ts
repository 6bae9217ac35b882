import { createHash } from 'node:crypto';
import { DeviceError } from '../src/errors.ts';
import type { PutOptions, Spawned, Transport } from './device.ts';
import { runSpawned } from './run-spawned.ts';

type Spawn = Pick<Transport, 'name' | 'spawn'>;

/** The exit code of a file whose bytes are not those that were sent. */
const differs = 76;

/**
 * Receives a file: says how much of it is there from an earlier try that was cut, appends what comes, and renames it
 * when size and sha256 are right. The temporary has the hash in its name: only the same content is ever continued. What
 * it says it has written stays through a power cut.
 */
const receive = `set -e
path=$1 part=$2 sum=$3 mode=$4 size=$5
case $path in */*) mkdir -p "\${path%/*}";; esac
have=0; if [ -f "$part" ]; then have=$(wc -c < "$part"); fi
if [ "$have" -gt "$size" ]; then rm -f "$part"; have=0; fi
echo $((have))
if ! cat >> "$part"; then rm -f "$part"; echo 'the disk is full, or the folder takes no files' >&2; exit 73; fi
got=$(wc -c < "$part")
if [ "$got" -lt "$size" ]; then echo "only $((got)) of $size bytes have arrived" >&2; exit 74; fi
is=$(sha256sum < "$part"); is=\${is%% *}
if [ "$is" != "$sum" ]; then rm -f "$part"; echo "its sha256 is $is there and $sum here" >&2; exit ${differs}; fi
chmod "$mode" "$part"; sync "$part" 2>/dev/null || sync; mv -f "$part" "$path"
case $path in */*) folder=\${path%/*}/;; *) folder=.;; esac
sync "$folder" 2>/dev/null || sync`;

/** Bytes that go at a time, between which an abort is seen. */
const chunkSize = 1 << 18;

type Content = PutOptions & { readonly bytes: Uint8Array };

/**
 * `put` of a device with a POSIX shell: resumed where an earlier try was cut, and whole or not at all. Where a cut try has
 * gone on writing for a while after the next one began, what both wrote is thrown away and sent anew, once.
 */
export async function putFile(device: Spawn, path: string, content: Content): Promise<void> {
  const failed = (await putOnce(device, path, content)) && (await putOnce(device, path, content));
  if (failed) throw failed;
}

/** Gives the error of bytes that are other ones there, throws any other. */
async function putOnce(
  { name, spawn }: Spawn,
  path: string,
  { bytes, ...options }: Content,
): Promise<DeviceError | undefined> {
  const sum = createHash('sha256').update(bytes).digest('hex');
  const { mode = 0o644, signal } = options;
  const parameters = [path, `${path}.${sum.slice(0, 16)}.part`, sum, mode.toString(8), String(bytes.length)];
  const spawned = spawn(['sh', '-c', receive, 'sh', ...parameters]);
  const command = `put ${path}`;
  const onAbort = () => spawned.kill();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    signal?.throwIfAborted();
    const sent = send(spawned, bytes, options);
    const said = text(spawned.stderr);
    // How the command ended tells more than what its streams did, and both are over by then.
    for (const promise of [sent, said]) promise.catch(() => {});
    const code = await spawned.exit;
    signal?.throwIfAborted();
    if (code !== 0) {
      const why = reason(await said, code);
      const error = new DeviceError(`${name}: ${path} was not written: ${why}`, { device: name, command });
      if (code === differs) return error;
      throw error;
    }
    await sent;
    return undefined;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Sends what the device does not have yet. A device that stops reading says why by its exit code. */
async function send(spawned: Spawned, bytes: Uint8Array, { signal, onProgress }: PutOptions): Promise<void> {
  try {
    let start = await firstNumber(spawned.stdout);
    for (; start < bytes.length && !signal?.aborted; start += chunkSize) {
      await spawned.write(bytes.subarray(start, start + chunkSize));
      onProgress?.(Math.min(start + chunkSize, bytes.length), bytes.length);
    }
    spawned.end();
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
  }
}

async function firstNumber(stdout: AsyncIterable<Uint8Array>): Promise<number> {
  let line = '';
  for await (const part of stdout) {
    line += Buffer.from(part).toString('latin1');
    if (line.includes('\n')) break;
  }
  return Number.parseInt(line, 10) || 0;
}

async function text(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString().trim();
}

const reason = (said: string, code: number): string => said.split('\n').at(-1) || `exit code ${code}`;

const hashLength = 64;

/** `get` of a device with a POSIX shell: the device's sha256 comes first, and the bytes must have it. */
export async function getFile(
  { name, spawn }: Spawn,
  path: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Uint8Array> {
  const command = `get ${path}`;
  const fail = (why: string) =>
    new DeviceError(`${name}: ${path} was not read: ${why}`, { device: name, command });
  const script = 'sum=$(sha256sum < "$1") && printf %.64s "$sum" && cat "$1"';
  const result = await runSpawned(spawn(['sh', '-c', script, 'sh', path]), {
    device: name,
    command,
    ...(signal && { signal }),
  });
  if (result.code !== 0) throw fail(reason(Buffer.from(result.stderr).toString().trim(), result.code));
  const sum = Buffer.from(result.stdout.subarray(0, hashLength)).toString('latin1');
  const bytes = result.stdout.subarray(hashLength);
  if (createHash('sha256').update(bytes).digest('hex') !== sum)
    throw fail(
      `the ${bytes.length} bytes that came are not those of its sha256: it changed meanwhile, try again`,
    );
  return bytes;
}
