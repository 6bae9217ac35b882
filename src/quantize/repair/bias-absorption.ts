import { UsageError } from '../../errors.ts';
import type { Graph, Model, Node } from '../../ir/index.ts';
import { constantOf } from '../../ops/index.ts';
import { constantsToInitializers, fuseBatchNormalization, removeUnused } from '../../passes/index.ts';
import { Rewriting } from '../../passes/pass.ts';
import { Report, type Row } from '../../report.ts';
import { type Chain, findChains } from './chain.ts';
import { type ChannelStatistics, channelStatistics } from './channel-statistics.ts';
import { floatChange } from './float-change.ts';
import { biasOf, channelAxis, type Layer, nameOf, setBias } from './layer.ts';
import type { FloatRepair, RepairedModel, RepairOptions } from './repair.ts';

export interface AbsorbOptions extends RepairOptions {
  /** A channel's bias goes down by its mean minus so many standard deviations, where that is above 0. Default 3. */
  readonly sigmas?: number;
  /**
   * What to do where the second layer pads with zeros, which hide what it should add back at the borders: `skip` (default)
   * such pairs, or `ignore` the borders, as the paper does.
   */
  readonly borders?: 'skip' | 'ignore';
}

export const biasAbsorption: FloatRepair = {
  stage: 'float',
  name: 'bias-absorption',
  summary:
    'High-bias absorption: move what a channel always has above 0 into the next bias (after cle; narrows activations)',
  run: absorbBiases,
};

/**
 * High-bias absorption: with y = W2 relu(x) + b2 and c <= x, relu(x) = relu(x - c) + c, so that b1 - c and b2 + W2 c give
 * the same. c = max(0, mean - 3 sigma) of what the channel had before its activation on the calibration data, so that no
 * batch normalization is needed. Exact for inputs with x >= c everywhere; else what lies below c is lost: the report counts
 * such channels and measures the change of the outputs. Not through Clip, padding or an activation that c does not pass.
 * Source: Nagel et al. 2019 (arXiv 1906.04721), 4.1.3. Throws UsageError for a negative number of deviations.
 */
export async function absorbBiases(model: Model, options: AbsorbOptions): Promise<RepairedModel> {
  const { sigmas = 3, borders = 'skip' } = options;
  if (!(sigmas >= 0)) throw new UsageError(`The standard deviations must be 0 or more, were ${sigmas}`);
  const prepared = fuseBatchNormalization(constantsToInitializers(model));
  const rewriting = new Rewriting(prepared);
  rewriting.annotate();
  const { chains, stops } = findChains(rewriting.graph);
  const rows: Row[] = [...stops].map(([layer, note]) => ({ layer: nameOf(layer), note }));
  const open = chains.filter((chain) => {
    const note = obstacle(chain, borders);
    if (note) rows.push({ layer: nameOf(chain.from), next: nameOf(chain.to), note });
    return !note;
  });
  const values = open.map((chain) => ({
    name: activatedValue(chain).name,
    axis: channelAxis(chain.from, chain.from.node.output()),
  }));
  const observed = values.length > 0 ? await channelStatistics(prepared, values, options) : new Map();
  const absorbed = open.map((chain, i) =>
    absorb(rewriting.graph, chain, { observed: observed.get(values[i]!.name)!, sigmas }),
  );
  const result = removeUnused(rewriting.finish());
  const change = open.length > 0 ? await floatChange(prepared, result, options) : Infinity;
  return { model: result, report: reportOf([...absorbed, ...rows], change) };
}

/** Activations that leave values above 0 as they are. */
const activations: ReadonlySet<string> = new Set(['Relu', 'LeakyRelu', 'PRelu', 'Clip']);

