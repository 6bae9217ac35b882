import { DeviceError } from '../../src/errors.ts';
import { deviceFolder, modelFolder } from '../agent/folders.ts';
import type { Transport } from '../device.ts';
import { agentProgram, edgebookPart, nodePart, onnxruntimePart, type Part } from './parts.ts';
import { type Survey, survey } from './survey.ts';

export interface InstallOptions {
  readonly signal?: AbortSignal;
  /** What is being sent, and how far: bytes of how many. */
  readonly onProgress?: (title: string, sent: number, total: number) => void;
  /** One line about what was done. */
  readonly onNote?: (text: string) => void;
}

/** Unpacks an archive beside its place and moves it there: it is whole or not there. Older ones of its kind go. */
const unpack = `set -e
cd "$HOME/.edgebook"; new=$1/$2.new
rm -rf "$new"; mkdir -p "$new"
if ! tar xzf "$3" -C "$new"; then rm -rf "$new" "$3"; echo 'it cannot be unpacked: is the disk full?' >&2; exit 73; fi
: > "$new/.complete"; sync
for old in "$1"/*; do if [ "$old" != "$new" ]; then rm -rf "$old"; fi; done
mv "$new" "$1/$2"; rm -f "$3"`;

/** Lets our code find onnxruntime as a package beside the others. */
const link = `set -e
cd "$HOME/.edgebook/edgebook/$1/node_modules"
for p in onnxruntime-node onnxruntime-common; do ln -sfn "../../../onnxruntime/$2/node_modules/$p" "$p"; done`;

/**
 * Brings what the agent needs onto a device, as far as it is not there: Node, onnxruntime and our own code, into one
 * folder below the user's home. Each archive is checked by its sha256 there, and one that was cut goes on where it
 * ended. Resolves to the agent's command. Throws DeviceError.
 */
export async function installAgent(transport: Transport, options: InstallOptions = {}): Promise<string[]> {
  const device = await survey(transport, options.signal);
  const [edgebook, onnxruntime] = [edgebookPart(), onnxruntimePart(device.arch)];
  const node = device.node ? undefined : nodePart(device.arch);
  const parts = [node, onnxruntime, edgebook].filter((part) => part !== undefined);
  const missing = parts.filter(({ kind, name }) => !device.present.includes(`${kind}/${name}`));
  for (const part of missing) await sendPart(transport, part, { ...options, device });
  if (missing.length > 0) await run(transport, link, [edgebook.name, onnxruntime.name]);
  const store = `${device.home}/${deviceFolder}`;
  const program = device.node ?? `${store}/node/${node!.name}/package/bin/node`;
  const agent = `${store}/edgebook/${edgebook.name}/app/${agentProgram}`;
  return ['env', 'ORT_DISABLE_TELEMETRY=1', program, '--disable-warning=ExperimentalWarning', agent];
}

async function sendPart(
  transport: Transport,
  part: Part,
  { device, ...options }: InstallOptions & { readonly device: Survey },
): Promise<void> {
  const { kind, name, title } = part;
  const archive = await part.archive();
  const { length } = archive;
  // An archive and what it unpacks to are there at the same time.
  if (device.free < length * 4)
    throw new DeviceError(
      `${transport.name} has ${megabytes(device.free)} free in ${device.home}, ${title} needs ${megabytes(length * 4)} while it is unpacked`,
      { device: transport.name, command: `put ${title}` },
    );
  const incoming = `${deviceFolder}/incoming/${kind}-${name}.tgz`;
  await transport.put(incoming, archive, {
    ...(options.signal && { signal: options.signal }),
    onProgress: (sent, total) => options.onProgress?.(title, sent, total),
  });
  await run(transport, unpack, [kind, name, `incoming/${kind}-${name}.tgz`]);
  options.onNote?.(`${transport.name}: ${title} sent, ${megabytes(length)}, sha256 checked`);
}

async function run(transport: Transport, script: string, parameters: readonly string[]): Promise<void> {
  const { code, stderr } = await transport.exec(['sh', '-c', script, 'sh', ...parameters], {
    timeoutMs: 120_000,
  });
  if (code === 0) return;
  const why = Buffer.from(stderr).toString().trim() || `exit code ${code}`;
  throw new DeviceError(`${transport.name} could not be set up: ${why}`, {
    device: transport.name,
    command: 'install',
  });
}

/** Takes away all that Edgebook has put on a device. */
export async function cleanDevice(transport: Transport): Promise<void> {
  await run(transport, 'rm -rf "$HOME/.edgebook"', []);
}

/** Takes away the copies of models that its sessions worked with. */
export async function clearModels(transport: Transport): Promise<void> {
  await run(transport, `rm -rf "$HOME/${modelFolder}"`, []);
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 10e6 ? 1 : 0)} MB`;
