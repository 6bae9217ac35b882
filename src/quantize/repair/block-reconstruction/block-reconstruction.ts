import { ModelError, UsageError } from '../../../errors.ts';
import { Tensor } from '../../../ir/index.ts';
import { annotateTypes, constantOf } from '../../../ops/index.ts';
import type { Report } from '../../../report.ts';
import type { Feeds } from '../../../runtime/index.ts';
import type { Encodings, WeightEncoding } from '../../encodings.ts';
import { planQuantization, type QuantizationPlan } from '../../plan.ts';
import { annealing } from '../ada-round/schedule.ts';
import { hardened } from '../ada-round/soft-rounding.ts';
import { type LayerRow, layerReport } from '../layers/layer-report.ts';
import { takeFeeds } from '../layers/take-feeds.ts';
import type { EncodedModel, EncodingsRepair, RepairOptions } from '../repair.ts';
import { type BlockData, collectBlock } from './block-data.ts';
import { type BlockProblem, blockProblem } from './block-graph.ts';
import { type Block, findBlocks } from './blocks.ts';
import { importanceOf } from './importance.ts';
import { type BlockState, type BlockSubject, blockErrors, reconstruct } from './reconstruct-block.ts';

export interface BlockReconstructionOptions extends RepairOptions {
  /** Steps for each block. Default 500. */
  readonly iterations?: number;
  /** Samples in a step; a model with a fixed batch takes that. Default 32. */
  readonly batchSize?: number;
  /** Of Adam, on V. Default 0.03. */
  readonly learningRate?: number;
  /** Of Adam, on activation scales, relative to them. Default 0.003; 0 leaves them as they are. */
  readonly scaleRate?: number;
  /** Default 1. */
  readonly regularization?: number;
  /** Share of the activations that stay unrounded in a step. Default 0.5, as in QDrop; 0 is BRECQ. */
  readonly drop?: number;
  /**
   * Counts errors at a block's output by what the model's outputs depend on it there (the diagonal of the Fisher
   * information, BRECQ), instead of all the same. Default false.
   */
  readonly fisher?: boolean;
  /** Default 0. */
  readonly seed?: number;
  /** What an earlier run told `onBlock`: those blocks are taken as they are. */
  readonly resume?: ReconstructionProgress;
  /** Told after each block, for a run that may be interrupted. */
  readonly onBlock?: (progress: ReconstructionProgress) => void;
}

/** The blocks done so far. */
export interface ReconstructionProgress {
  readonly blocks: number;
  readonly encodings: Encodings;
  readonly settled: ReadonlySet<string>;
  readonly rows: readonly LayerRow[];
}

/**
 * Chooses the rounding of all weights of a block, such as a residual one, and its activation scales together, so that the
 * block's output is closest to the float model's; half of the activations, others in each step, stay unrounded meanwhile.
 * For 4 bits and fewer, behind AdaRound, to be compared with it: with as many steps it is not reliably better (`bench/ada-round.ts
 * --low-bit`), with 2-bit weights QDrop may lose. A block that does not get closer on samples that
 * were left out keeps its numbers. Throws UsageError for bad options or no calibration data, the signal's reason when aborted.
 * Sources: BRECQ, Li et al. 2021 (arXiv 2102.05426); QDrop, Wei et al. 2022 (arXiv 2203.05740).
 */
export async function blockReconstruction(
  subject: EncodedModel,
  options: BlockReconstructionOptions,
): Promise<{ encodings: Encodings; report: Report }> {
  checkOptions(options);
  const { float } = subject;
  const typed = float.clone();
  annotateTypes(typed.graph);
  const plan = planQuantization(typed.graph, subject.plan);
  const blocks = findBlocks(typed.graph, plan);
  const feeds = wholeBatches(await takeFeeds(options.calibration), options);
  const left = outsideBlocks(plan, blocks);
  const { resume } = options;
  let encodings = resume?.encodings ?? subject.encodings;
  const rows = [...(resume?.rows ?? [])];
  const settled = new Set(resume?.settled ?? []);
  for (const [index, block] of blocks.entries()) {
    if (index < (resume?.blocks ?? 0)) continue;
    const place: Place = {
      ...{ ...subject, encodings },
      quantization: plan,
      feeds,
      settled,
      index,
      count: blocks.length,
    };
    const done = await repairBlock(block, place, options);
    if (typeof done === 'string') for (const node of block.weighted) left.set(node.output().name, done);
    else {
      rows.push(done.row);
      ({ encodings } = done);
      for (const name of done.learned) settled.add(name);
    }
    options.onBlock?.({ blocks: index + 1, encodings, settled: new Set(settled), rows: [...rows] });
  }
  return { encodings, report: layerReport('Block reconstruction', rows, left) };
}