/** Why a pair of layers cannot hand on a bias. */
function obstacle({ from, to, through, shifts }: Chain, borders: 'skip' | 'ignore'): string | undefined {
  if (!shifts) return 'a number added before the operators between does not come out as it went in';
  if (from.node.opType === 'MatMul' || to.node.opType === 'MatMul') return 'MatMul takes no bias';
  if (to.node.opType === 'ConvTranspose') return 'ConvTranspose adds up fewer weights at borders';
  const at = through.findIndex(({ opType }) => activations.has(opType));
  if (at >= 0 && through.slice(at + 1).some(({ opType }) => activations.has(opType)))
    return 'there are two activations between';
  if (through.slice(0, Math.max(0, at)).some(({ opType }) => opType !== 'Add' && opType !== 'Sub'))
    return 'there are other operators before the activation';
  return borders === 'skip' && padsZeros(to.node)
    ? 'the next layer pads with zeros, which the absorbed bias is not'
    : undefined;
}

const padsZeros = (node: Node): boolean =>
  node.opType === 'Conv' &&
  (/^SAME/.test(node.string('auto_pad', 'NOTSET')) || node.ints('pads')?.some((pad) => pad !== 0) === true);

/** What enters the activation. */
const activatedValue = ({ from, through }: Chain) =>
  through.find(({ opType }) => activations.has(opType))?.input(0) ?? from.node.output();

function absorb(
  graph: Graph,
  { from, to, inner }: Chain,
  { observed, sigmas }: { readonly observed: ChannelStatistics; readonly sigmas: number },
): Row {
  const { mean, deviation, min, max } = observed;
  const moved = mean.map((x, c) => Math.max(0, x - sigmas * deviation[c]!));
  const channels = moved.filter((c) => c > 0).length;
  const cut = moved.filter((c, i) => c > min[i]! && c > 0).length;
  const row = {
    layer: nameOf(from),
    next: nameOf(to),
    channels,
    cut,
    largest: Math.max(...moved),
    before: Math.max(...max),
  };
  if (channels === 0) return { ...row, note: 'no channel stays above 0' };
  const [own, next] = [from, to].map(
    (layer) => biasOf(layer.node, layer.outputs) ?? new Float64Array(layer.outputs),
  );
  setBias(
    graph,
    from,
    own!.map((b, c) => b - moved[c]!),
  );
  const added = throughWeights(to, (k) => moved[Math.floor(k / inner)]!);
  setBias(
    graph,
    to,
    next!.map((b, c) => b + added[c]!),
  );
  const after = max.reduce((largest, x, c) => Math.max(largest, x - moved[c]!), 0);
  return { ...row, after, note: '' };
}

/** What a layer gives for an input of constant channels, without bias. */
function throughWeights(layer: Layer, input: (channel: number) => number): Float64Array {
  const sums = new Float64Array(layer.outputs);
  const alpha = layer.node.opType === 'Gemm' ? layer.node.float('alpha', 1) : 1;
  (constantOf(layer.node.input(1))!.data as Float32Array).forEach((w, i) => {
    sums[layer.outputOf(i)]! += alpha * w * input(layer.inputOf(i));
  });
  return sums;
}

function reportOf(rows: readonly Row[], change: number): Report {
  const done = rows.filter(({ channels }) => Number(channels) > 0);
  const channels = done.reduce((sum, row) => sum + Number(row.channels), 0);
  const kept = Number.isFinite(change) ? `${change.toFixed(1)} dB` : 'no change';
  return new Report({
    title: `Bias absorption: ${channels} channels of ${done.length} layers; float outputs before to after: ${kept}`,
    columns: [
      { key: 'layer', header: 'layer' },
      { key: 'next', header: 'next layer' },
      { key: 'channels', header: 'channels' },
      { key: 'cut', header: 'of them lose values' },
      { key: 'largest', header: 'largest bias moved' },
      { key: 'before', header: 'largest value before' },
      { key: 'after', header: 'after' },
      { key: 'note', header: 'note', wrap: 50 },
    ],
    rows,
    warnings:
      change < 40
        ? [`The float outputs changed: ${kept} on the calibration data. Use more standard deviations`]
        : [],
  });
}
