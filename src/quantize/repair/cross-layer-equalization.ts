import type { Graph, Model } from '../../ir/index.ts';
import { constantOf } from '../../ops/index.ts';
import { constantsToInitializers, fuseBatchNormalization, removeUnused } from '../../passes/index.ts';
import { Rewriting } from '../../passes/pass.ts';
import { Report, type Row } from '../../report.ts';
import { scaleAdded } from './added.ts';
import { type Chain, findChains } from './chain.ts';
import { type ClipTreatment, clipPerChannel, clipToRelu, free, observeClips } from './clips.ts';
import { equalize } from './equalize.ts';
import { biasOf, type Layer, scaleWeight, setBias } from './layer.ts';
import type { FloatRepair, RepairedModel, RepairOptions } from './repair.ts';

export interface EqualizeOptions extends RepairOptions {
  /**
   * What becomes of Clip (ReLU6) between two layers. `observed` (default): where calibration never reaches the upper
   * bound it becomes Relu, else channels that reach it keep their factor. Nothing is added, and the function is the same
   * for channels within what was observed. `per-channel`: bounds for each channel, exact for all inputs, but as a Min,
   * which int8 kernels lack.
   */
  readonly clips?: 'observed' | 'per-channel';
}

export const crossLayerEqualization: FloatRepair = {
  stage: 'float',
  name: 'cle',
  summary:
    'Cross-layer equalization: let the channels of neighbouring layers span the same range (helps one scale a tensor)',
  run: equalizeAcrossLayers,
};

/**
 * Cross-layer equalization: divides what a layer gives by a factor for each channel and multiplies the weights that read
 * it by the same, so that the channels of both span the same range (see `equalize`). The function stays the same. Batch
 * normalization joins its convolution first. It helps weights with one scale a tensor; with a scale for each channel only
 * activations and biases change, for better or worse: measure. The report has a row for each layer, and why it was left.
 * Source: Nagel et al. 2019 (arXiv 1906.04721).
 */
export async function equalizeAcrossLayers(model: Model, options: EqualizeOptions): Promise<RepairedModel> {
  const prepared = fuseBatchNormalization(constantsToInitializers(model));
  const rewriting = new Rewriting(prepared);
  rewriting.annotate();
  const { graph } = rewriting;
  const { chains, stops } = findChains(graph);
  const perChannel = options.clips === 'per-channel';
  const treatments: ClipTreatment[] = perChannel
    ? chains.map((chain) => ({ link: free(chain), idle: [], pinned: 0 }))
    : await observeClips(prepared, chains, options);
  const { factors, sweeps } = equalize(treatments.map(({ link }) => link));
  const rows: Row[] = treatments.map((one) => rowOf(one, factors.get(one.link)!));
  scaleWeights(treatments.map(({ link }) => ({ chain: link.chain, factors: factors.get(link)! })));
  for (const { link, idle } of treatments) {
    const own = factors.get(link)!;
    scaleBetween(graph, link.chain, own);
    for (const clip of idle) clipToRelu(graph, clip);
    if (perChannel && own.some((s) => s !== 1))
      for (const clip of link.chain.clips) clipPerChannel(graph, clip, own);
  }
  treatments.forEach(({ link }, i) => {
    rows[i] = { ...rows[i], after: precisionOf(link.chain.from) };
  });
  for (const [layer, reason] of stops)
    rows.push({ layer: nameOf(layer), before: precisionOf(layer), note: reason });
  return { model: removeUnused(rewriting.finish()), report: reportOf(rows, { chains, sweeps }) };
}

interface Decided {
  readonly chain: Chain;
  readonly factors: Float64Array;
}

/** Writes all factors into the weights at once, so that each is rounded to float32 once. */
function scaleWeights(all: readonly Decided[]): void {
  const outputs = new Map(all.map(({ chain, factors }) => [chain.from, factors]));
  const inputs = new Map(all.map(({ chain, factors }) => [chain.to, { factors, inner: chain.inner }]));
  for (const layer of new Set([...outputs.keys(), ...inputs.keys()])) {
    const [divisors, multipliers] = [outputs.get(layer), inputs.get(layer)];
    scaleWeight(layer, {
      output: (o) => 1 / (divisors?.[o] ?? 1),
      input: (k) => multipliers?.factors[Math.floor(k / multipliers.inner)] ?? 1,
    });
  }
}

/** Divides the bias of a chain's first layer, and what is added behind it. */
function scaleBetween(graph: Graph, chain: Chain, factors: Float64Array): void {
  const bias = biasOf(chain.from.node, chain.from.outputs);
  if (bias)
    setBias(
      graph,
      chain.from,
      bias.map((b, i) => b / factors[i]!),
    );
  const inverse = factors.map((s) => 1 / s);
  for (const added of chain.constants) scaleAdded(graph, added, inverse);
}

const nameOf = ({ node }: Layer): string => node.name || node.output().name;

/**
 * How much of the tensor's range its channels use, on average: 1 if all span the same. Source: Nagel et al. 2019, 4.1.
 */
function precisionOf(layer: Layer): number {
  const ranges = new Float64Array(layer.outputs);
  (constantOf(layer.node.input(1))!.data as Float32Array).forEach((w, i) => {
    const o = layer.outputOf(i);
    ranges[o] = Math.max(ranges[o]!, Math.abs(w));
  });
  const largest = Math.max(...ranges);
  return largest === 0 ? 1 : ranges.reduce((sum, range) => sum + range, 0) / (largest * ranges.length);
}

function rowOf({ link, idle, pinned }: ClipTreatment, factors: Float64Array): Row {
  const { from, to, clips } = link.chain;
  const notes = [
    ...(idle.length > 0 ? ['Clip never acts on the calibration data: Relu'] : []),
    ...(pinned > 0 ? [`${pinned} of ${factors.length} channels keep their factor, Clip acts on them`] : []),
    ...(clips.length > idle.length && pinned === 0 ? ['Clip stays or has bounds for each channel'] : []),
  ];
  return {
    layer: nameOf(from),
    next: nameOf(to),
    smallest: factors.reduce((a, b) => Math.min(a, b), Infinity),
    largest: factors.reduce((a, b) => Math.max(a, b), 0),
    before: precisionOf(from),
    note: notes.join('; '),
  };
}

function reportOf(
  rows: readonly Row[],
  { chains, sweeps }: { chains: readonly Chain[]; sweeps: number },
): Report {
  return new Report({
    title: `Cross-layer equalization: ${chains.length} of ${rows.length} layers with the next one, in ${sweeps} sweeps`,
    columns: [
      { key: 'layer', header: 'layer' },
      { key: 'next', header: 'next layer' },
      { key: 'smallest', header: 'smallest factor' },
      { key: 'largest', header: 'largest factor' },
      { key: 'before', header: 'range used before', unit: '%', scale: 100, decimals: 1 },
      { key: 'after', header: 'after', unit: '%', scale: 100, decimals: 1 },
      { key: 'note', header: 'note', wrap: 50 },
    ],
    rows,
    warnings: chains.length === 0 ? ['No two layers follow each other so that they could be equalized'] : [],
  });
}
