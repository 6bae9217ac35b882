import { ModelError, UsageError } from '../../../errors.ts';
import { type Model, type Node, sortNodes, type Value } from '../../../ir/index.ts';
import { writeModel } from '../../../onnx/index.ts';
import { Rewriting, removeUnused, upgradeOpset } from '../../../passes/index.ts';
import type { WorkOptions } from '../../../report.ts';
import type { Feeds } from '../../../runtime/index.ts';
import { type Calibration, calibrate } from '../../calibrate.ts';
import { FeedSample } from '../../feed-sample.ts';
import type { Range } from '../../observer.ts';
import { minMax } from '../../observers/min-max.ts';
import type { FloatNode } from '../../quantize-report.ts';
import { floatModel } from '../float-model.ts';
import { outputSqnr, valueSqnr } from '../output-sqnr.ts';
import { type Rewritten, SchemeReport } from '../scheme-report.ts';
import { planHalf } from './islands.ts';
import { latencies } from './latency.ts';
import { type HalfType, largest } from './narrow.ts';
import { roundedTwin } from './rounded-twin.ts';
import { storeHalf } from './store-half.ts';
import { nodeKey, writeHalf } from './write-half.ts';

export interface HalfOptions extends WorkOptions {
  /** Default `float16`. */
  readonly type?: HalfType;
  /**
   * `compute`: nodes compute in 16 bits. `storage`: only the file is in 16 bits, computation float32.
   * Default `compute` of float16 and `storage` of bfloat16, for which onnxruntime has no kernels on CPUs.
   */
  readonly form?: 'compute' | 'storage';
  /** Whether inputs and outputs stay float32. Default true. */
  readonly keepIoTypes?: boolean;
  /**
   * Inputs of the model. Nodes whose values leave the range of float16 on it stay float32, and those that lose more
   * than `minSqnr`; outputs and run times are compared on it.
   */
  readonly calibration?: Calibration;
  /** SQNR in dB beside float32 that a node must keep. Default 40. */
  readonly minSqnr?: number;
  /** Names of nodes that stay float32. */
  readonly exclude?: readonly string[];
}

/**
 * A model in half precision: weights and, in the form `compute`, activations in 16 bits, with float32 islands where 16 bits
 * do not do. `model` is not changed, and brought to operator set 13 if it is older.
 * Throws UsageError for bfloat16 that computes, ModelError if the model is quantized or not finite on the data.
 */
export async function toHalf(
  model: Model,
  options: HalfOptions = {},
): Promise<{ model: Model; report: SchemeReport }> {
  const { type = 'float16' } = options;
  const { form = type === 'float16' ? 'compute' : 'storage' } = options;
  if (type === 'bfloat16' && form === 'compute')
    throw new UsageError(
      'A model in bfloat16 must be of the form storage: onnxruntime has no bfloat16 kernels on CPUs; take that, or float16',
    );
  const prepared = floatModel(model);
  const float = prepared.opset < 13 ? upgradeOpset(prepared, 13).model : prepared;
  const { ranges, feeds } = await observe(float, options);
  const made =
    form === 'storage' ? stored(float, type) : await computed(float, { ...options, ranges, feeds });
  const { half, measured, rewritten, islands } = made;
  const outputs = await outputSqnr({ float, rewritten: measured, feeds });
  const report = new SchemeReport({
    title: `${type} ${form === 'storage' ? 'weights, float32 computation' : 'computation'}`,
    rewritten,
    left: islands,
    outputs,
    sizeBefore: writeModel(model).length,
    sizeAfter: writeModel(half).length,
    warnings: [...saturations(float, type), ...(await onThisMachine(float, { half, feeds, type }))],
  });
  return { model: half, report };
}

interface Made {
  readonly half: Model;
  /** What is measured: the model itself, or the float32 model that rounds as float16 hardware does. */
  readonly measured: Model;
  readonly rewritten: readonly Rewritten[];
  readonly islands: readonly FloatNode[];
}

function stored(float: Model, type: HalfType): Made {
  const rewriting = new Rewriting(float);
  const rewritten = storeHalf(rewriting, type);
  if (rewritten.length === 0)
    throw new ModelError(
      'The model must have float32 constants of at least 64 numbers to be stored in 16 bits, has none',
    );
  sortNodes(rewriting.graph);
  const half = removeUnused(rewriting.finish());
  return { half, measured: half, rewritten, islands: [] };
}

interface Observed {
  readonly ranges: ReadonlyMap<string, Range>;
  readonly feeds: readonly Feeds[];
}

/** Ranges of all computed float32 values, and some batches for later. */
async function observe(float: Model, options: HalfOptions): Promise<Observed> {
  const { calibration } = options;
  if (!calibration) return { ranges: new Map(), feeds: [] };
  const sample = new FeedSample();
  const typed = new Rewriting(float);
  typed.annotate();
  const names = [...typed.graph.values()]
    .filter(({ dtype, producer, tensor }) => dtype === 'float32' && !tensor && producer)
    .map(({ name }) => name);
  const onFeeds = (feeds: Feeds) => sample.add(feeds);
  const ranges = await calibrate(float, names, { ...options, calibration, observer: minMax, onFeeds });
  return { ranges, feeds: sample.feeds };
}

