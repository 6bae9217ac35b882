/**
 * Our side of the quantization benchmark, with the protocol of `quantization_peers.py`: argument JOB, prints a line of JSON for
 * each setting. This is the one place that calls the quantizer.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Model, product } from '../src/ir/index.ts';
import { loadModel, writeModel } from '../src/onnx/index.ts';
import {
  type Calibration,
  type DropLimit,
  observerOf,
  type QuantizationReport,
  type QuantizedModel as Quantized,
  type QuantizeOptions,
  quantizeAuto,
  quantizeStatic,
} from '../src/quantize/index.ts';
import { onnxruntimeVersion } from '../src/runtime/session.ts';
import type { Job, Measured, Said } from './quantization-contestants.ts';
import { NpyFile } from './quantization-npy.ts';

const plain =
  (options: QuantizeOptions = {}) =>
  (model: Model, calibration: Calibration): Promise<Quantized> =>
    quantizeStatic(model, calibration, options);

export interface Setting {
  readonly name: string;
  run(model: Model, calibration: Calibration): Promise<Quantized>;
}

/** What of ours is run on every model: the first one is held to the claims. */
export const settings: readonly Setting[] = [
  {
    name: 'auto',
    run: quantizeAuto,
  },
  { name: 'default', run: plain() },
  { name: 'per-tensor', run: plain({ perChannel: false }) },
  { name: 'percentile', run: plain({ observer: observerOf('percentile') }) },
  { name: 'entropy', run: plain({ observer: observerOf('entropy') }) },
  { name: 'mse', run: plain({ observer: observerOf('mse') }) },
];

/** How a network is quantized where its drop is limited: to integers that lose more than the limit. */
export interface LimitedSetting {
  readonly weightBits: number;
  readonly perChannel: boolean;
}

/** Quantized so, within a limit of the drop if there is one. */
export const withinLimit = (
  model: Model,
  calibration: Calibration,
  options: LimitedSetting & { readonly limit?: DropLimit },
): Promise<Quantized> => quantizeStatic(model, calibration, options);

/** Samples of a batch, as `feedsOf` has them: 32, or as many as take 4 MiB. */
const batchOf = ({ shape }: NpyFile): number =>
  Math.max(1, Math.min(32, Math.floor(2 ** 20 / product(shape.slice(1)))));

/** Every calibration sample once, from the file. */
export function* batches(
  { calibration }: Pick<Job, 'calibration'>,
  input: string,
): Generator<Record<string, ReturnType<NpyFile['read']>>> {
  const file = new NpyFile(calibration);
  const batchSize = batchOf(file);
  for (let from = 0; from < file.size; from += batchSize)
    yield { [input]: file.read(from, Math.min(file.size, from + batchSize)) };
  file.close();
}

/** The same, from the start as often as it is asked for. */
const calibrationOf = (job: Pick<Job, 'calibration'>, input: string): Calibration => ({
  [Symbol.iterator]: () => batches(job, input),
});

async function measured(work: () => Promise<void>): Promise<Measured> {
  const started = performance.now();
  const busy = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(busy);
  return {
    seconds: (performance.now() - started) / 1000,
    processor: (user + system) / 1e6,
    peak: peakBytes(),
  };
}

/** Peak resident bytes. Not maxRSS where there is another: it starts with what the parent had when it forked. */
function peakBytes(): number {
  if (!existsSync('/proc/self/status')) return process.resourceUsage().maxRSS * 1024;
  return 1024 * Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]);
}

async function run(job: Job, setting: string): Promise<Said> {
  const file = join(job.folder, `edgebook-${setting.replaceAll('/', '-')}.onnx`);
  // Loads the native library, as the imports of the others do.
  onnxruntimeVersion();
  const said = { setting, version: 'this one', imports: performance.now() / 1000, basePeak: peakBytes() };
  const wanted = settings.find(({ name }) => name === setting);
  if (!wanted) {
    const names = settings.map(({ name }) => name).join(', ');
    return { ...said, error: `there is no setting '${setting}', only ${names}` };
  }
  const calls: Measured[] = [];
  let last: Quantized | undefined;
  try {
    for (let i = 0; i < job.repeat; i++)
      calls.push(
        await measured(async () => {
          const model = await loadModel(job.float);
          last = await wanted.run(model, calibrationOf(job, model.graph.inputs[0]!.name));
          writeFileSync(file, writeModel(last.model));
        }),
      );
  } catch (error) {
    return { ...said, error: `${basename(job.float)}: ${(error as Error).message}` };
  }
  let told: QuantizationReport | undefined;
  const report = await measured(async () => {
    told = await last!.describe();
  });
  const { tensors, left } = told!;
  return { ...said, file, calls, report, tensors, left };
}

if (import.meta.main) {
  const job = JSON.parse(process.argv[2]!) as Job;
  for (const setting of job.settings) console.log(JSON.stringify(await run(job, setting)));
}
