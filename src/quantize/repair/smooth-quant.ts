import { type Graph, type Model, Node, product, Tensor, Value } from '../../ir/index.ts';
import { writeModel } from '../../onnx/index.ts';
import { constantOf } from '../../ops/index.ts';
import { constantsToInitializers, fuseBatchNormalization, removeUnused } from '../../passes/index.ts';
import { Rewriting } from '../../passes/pass.ts';
import { Report, type Row } from '../../report.ts';
import { InferenceSession, isBusyMachine } from '../../runtime/index.ts';
import { exposeValues } from '../expose.ts';
import { setConstant } from './added.ts';
import { channelStatistics } from './channel-statistics.ts';
import { biasOf, nameOf, scaleWeight, setBias } from './layer.ts';
import type { FloatRepair, RepairedModel, RepairOptions } from './repair.ts';
import { type Folding, type SmoothGroup, smoothGroups } from './smooth-groups.ts';
import { chooseFactors, type SmoothChoice } from './smooth-search.ts';

export interface SmoothOptions extends RepairOptions {
  /** Also what convolutions read. Default false, as NNCF does. */
  readonly convolutions?: boolean;
  /**
   * Where nothing before a value takes the factors, put a Mul there. It costs time, and helps only while that Mul and what
   * makes the value stay float: `exclude` of the result names them. Default false: such values are left.
   */
  readonly insert?: boolean;
}

export const smoothQuant: FloatRepair = {
  stage: 'float',
  name: 'smooth-quant',
  summary:
    'SmoothQuant: move outliers of activation channels into the weights of the matrix products that read them',
  run: smoothActivations,
};

/**
 * SmoothQuant: divides each channel of what matrix products read by a factor and multiplies their weights by it, so that
 * outlier channels no longer set the scale of the whole activation. The division goes into the normalization, constant or
 * layer before it; the function stays the same. For each value the alpha of 0.4 to 0.9 (or none) with the least error of
 * what its readers give, rounded to 8 bits, on a sample of the calibration data. The report has a row for each value.
 * Source: Xiao et al. 2022 (arXiv 2211.10438).
 */
export async function smoothActivations(model: Model, options: SmoothOptions): Promise<RepairedModel> {
  const { convolutions = false, insert = false, perChannel = true } = options;
  const prepared = fuseBatchNormalization(constantsToInitializers(model));
  const rewriting = new Rewriting(prepared);
  rewriting.annotate();
  const { graph } = rewriting;
  const groups = smoothGroups(graph, { convolutions });
  const rows: Row[] = [];
  const open = groups.filter((group) => {
    const note =
      typeof group.fold === 'string' && !(insert && canInsert(graph, group)) ? group.fold : undefined;
    if (note) rows.push({ value: group.value.name, layers: readersOf(group), note });
    return !note;
  });
  const values = open.map(({ value, axis }) => ({ name: value.name, axis }));
  const statistics = open.length > 0 ? await channelStatistics(prepared, values, options) : new Map();
  const samples = open.length > 0 ? await blockSamples(prepared, open, options) : [];
  const exclude = new Set<string>();
  for (const [i, group] of open.entries()) {
    options.signal?.throwIfAborted();
    const trial = { layers: group.layers, axis: group.axis, sample: samples[i]!, perChannel };
    const choice = await chooseFactors({ ...trial, statistics: statistics.get(group.value.name)! });
    const inserted = choice.alpha === undefined ? undefined : apply(graph, group, choice.factors);
    for (const name of inserted ?? []) exclude.add(name);
    rows.push(rowOf(group, choice, inserted !== undefined));
    options.onProgress?.({ done: i + 1, total: open.length, message: 'values' });
  }
  return {
    model: removeUnused(rewriting.finish()),
    report: reportOf(rows),
    ...(exclude.size > 0 && { exclude }),
  };
}

const readersOf = ({ layers }: SmoothGroup): string => layers.map(nameOf).join(', ');

/** A Mul of its own serves the layers only, whoever else reads the value. */
const canInsert = (graph: Graph, { value, layers, axis, channels }: SmoothGroup): boolean =>
  graph.nodes.includes(value.producer!) &&
  layers.every((layer) => layer.inputs === channels && layer.node.input(1).uses.length === 1) &&
  value.shape![axis] === channels;

/** At most so many numbers of a value are looked at for each group. */
const sampleSize = 2 ** 17;

/** The first samples of each group's value, whole ones, from the first batch. */
async function blockSamples(
  model: Model,
  groups: readonly SmoothGroup[],
  { calibration }: SmoothOptions,
): Promise<Tensor[]> {
  const names = groups.map(({ value }) => value.name);
  const session = await InferenceSession.create(writeModel(exposeValues(model, names)), {
    spinning: !isBusyMachine(),
  });
  try {
    for await (const feeds of calibration) {
      const results = await session.run(feeds);
      return names.map((name) => firstOf(results[name] ?? feeds[name]!));
    }
  } finally {
    await session.release();
  }
  return [];
}