export const blockReconstructing: EncodingsRepair = {
  stage: 'encodings',
  name: 'block-reconstruction',
  summary:
    'Rounds the weights of a block together and learns its activation scales (BRECQ, QDrop); not always better than AdaRound',
  run: blockReconstruction,
};

/** Gradients are of static shapes: a last batch of another size is left out for them. */
function wholeBatches(feeds: Feeds[], { fisher }: BlockReconstructionOptions): Feeds[] {
  const sizeOf = (batch: Feeds) => Object.values(batch)[0]!.shape[0];
  return fisher ? feeds.filter((batch) => sizeOf(batch) === sizeOf(feeds[0]!)) : feeds;
}

function outsideBlocks({ nodes }: QuantizationPlan, blocks: readonly Block[]): Map<string, string> {
  const inside = new Set(blocks.flatMap(({ weighted }) => weighted));
  const outside = [...nodes].filter(([node, rule]) => rule.kind === 'weighted' && !inside.has(node));
  return new Map(
    outside.map(([node]) => [node.output().name, 'it is in no block with one way in and one out']),
  );
}

interface Place extends EncodedModel {
  readonly quantization: QuantizationPlan;
  readonly feeds: readonly Feeds[];
  readonly settled: ReadonlySet<string>;
  readonly index: number;
  readonly count: number;
}

interface RepairedBlock {
  readonly encodings: Encodings;
  readonly row: LayerRow;
  readonly learned: readonly string[];
}

/** The encodings with those of a block made better, or why it cannot be. */
async function repairBlock(
  block: Block,
  place: Place,
  options: BlockReconstructionOptions,
): Promise<RepairedBlock | string> {
  const { scaleRate = defaults.scaleRate, signal } = options;
  const { settled, encodings, feeds } = place;
  const fixed = scaleRate === 0 ? new Set(encodings.activations.keys()) : settled;
  const problem = blockProblem(block, { plan: place.quantization, encodings }, fixed);
  const data = await weighted(await collectBlock(block, place, { feeds, signal }), block, { place, options });
  const size = { opset: place.float.opset, batchSize: batchSizeOf(block, options) };
  const subject = blockSubject(problem, data, size);
  if (typeof subject === 'string') return subject;
  try {
    return await optimized(subject, block, { place, options });
  } catch (error) {
    // An operator without gradient, or a shape that other batches do not fit.
    if (!(error instanceof ModelError)) throw error;
    return error.message;
  }
}

async function weighted(
  data: BlockData,
  { output }: Block,
  { place, options }: { place: Place; options: BlockReconstructionOptions },
): Promise<BlockData> {
  if (!options.fisher) return data;
  const { seed = 0, signal } = options;
  const feeds = place.feeds.slice(0, data.batches);
  const importance = await importanceOf(place.float, output.name, { feeds, seed, signal });
  return { ...data, importance };
}

const defaults = {
  iterations: 500,
  learningRate: 0.03,
  scaleRate: 0.003,
  regularization: 1,
  drop: 0.5,
  seed: 0,
};

async function optimized(
  subject: BlockSubject,
  block: Block,
  { place, options }: { place: Place; options: BlockReconstructionOptions },
): Promise<RepairedBlock | string> {
  const { problem, data } = subject;
  const settings = { ...defaults, ...options };
  const { iterations } = settings;
  const { index, count, encodings } = place;
  const onStep = (done: number) =>
    options.onProgress?.({
      ...{ done: index * iterations + done, total: count * iterations },
      message: `reconstruction of block ${index + 1} of ${count}`,
    });
  const start = nearestState(problem);
  const [before] = await blockErrors(subject, [start]);
  if (!Number.isFinite(before)) return 'its outputs are not finite on the calibration data';
  const run = { ...settings, annealing: annealing(iterations), seed: settings.seed + index, onStep };
  const soft = await reconstruct(subject, run, before!);
  const found = { ...soft, variables: soft.variables.map((v) => (v >= 0 ? hard : -hard)) };
  const [after] = await blockErrors(subject, [found]);
  const better = after! < before! ? found : start;
  const power = meanSquare(data.target) || 1;
  const row: LayerRow = {
    layer: block.weighted.map((node) => node.name || node.output().name).join(', '),
    op: block.nodes.length > 2 ? 'block' : block.weighted[0]!.opType,
    before: before! / power,
    after: Math.min(before!, after!) / power,
    changed: changedShare(start, better),
  };
  return { encodings: withState(problem, encodings, better), row, learned: problem.learned };
}