type ComputeOptions = HalfOptions & Observed;

/** Islands are found in rounds: what loses too much becomes one, and those behind it are looked at anew. */
async function computed(float: Model, options: ComputeOptions): Promise<Made> {
  const kept = new Map((options.exclude ?? []).map((name) => [name, 'excluded by name']));
  for (let round = 0; ; round++) {
    const made = convert(float, { ...options, kept });
    const lossy = round < mostRounds ? await lossyNodes(float, made, options) : new Map<string, string>();
    if (lossy.size === 0) return made;
    for (const [name, reason] of lossy) kept.set(name, reason);
  }
}

const mostRounds = 4;

function convert(
  float: Model,
  options: ComputeOptions & { readonly kept: ReadonlyMap<string, string> },
): Made {
  const { keepIoTypes = true, minSqnr = 40, ranges, kept } = options;
  const rewriting = new Rewriting(float);
  rewriting.annotate();
  const plan = planHalf(rewriting.model, { ranges, kept, minSqnr });
  if (plan.half.size === 0) {
    const [[node, reason] = []] = plan.islands;
    throw new ModelError(
      `The model must have nodes that can compute in float16, has none${node ? `: ${node.label}: ${reason}` : ''}`,
    );
  }
  const rewritten = rowsOf(plan.half);
  const islands = [...plan.islands].map(([node, reason]) => ({
    node: nodeKey(node),
    op: node.opType,
    reason,
  }));
  const measured = roundedTwin(float, new Set([...plan.half].map(nodeKey)));
  writeHalf(rewriting, { half: plan.half, keepIoTypes });
  sortNodes(rewriting.graph);
  return { half: removeUnused(rewriting.finish()), measured, rewritten, islands };
}

const rowsOf = (nodes: ReadonlySet<Node>): Rewritten[] =>
  [...nodes].map((node) => {
    const bytes = node.inputs.reduce(
      (sum, input) => sum + (input?.tensor?.dtype === 'float32' ? input.tensor.bytes.length : 0),
      0,
    );
    const name = nodeKey(node);
    return { name, op: node.opType, form: 'float16', sqnr: null, bytesBefore: bytes, bytesAfter: bytes / 2 };
  });

/**
 * Nodes whose outputs have less than the SQNR while their inputs have it: the first of each chain that loses. Where such a
 * node is float32 already, those that make its inputs: what it subtracts was rounded there.
 */
async function lossyNodes(
  float: Model,
  { measured, rewritten }: Made,
  options: ComputeOptions,
): Promise<Map<string, string>> {
  const { minSqnr = 40, feeds, ranges } = options;
  const found = await valueSqnr({ float, rewritten: measured, feeds }, [...ranges.keys()]);
  const isHalf = new Set(rewritten.map(({ name }) => name));
  const isLow = ({ name }: Value) => Number.isFinite(found.get(name)) && found.get(name)! < minSqnr;
  const lossy = new Map<string, string>();
  for (const node of float.graph.nodes) {
    const low = node.outputs.find(isLow);
    if (!low || node.inputs.some((input) => input && isLow(input))) continue;
    const noise = `an SQNR of ${found.get(low.name)!.toFixed(1)} dB`;
    if (isHalf.has(nodeKey(node))) lossy.set(nodeKey(node), `in float16 its output has ${noise}`);
    else
      for (const { producer } of node.inputs.filter((input) => input !== undefined))
        if (producer && isHalf.has(nodeKey(producer)))
          lossy.set(nodeKey(producer), `in float16 ${node.label} makes ${noise} of its output`);
  }
  return lossy;
}

function saturations({ graph }: Model, type: HalfType): string[] {
  return [...graph.initializers.values()].flatMap(({ name, tensor }) => {
    if (tensor?.dtype !== 'float32') return [];
    const data = tensor.data as Float32Array;
    const count = data.reduce(
      (sum, x) => sum + (Number.isFinite(x) && Math.abs(x) > largest[type] ? 1 : 0),
      0,
    );
    const limit = largest[type].toPrecision(5);
    return count > 0
      ? [`${count} numbers of '${name}' are beyond ${limit}, the largest ${type}, and become that`]
      : [];
  });
}

interface Timed {
  readonly half: Model;
  readonly feeds: readonly Feeds[];
  readonly type: HalfType;
}

/** What a run takes here, and what of the noise is left where onnxruntime computes in float32 after all. */
async function onThisMachine(float: Model, { half, feeds, type }: Timed): Promise<string[]> {
  const [first] = feeds;
  if (!first) return [];
  const [before, after] = await latencies([float, half], first);
  const here = await outputSqnr({ float, rewritten: half, feeds });
  const noise = here.map(({ name, sqnr }) => `'${name}' ${sqnr.toFixed(1)} dB`).join(', ');
  return [
    `On this machine a run takes ${after!.toPrecision(3)} ms in ${type}, ${before!.toPrecision(3)} ms in float32 (medians); SQNR of the outputs here, where onnxruntime rounds less than float16 hardware: ${noise}`,
  ];
}