/** Evenly spaced samples, as many as fit. */
function firstOf({ data, shape }: Tensor): Tensor {
  const each = product(shape.slice(1));
  const count = Math.max(1, Math.min(shape[0]!, Math.floor(sampleSize / each)));
  const picked = new Float32Array(count * each);
  for (let n = 0; n < count; n++) {
    const from = Math.floor((n * shape[0]!) / count) * each;
    picked.set((data as Float32Array).subarray(from, from + each), n * each);
  }
  return Tensor.of('float32', picked, [count, ...shape.slice(1)]);
}

/** Writes the factors; gives the names of nodes that must stay float if a Mul was needed. */
function apply(graph: Graph, group: SmoothGroup, factors: Float64Array): string[] | undefined {
  const { fold, layers } = group;
  for (const layer of layers) scaleWeight(layer, { output: () => 1, input: (c) => factors[c]! });
  if (typeof fold === 'string') return insertMul(graph, group, factors);
  for (const one of fold) divide(graph, one, { factors, axis: group.axis });
  return undefined;
}

function divide(
  graph: Graph,
  folding: Folding,
  { factors, axis }: { readonly factors: Float64Array; readonly axis: number },
): void {
  if (folding.kind === 'layer') {
    const { layer } = folding;
    const bias = biasOf(layer.node, layer.outputs);
    scaleWeight(layer, { output: (c) => 1 / factors[c]!, input: () => 1 });
    if (bias)
      setBias(
        graph,
        layer,
        bias.map((b, c) => b / factors[c]!),
      );
    return;
  }
  const { node, index, inverse } = folding;
  const old = constantOf(node.input(index))!;
  const data = old.data as Float32Array;
  const behind = /Normalization$/.test(node.opType) ? 0 : node.output().shape!.length - 1 - axis;
  const shape = old.size === 1 ? [factors.length, ...new Array<number>(behind).fill(1)] : old.shape;
  const scaled = Float32Array.from(factors, (s, c) => data[old.size === 1 ? 0 : c]! * (inverse ? s : 1 / s));
  setConstant(graph, { node, index }, Tensor.of('float32', scaled, shape));
}

function insertMul(graph: Graph, { value, layers, axis }: SmoothGroup, factors: Float64Array): string[] {
  const behind = value.shape!.length - 1 - axis;
  const shape = [factors.length, ...new Array<number>(behind).fill(1)];
  const inverse = Tensor.of(
    'float32',
    Float32Array.from(factors, (s) => 1 / s),
    shape,
  );
  const constant = graph.addInitializer(
    new Value(graph.uniqueName(`${value.name}_factors`), undefined, inverse),
  );
  const smoothed = new Value(graph.uniqueName(`${value.name}_smooth`), value.type);
  const mul = new Node({
    opType: 'Mul',
    name: smoothed.name,
    inputs: [value, constant],
    outputs: [smoothed],
  });
  graph.insert(mul, graph.nodes[graph.nodes.indexOf(value.producer!) + 1]);
  for (const { node } of layers) node.setInput(0, smoothed);
  return [value.name, smoothed.name];
}

function rowOf(group: SmoothGroup, { alpha, factors, before, after }: SmoothChoice, inserted: boolean): Row {
  const notes = [
    ...(alpha === undefined ? ['no factors lessen the error'] : []),
    ...(inserted ? ['a Mul was added, keep it and what makes the value float'] : []),
  ];
  return {
    value: group.value.name,
    layers: readersOf(group),
    alpha,
    smallest: Math.min(...factors),
    largest: Math.max(...factors),
    before,
    after,
    note: notes.join('; '),
  };
}

function reportOf(rows: readonly Row[]): Report {
  const done = rows.filter(({ alpha }) => alpha !== undefined).length;
  return new Report({
    title: `SmoothQuant: ${done} of ${rows.length} values that matrix products read`,
    columns: [
      { key: 'value', header: 'value' },
      { key: 'layers', header: 'read by', wrap: 40 },
      { key: 'alpha', header: 'alpha' },
      { key: 'smallest', header: 'smallest factor' },
      { key: 'largest', header: 'largest factor' },
      { key: 'before', header: 'SQNR of readers before', unit: 'dB', decimals: 1 },
      { key: 'after', header: 'after', unit: 'dB', decimals: 1 },
      { key: 'note', header: 'note', wrap: 50 },
    ],
    rows,
  });
}
