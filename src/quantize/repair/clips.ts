import { type Graph, type Model, Node, Tensor, Value } from '../../ir/index.ts';
import type { Chain, Clipping } from './chain.ts';
import { channelStatistics, type ObserveOptions } from './channel-statistics.ts';
import type { Link } from './equalize.ts';

/** How a chain goes through a Clip: the factors that keep its function, or a Relu where the upper bound never acts. */
export interface ClipTreatment {
  readonly link: Link;
  /** Clips whose upper bound no calibration sample reaches: Relu does the same. */
  readonly idle: readonly Clipping[];
  /** Channels that keep their factor of 1, because the Clip acts on them. */
  readonly pinned: number;
}

/**
 * What calibration says of the Clips (ReLU6) of chains. Where no channel reaches the upper bound, the Clip can be a Relu.
 * Else channels that reach it keep their factor of 1, and the others may grow up to the bound, so that the Clip stays.
 * Then the function stays the same for all inputs whose channels stay within what was observed.
 */
export async function observeClips(
  model: Model,
  chains: readonly Chain[],
  options: ObserveOptions,
): Promise<ClipTreatment[]> {
  const bounded = chains.flatMap(({ clips }) => clips.filter(({ high }) => Number.isFinite(high)));
  const values = bounded.map(({ node, place }) => ({ name: node.input(0).name, axis: place.axis }));
  const observed = values.length > 0 ? await channelStatistics(model, values, options) : new Map();
  return chains.map((chain) => {
    const link = free(chain);
    const idle: Clipping[] = [];
    for (const clip of chain.clips) {
      if (clip.low !== 0 && clip.low !== -Infinity) link.low.fill(1) && link.high.fill(1);
      if (!Number.isFinite(clip.high)) continue;
      const max: Float64Array = observed.get(clip.node.input(0).name)!.max;
      if (clip.low === 0 && max.every((x) => x <= clip.high)) idle.push(clip);
      else bound(link, clip, max);
    }
    return { link, idle, pinned: link.high.filter((high) => high === 1).length };
  });
}

/** A chain whose factors nothing bounds. */
export const free = (chain: Chain): Link => ({
  chain,
  low: new Float64Array(chain.from.outputs),
  high: new Float64Array(chain.from.outputs).fill(Infinity),
});

function bound({ low, high }: Link, { place, high: limit }: Clipping, max: Float64Array): void {
  max.forEach((x, i) => {
    const c = Math.floor(i / place.inner);
    if (x >= limit) {
      low[c] = 1;
      high[c] = 1;
    } else low[c] = Math.max(low[c]!, x / limit);
  });
}

/** Makes a Relu of a Clip from 0. */
export function clipToRelu(graph: Graph, { node }: Clipping): void {
  replaceWith(graph, node, [['Relu', undefined]]);
}

/**
 * Makes of a Clip one with bounds for each channel: low/s and high/s, as Max (Relu for 0) and Min with constants. That is
 * the same function for all inputs, but most int8 kernels know no Min, so that it costs.
 */
export function clipPerChannel(
  graph: Graph,
  { node, place, low, high }: Clipping,
  factors: Float64Array,
): void {
  const rank = node.output().shape!.length;
  const shape = [factors.length * place.inner, ...new Array<number>(rank - 1 - place.axis).fill(1)];
  const bounds = (limit: number) =>
    Tensor.of(
      'float32',
      Float32Array.from({ length: shape[0]! }, (_, i) => limit / factors[Math.floor(i / place.inner)]!),
      shape,
    );
  replaceWith(graph, node, [
    ...(low === -Infinity
      ? []
      : [low === 0 ? (['Relu', undefined] as const) : (['Max', bounds(low)] as const)]),
    ...(high === Infinity ? [] : [['Min', bounds(high)] as const]),
  ]);
}

/** Puts nodes of one operand, or one and a constant, in the place of a node; its output stays the value that it is. */
function replaceWith(
  graph: Graph,
  old: Node,
  parts: readonly (readonly [opType: string, constant: Tensor | undefined])[],
): void {
  const { name, outputs } = old;
  let x = old.input(0);
  parts.forEach(([opType, constant], i) => {
    const last = i === parts.length - 1;
    const output = last
      ? outputs[0]!
      : new Value(graph.uniqueName(`${outputs[0]!.name}_${opType}`), outputs[0]!.type);
    const bound =
      constant &&
      graph.addInitializer(new Value(graph.uniqueName(`${outputs[0]!.name}_bounds`), undefined, constant));
    const node = new Node({
      opType,
      name: last ? name : output.name,
      inputs: bound ? [x, bound] : [x],
      outputs: [output],
    });
    graph.insert(node, old);
    x = output;
  });
  graph.remove(old);
}