/** V beyond which h is 0 or 1. */
const hard = 3;

const meanSquare = ({ data, size }: Tensor): number =>
  (data as Float32Array).reduce((sum, x) => sum + x * x, 0) / size;

const changedShare = (a: BlockState, b: BlockState): number =>
  a.variables.filter((v, i) => v !== b.variables[i]).length / a.variables.length;

function batchSizeOf({ input }: Block, { batchSize = 32 }: BlockReconstructionOptions): number {
  const fixed = input.shape?.[0];
  return typeof fixed === 'number' ? fixed : batchSize;
}

function blockSubject(
  problem: BlockProblem,
  data: BlockSubject['data'],
  { opset, batchSize: wanted }: { opset: number; batchSize: number },
): BlockSubject | string {
  if (data.target.shape[0] !== data.samples) return 'its output does not have the samples of its input';
  const batchSize = Math.min(wanted, data.samples);
  // An eighth of the samples, in whole batches, is left out; with fewer than two batches none is.
  const left = Math.max(1, Math.floor(data.samples / 8 / batchSize)) * batchSize;
  const kept = data.samples >= 2 * batchSize ? data.samples - left : data.samples;
  const shapes = {
    input: data.x.shape.slice(1),
    output: data.target.shape.slice(1),
    batchSize,
    opset,
    weighted: data.importance !== undefined,
  };
  return { problem, shapes, data, used: kept, kept: kept < data.samples ? kept : 0 };
}

/** Weights as they are rounded now. */
function nearestState({ weights, encodings, learned }: BlockProblem): BlockState {
  const variables = weights.flatMap(({ node, soft }) => {
    const integers = encodings.weights.get(node.output().name)!.weight.tensor.data as Int8Array;
    return Array.from(soft.floor, (floor, i) => (integers[i]! > floor ? hard : -hard));
  });
  return { variables: Float32Array.from(variables), changes: new Float32Array(learned.length) };
}

function withState(
  { weights, learned, plan }: BlockProblem,
  encodings: Encodings,
  { variables, changes }: BlockState,
): Encodings {
  const all = { weights: new Map(encodings.weights), activations: new Map(encodings.activations) };
  let offset = 0;
  for (const { node, soft } of weights) {
    const { name } = node.output();
    const old = encodings.weights.get(name)!;
    const own = variables.subarray(offset, offset + soft.floor.length);
    offset += soft.floor.length;
    all.weights.set(name, withTensor(old, Int8Array.from(hardened(soft, own))));
  }
  const constants = new Set(
    [...plan.activations.values()].flatMap((root) => (constantOf(root) ? [root.name] : [])),
  );
  for (const [i, name] of learned.entries()) {
    const old = encodings.activations.get(name)!;
    const scale = Math.fround(old.scale * (1 + changes[i]!));
    const { integers, zeroPoint } = old;
    const range = { min: (integers.min - zeroPoint) * scale, max: (integers.max - zeroPoint) * scale };
    if (!constants.has(name)) all.activations.set(name, { ...old, scale, range });
  }
  return all;
}

const withTensor = (old: WeightEncoding, data: Int8Array<ArrayBuffer>): WeightEncoding => ({
  ...old,
  weight: { ...old.weight, tensor: Tensor.of('int8', data, old.weight.tensor.shape) },
});

function checkOptions(options: BlockReconstructionOptions): void {
  const check = (name: keyof BlockReconstructionOptions, fits: (n: number) => boolean, what: string) => {
    const value = options[name];
    if (value !== undefined && !(typeof value === 'number' && Number.isFinite(value) && fits(value)))
      throw new UsageError(`The '${name}' of block reconstruction must be ${what}, was ${value}`);
  };
  for (const name of ['iterations', 'batchSize'] as const)
    check(name, (n) => Number.isInteger(n) && n >= 1, 'a whole number of 1 or more');
  for (const name of ['learningRate', 'regularization'] as const)
    check(name, (n) => n > 0, 'a number above 0');
  check('scaleRate', (n) => n >= 0, 'a number from 0 up');
  check('drop', (n) => n >= 0 && n < 1, 'a number from 0 to below 1');
}
