import { createHash } from 'node:crypto';
import type { BenchResult } from '../../src/bench/index.ts';
import { batchOf, randomFeeds } from '../../src/bench/random-feeds.ts';
import { summarize } from '../../src/bench/statistics.ts';
import { DeviceError, ModelError, UsageError } from '../../src/errors.ts';
import { isStatic, type Model } from '../../src/ir/index.ts';
import { readModel } from '../../src/onnx/index.ts';
import type { Feeds, Port } from '../../src/runtime/index.ts';
import { deviceFolder, modelFile } from '../agent/folders.ts';
import type { Runtime, RuntimeJob } from './runtime.ts';
import { benchArgv } from './trtexec/bench-argv.ts';
import { buildArgv, shapesText, type TrtexecBuild } from './trtexec/build-argv.ts';
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
};

async function benchTensorrt(job: RuntimeJob): Promise<BenchResult> {
  const { threads, warmup, runs, minTime = 3000, parameters, macs } = job.options;
  if (threads !== undefined || warmup !== undefined || runs !== undefined)
    throw new UsageError('TensorRT runs for a time, on the GPU: leave --threads, --warmup and --runs out');
  const model = readModel(job.content());
  const version = await versionOf(job);
  const feeds = feedsOf(model, job);
  const built = await buildEngine(job, { model, version, feeds });
  const major = Number.parseInt(version, 10);
  const times = `${engines}/times-${job.model.slice(0, 16)}.json`;
  const duration = Math.max(1, Math.ceil(minTime / 1000));
  const argv = benchArgv({ major, engine: built.engine, duration, transfers: true });
  const shapes = built.shapes ? [`--shapes=${shapesText(built.shapes)}`] : [];
  const output = await trtexec(job, [...argv, ...shapes, `--exportTimes=${times}`]);
  const { transport, watch } = job;
  const queries = parseTimes(Buffer.from(await transport.get(times, watch)).toString());
  if (queries.length === 0)
    throw new DeviceError(`${transport.name}: trtexec has written no times to ${times}`, {
      ...{ device: transport.name, command: 'trtexec' },
    });
  return {
    ...{ device: transport.name, batch: batchOf(feeds), parameters, macs },
    latency: summarize(queries.map(({ latency }) => latency)),
    size: job.content().length,
    ...{ peakMemory: undefined, memoryRise: undefined, cpuUse: undefined, overhead: undefined },
    span: spanOf(output),
    at: new Date().toISOString(),
    conditions: {
      ...{ runs: queries.length, runtime: `TensorRT ${version} by trtexec`, precision: built.precision },
      ...{ transfers: 'included', computeP50: summarize(queries.map(({ compute }) => compute)).p50 },
    },
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
  const key = createHash('sha256').update(JSON.stringify([job.model, version, gpu, precision, shapes]));
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

const feedsOf = ({ graph }: Model, { options }: RuntimeJob): Feeds =>
  randomFeeds(
    graph.feeds.map(({ name, dtype, shape }): Port => {
      if (dtype !== undefined && shape !== undefined) return { name, dtype, shape };
      throw new ModelError(`Input '${name}' must have a type and a shape`, { value: name });
    }),
    options,
  );

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
