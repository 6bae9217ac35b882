import { createHash } from 'node:crypto';
import { DeviceError, UsageError } from '../../src/errors.ts';
import type { Model } from '../../src/ir/index.ts';
import type { ExecResult, Transport } from '../device.ts';
import { sparseWeights } from '../runtimes/trtexec/build-argv.ts';
import { parseTrtexec } from '../runtimes/trtexec/summary.ts';
import { onDevice } from './on-device.ts';

/** All that decides whether a TensorRT engine fits: it is of one model, for one version of TensorRT, for one GPU. */
export interface EngineKey {
  /** sha256 of the ONNX file. */
  readonly model: string;
  /** `10.3.0`. */
  readonly tensorrt: string;
  readonly gpu: string;
}

export interface Engine extends EngineKey {
  /** Below the user's home folder. */
  readonly path: string;
  readonly bytes: number;
  /** Of the build, now or then. */
  readonly seconds: number;
  /** True if it was there from an earlier deployment. */
  readonly isKept: boolean;
}

export interface EngineOptions {
  readonly model: Model;
  /** sha256 of the model's file. */
  readonly sha256: string;
  /** The model's file on the device. */
  readonly file: string;
  /** The program there. */
  readonly trtexec: string;
  /** Its name, or the board's. */
  readonly gpu: string;
  readonly signal?: AbortSignal;
}

/** Where engines are kept, below the user's home folder. */
export const engineRoot = '.edgebook/engines';

/** The folder of an engine; another model, TensorRT or GPU has another. */
export const engineFolder = ({ model, tensorrt, gpu }: EngineKey): string =>
  createHash('sha256')
    .update(JSON.stringify([model, tensorrt, gpu, sparseWeights]))
    .digest('hex')
    .slice(0, 32);

/** Builds on the device what TensorRT makes of a model there, or finds it built. Throws DeviceError with what trtexec said. */
export async function buildEngine(transport: Transport, options: EngineOptions): Promise<Engine> {
  const { sha256, trtexec, gpu, signal } = options;
  const help = await home(transport, [trtexec, '--help'], signal);
  const tensorrt = parseTrtexec(textOf(help))?.version;
  if (!tensorrt) throw failed(transport, `${trtexec} tells no version of TensorRT`);
  const key: EngineKey = { model: sha256, tensorrt, gpu };
  const folder = engineFolder(key);
  const path = `${engineRoot}/${folder}/engine.plan`;
  const known = await onDevice(transport, engineRoot, {
    script: look,
    parameters: [folder],
    what: 'find the engine',
  });
  if (known)
    return { ...key, path, ...(JSON.parse(known) as { bytes: number; seconds: number }), isKept: true };
  await onDevice(transport, engineRoot, {
    script: 'mkdir -p "$1"',
    parameters: [folder],
    what: 'make a folder',
  });
  const begin = performance.now();
  const argv = buildArgv({ ...options, tensorrt, part: `${path}.part` });
  const built = await home(transport, argv, signal);
  if (built.code !== 0 || !parseTrtexec(textOf(built))?.passed) throw failed(transport, reasonOf(built));
  const seconds = (performance.now() - begin) / 1000;
  const parameters = [folder, seconds.toFixed(1), JSON.stringify(key)];
  const bytes = Number(
    await onDevice(transport, engineRoot, { script: keep, parameters, what: 'keep the engine' }),
  );
  return { ...key, path, bytes, seconds, isKept: false };
}

/** Written last: what has it is whole. */
const look = 'if [ -f "$1/engine.json" ]; then cat "$1/engine.json"; fi';
const keep = `durable "$1/engine.plan.part"; mv -f "$1/engine.plan.part" "$1/engine.plan"
bytes=$(($(wc -c < "$1/engine.plan")))
printf '{"bytes":%s,"seconds":%s,"key":%s}\\n' "$bytes" "$2" "$3" > "$1/engine.json.new"
durable "$1/engine.json.new"; mv -f "$1/engine.json.new" "$1/engine.json"; echo "$bytes"`;

/**
 * Arguments of trtexec that build and do not measure (samples/common/sampleOptions.cpp at v8.6.1, v10.3.0, v11.1): from 11
 * on the model's own types hold, before they have to be allowed. Throws UsageError for versions whose options are not known.
 */
export function buildArgv(
  build: EngineOptions & { readonly tensorrt: string; readonly part: string },
): string[] {
  const { model, file, trtexec, tensorrt, part } = build;
  const [major = 0, minor = 0] = tensorrt.split('.').map(Number);
  if (![8, 10, 11].includes(major))
    throw new UsageError(`trtexec: TensorRT must be 8, 10 or 11, was ${tensorrt}: its options are not known`);
  const isQuantized = model.graph.nodes.some(({ opType }) => opType === 'QuantizeLinear');
  const allowed = major === 11 ? [] : ['--fp16', ...(isQuantized ? ['--int8'] : []), sparseWeights];
  const only = major === 8 && minor < 6 ? '--buildOnly' : '--skipInference';
  return [trtexec, `--onnx=${file}`, `--saveEngine=${part}`, only, ...allowed, ...shapesOf(model)];
}

/** One sample at a time, where the model leaves its batch open. */
function shapesOf({ graph }: Model): string[] {
  const open = graph.feeds.filter(({ shape }) => shape?.some((dim) => typeof dim !== 'number'));
  if (open.length === 0) return [];
  const all = graph.feeds.map(
    ({ name, shape = [] }) => `${name}:${shape.map((dim) => (typeof dim === 'number' ? dim : 1)).join('x')}`,
  );
  return [`--shapes=${all.join(',')}`];
}

/** Runs a program in the user's home folder. */
const home = (
  transport: Transport,
  argv: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ExecResult> =>
  transport.exec(['sh', '-c', 'cd "$HOME" && exec "$@"', 'sh', ...argv], { ...(signal && { signal }) });

const textOf = ({ stdout, stderr }: ExecResult): string =>
  Buffer.concat([stdout, Buffer.from('\n'), stderr]).toString();

function reasonOf(result: ExecResult): string {
  const lines = textOf(result).split('\n');
  const error = lines.find((line) => /\[E\]/.test(line)) ?? lines.findLast((line) => line.trim() !== '');
  return error?.replace(/^.*\[E\]\s*/, '').trim() || `trtexec ended with exit code ${result.code}`;
}

const failed = ({ name }: Transport, why: string): DeviceError =>
  new DeviceError(`${name}: TensorRT could not build an engine: ${why}`, {
    device: name,
    command: 'trtexec',
  });
