import { attachmentsOf } from '../devices/attachments.ts';
import { local } from '../devices/local.ts';
import { profilerOn } from '../devices/profile-on.ts';
import type { Dataset } from '../src/data/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Model } from '../src/ir/index.ts';
import {
  type Calibration,
  type DropLimit,
  type HalfType,
  packInt4,
  type QuantizationReport,
  type QuantizedModel,
  type QuantizeOptions,
  quantizeAuto,
  quantizeDynamic,
  quantizeStatic,
  quantizeTrained,
  quantizeWeights,
  type SchemeReport,
  toHalf,
  toQOperator,
  type WeightBits,
} from '../src/quantize/index.ts';
import type { WorkOptions } from '../src/report.ts';
import { saturatedLayers } from '../src/simulate/index.ts';
import type { Target } from '../src/targets/index.ts';
import type { Context, ParsedLine } from './magic.ts';
import { excludedNames, type limitOf, staticOptions, words } from './quantize-options.ts';
import { trainingError, trainingOptions } from './quantize-training.ts';

/** What a line of `%quantize` asks, with what it works on. */
export interface Job {
  readonly line: ParsedLine;
  readonly flags: ParsedLine['flags'];
  readonly context: Pick<Context, 'curve' | 'signal' | 'cwd' | 'folder'>;
  /** Stands in the progress of a training. */
  readonly label: string;
  readonly model: Model;
  /** Undefined where no data set is known and none is needed. */
  readonly data: Dataset | undefined;
  readonly calibration: Calibration | undefined;
  readonly limited: ReturnType<typeof limitOf>;
  readonly work: WorkOptions & { readonly batches?: number };
}

export interface Made {
  readonly model: Model;
  readonly report: QuantizationReport | SchemeReport;
}

interface Described extends Made {
  readonly report: QuantizationReport;
}

/** Static quantization, trained if asked for, then in the form asked for. */
export async function makeStatic(job: Job): Promise<Made> {
  const { flags, model, calibration, limited, work } = job;
  const options = {
    ...staticOptions(flags, model),
    ...work,
    saturation: saturatedLayers,
    ...(limited && { limit: { ...limited.limit, ...timedOn(job) } }),
  };
  checkOperators(job, options.target);
  const { searchRanges, ...rest } = options;
  const untrained = () =>
    searchRanges ? quantizeAuto(model, calibration!, rest) : quantizeStatic(model, calibration!, options);
  const quantized = flags.qat === true ? await makeTrained(job, options) : await untrained();
  const made = { model: quantized.model, report: await quantized.describe() };
  if (flags.w4a8 === true) return packed(made, options.target);
  return flags['q-operator'] === true ? asOperators(made) : made;
}

/** Where `--on` lets a search for a limit measure what each layer would save. Throws UsageError for no attached device. */
function timedOn({ flags, context: { folder, signal } }: Job): Pick<DropLimit, 'profile' | 'where'> {
  if (flags.on === undefined || flags.on === local) return {};
  const device = attachmentsOf(folder).get(String(flags.on));
  return { profile: profilerOn(device, { signal }), where: device.name };
}

async function makeTrained(job: Job, options: QuantizeOptions): Promise<QuantizedModel> {
  const { training, curve } = await trainingOptions(job, options);
  try {
    return await quantizeTrained(job.model, job.calibration!, { ...options, training });
  } catch (error) {
    throw trainingError(error);
  } finally {
    curve?.done();
  }
}

/** onnxruntime's own CPU kernels, which no target means as well. */
const isOnnxruntime = (target: Target | undefined): boolean => !target || target.name.startsWith('ort-');

/** Weights of 4 bits two a byte where onnxruntime unpacks them; elsewhere they stay in bytes, and the report says so. */
function packed({ model, report }: Described, target: Target | undefined): Made {
  if (!isOnnxruntime(target)) {
    const warning = `The weights of 4 bits stay in bytes: onnxruntime unpacks int4 constants when it loads a model, ${target!.title} is not known to`;
    return { model, report: report.withWarning(warning) };
  }
  const small = packInt4(model);
  const { sizeAfter } = small.report;
  return { model: small.model, report: report.withPart(small.report, { sizeAfter }) };
}

function asOperators({ model, report }: Described): Made {
  // All of it stays float to keep a limit: the report says so.
  if (report.quantizedNodes === 0) return { model, report };
  const converted = toQOperator(model);
  const { sizeAfter } = converted.report;
  return { model: converted.model, report: report.withPart(converted.report, { sizeAfter }) };
}

/** onnxruntime reads both forms, other runtimes the one of their target. */
function checkOperators({ flags }: Job, target: Target | undefined): void {
  if (flags['q-operator'] !== true || !target) return;
  if (target.format === 'qoperator' || isOnnxruntime(target)) return;
  throw new UsageError(
    `%quantize: --q-operator and --target ${target.name} contradict, ${target.title} reads QuantizeLinear and DequantizeLinear: leave one out`,
  );
}

/** What the schemes without static calibration have in common. */
const shared = ({ calibration, work, model, flags }: Job) => ({
  ...work,
  ...(calibration && { calibration }),
  ...(flags.exclude !== undefined && { exclude: excludedNames(model, words(flags.exclude)) }),
});

export const makeHalf = (job: Job, type: HalfType): Promise<Made> =>
  toHalf(job.model, { ...shared(job), type });

export function makeDynamic(job: Job): Promise<Made> {
  const { flags, model } = job;
  if (flags['reduce-range'] === 'observed')
    throw new UsageError(
      '%quantize: --reduce-range observed is for static quantization, --dynamic knows no activations beforehand: use --reduce-range always',
    );
  return quantizeDynamic(model, {
    ...shared(job),
    perChannel: flags['per-tensor'] !== true,
    reduceRange: flags['reduce-range'] === 'always',
  });
}

/** `bits` as a flag says it; the library checks it. */
export function makeWeightOnly(job: Job, bits: unknown): Promise<Made> {
  const { flags, model } = job;
  const method = flags.rounding as 'rtn' | 'gptq' | undefined;
  if (method === 'gptq' && !job.calibration)
    throw new UsageError('%quantize: --rounding gptq looks at data, none are known: give --calib DATA');
  return quantizeWeights(model, {
    ...shared(job),
    bits: bits as WeightBits,
    ...(method && { method }),
    ...(flags.group !== undefined && { group: groupOf(String(flags.group)) }),
    ...(flags.asymmetric === true && { symmetric: false }),
  });
}

function groupOf(text: string): number | 'channel' {
  if (text === 'channel') return text;
  if (/^\d+$/.test(text)) return Number(text);
  throw new UsageError(`%quantize: --group must be 16, 32, 64, 128, 256 or channel, was '${text}'`);
}
