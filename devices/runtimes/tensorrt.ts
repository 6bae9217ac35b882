import { createHash } from 'node:crypto';
import type { BenchResult } from '../../src/bench/index.ts';
import { batchOf } from '../../src/bench/random-feeds.ts';
import { summarize } from '../../src/bench/statistics.ts';
import { DeviceError, UsageError } from '../../src/errors.ts';
import { isStatic, type Model } from '../../src/ir/index.ts';
import { readModel } from '../../src/onnx/index.ts';
import type { Feeds, NodeTime } from '../../src/runtime/index.ts';
import { deviceFolder, modelFile } from '../agent/folders.ts';
import { feedsFor } from './feeds.ts';
import type { Runtime, RuntimeJob } from './runtime.ts';
import { benchArgv, layersArgv } from './trtexec/bench-argv.ts';
import { buildArgv, shapesText, sparseWeights, type TrtexecBuild } from './trtexec/build-argv.ts';
import { parseProfile } from './trtexec/profile.ts';
import { trtexecFailure } from './trtexec/remedies.ts';
import { parseTrtexec } from './trtexec/summary.ts';
import { parseTimes } from './trtexec/times.ts';

const engines = `${deviceFolder}/engines`;

/** NVIDIA's TensorRT by its own `trtexec`: an engine is built once for a model, release and GPU, and kept on the device. */
export const tensorrt: Runtime = {
  name: 'tensorrt',
  soaks: false,
  caveat:
    "TensorRT: trtexec's options and outputs are those of its published sources; no TensorRT was at hand to run this with",
  missing: ({ nvidia }) =>
    nvidia.trtexec
      ? undefined
      : 'there is no trtexec: sudo apt install nvidia-jetpack on a Jetson, libnvinfer-bin elsewhere; or leave --runtime out',
  bench: benchTensorrt,
  layers: layersTensorrt,
};

async function benchTensorrt(job: RuntimeJob): Promise<BenchResult> {
  const { threads, warmup, runs, minTime = 3000, parameters, macs } = job.options;
  if (threads !== undefined || warmup !== undefined || runs !== undefined)
    throw new UsageError('TensorRT runs for a time, on the GPU: leave --threads, --warmup and --runs out');
  const { engine, version, major, feeds, precision, shapes } = await engineFor(job);
  const duration = Math.max(1, Math.ceil(minTime / 1000));
  const argv = benchArgv({ major, engine, duration, transfers: true });
  const { output, text } = await exported(job, { argv: [...argv, ...shapes], what: 'times' });
  const queries = parseTimes(text);
  if (queries.length === 0) throw nothingWritten(job, 'times');
  return {
    ...{ device: job.transport.name, batch: batchOf(feeds), parameters, macs },
    latency: summarize(queries.map(({ latency }) => latency)),
    size: job.content().length,
    ...{ peakMemory: undefined, memoryRise: undefined, cpuUse: undefined, overhead: undefined },
    span: spanOf(output),
    at: new Date().toISOString(),
    conditions: {
      ...{ runs: queries.length, runtime: `TensorRT ${version} by trtexec`, precision },
      ...{ transfers: 'included', computeP50: summarize(queries.map(({ compute }) => compute)).p50 },
    },
  };
}

async function layersTensorrt(job: RuntimeJob): Promise<NodeTime[]> {
  const { engine, major, shapes } = await engineFor(job);
  const argv = [...layersArgv({ major, engine }), ...shapes];
  const { text } = await exported(job, { argv, what: 'profile' });
  const layers = parseProfile(text)?.layers ?? [];
  if (layers.length === 0) throw nothingWritten(job, 'profile');
  return layers.map(({ name, average, median = average }) => ({ name, op: '', microseconds: 1000 * median }));
}

/** Runs trtexec, which writes a file of figures: its output, and what is in the file. */
async function exported(job: RuntimeJob, { argv, what }: { argv: readonly string[]; what: Figures }) {
  const file = figuresFile(job, what);
  const output = await trtexec(job, [...argv, `--export${what[0]!.toUpperCase()}${what.slice(1)}=${file}`]);
  const text = Buffer.from(await job.transport.get(file, job.watch)).toString();
  return { output, text };
}

type Figures = 'times' | 'profile';

const figuresFile = ({ model }: RuntimeJob, what: Figures): string =>
  `${engines}/${what}-${model.slice(0, 16)}.json`;

const nothingWritten = (job: RuntimeJob, what: Figures): DeviceError =>
  new DeviceError(`${job.transport.name}: trtexec has written no ${what} to ${figuresFile(job, what)}`, {
    ...{ device: job.transport.name, command: 'trtexec' },
  });

/** The engine of a job, built if need be, and what its runs must be told. */
async function engineFor(job: RuntimeJob) {
  const model = readModel(job.content());
  const version = await versionOf(job);
  const feeds = feedsFor(model, job.options);
  const { engine, precision, shapes } = await buildEngine(job, { model, version, feeds });
  return {
    ...{ engine, version, major: Number.parseInt(version, 10), feeds, precision },
    shapes: shapes ? [`--shapes=${shapesText(shapes)}`] : [],
  };
}

/** Its own release, from the banner that every run begins with. */
async function versionOf(job: RuntimeJob): Promise<string> {
  const version = parseTrtexec(await trtexec(job, ['trtexec', '--help']))?.version;
  if (version) return version;
  throw new DeviceError(`${job.transport.name}: trtexec does not say its version`, {
    ...{ device: job.transport.name, command: 'trtexec --help' },
  });
}

interface Building {
  readonly model: Model;
  readonly version: string;
  readonly feeds: Feeds;
}

/** The engine on the device, built if this model, release, GPU, precision and shape have none yet. */
async function buildEngine(job: RuntimeJob, { model, version, feeds }: Building) {
  const precision = precisionOf(model);
  const isOpen = model.graph.feeds.some(({ shape }) => !shape || !isStatic(shape));
  const shapes = isOpen
    ? Object.fromEntries(Object.entries(feeds).map(([name, { shape }]) => [name, shape]))
    : undefined;
  const gpu = job.facts.nvidia.gpus[0] ?? job.facts.model ?? 'gpu';
  const decisive = [job.model, version, gpu, precision, shapes, sparseWeights];
  const key = createHash('sha256').update(JSON.stringify(decisive));
  const engine = `${engines}/${key.digest('hex').slice(0, 32)}.plan`;
  const build: TrtexecBuild = {
    ...{
      major: Number.parseInt(version, 10),
      onnx: modelFile(job.model),
      engine: `${engine}.part`,
      precision,
    },
    ...{ timingCache: `${engines}/timing-${version}.cache`, ...(shapes && { shapes }) },
  };
  job.watch.onProgress?.({ done: 0, total: 1, message: 'engine, built once' });
  await trtexec(job, buildArgv(build), engine);
  return { engine, precision, shapes };
}

/** QuantizeLinear and DequantizeLinear make a model int8; else its inputs' type tells. */
function precisionOf({ graph }: Model): TrtexecBuild['precision'] {
  if (graph.nodes.some(({ opType }) => opType === 'DequantizeLinear')) return 'int8';
  return graph.feeds.some(({ dtype }) => dtype === 'float16') ? 'float16' : 'float32';
}

/**
 * Runs in the home folder, with the times before and after. Where a file to make is given, nothing is done if it is there,
 * and it is whole or not there: it is written beside its place.
 */
const script = `cd "$HOME" && mkdir -p ${engines} || exit 1
made=$1; shift
if [ -n "$made" ] && [ -e "$made" ]; then exit 0; fi
"$@" 2>&1; code=$?
read -r up rest < /proc/uptime; echo "@@ended $up"
if [ $code = 0 ] && [ -n "$made" ]; then mv "$made.part" "$made"; fi
exit $code`;

async function trtexec(job: RuntimeJob, [, ...args]: readonly string[], makes = ''): Promise<string> {
  const { transport, facts, watch } = job;
  const program = facts.nvidia.trtexec!;
  const { signal } = watch;
  const argv = ['sh', '-c', script, 'edgebook-trtexec', makes, program, ...args];
  const { code, stdout } = await transport.exec(argv, signal && { signal });
  const output = Buffer.from(stdout).toString();
  if (code === 0) return output;
  throw new DeviceError(
    `${transport.name}: trtexec ended with exit code ${code}: ${trtexecFailure(output)}`,
    {
      ...{ device: transport.name, command: ['trtexec', ...args].join(' ') },
    },
  );
}

/** The measured runs end right before the program; what it takes down afterwards counts in, which is little. */
function spanOf(output: string) {
  const to = Number(/^@@ended ([\d.]+)$/m.exec(output)?.[1]);
  const wall = Number(/Total Host Walltime: ([\d.eE+-]+) s/.exec(output)?.[1]);
  return Number.isFinite(to) && Number.isFinite(wall) ? { from: to - wall, to } : undefined;
}
