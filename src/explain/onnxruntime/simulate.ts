import type { Graph, Node } from '../../ir/index.ts';
import { type Reason, reason } from '../reason.ts';
import { isDq, isQ, onlyReader, readers } from './edges.ts';
import { groupOf, type Stage } from './group.ts';
import { joinedProduct } from './integer-product.ts';
import { pairMismatch } from './pair-match.ts';
import { isRepeatedByQ } from './redundant.ts';
import { type Platform, selectionReason } from './selectors.ts';
import { makeUnsigned } from './signed.ts';

/** What onnxruntime makes of nodes, by name. Nodes that are in none stay as they are. */
export interface Simulated {
  /** Computed by a kernel on integers. */
  readonly int8: Set<string>;
  /** A Relu or Clip that a QuantizeLinear repeats; a QuantizeLinear or DequantizeLinear that went into a kernel. */
  readonly folded: Set<string>;
  /** Why the others are float. */
  readonly reasons: Map<string, Reason>;
  /** Nodes at which onnxruntime trips and refuses the whole model. */
  readonly refused: Map<string, Reason>;
}

/** Rounds that onnxruntime runs at most. */
const mostRounds = 10;

/**
 * Plays onnxruntime's extended optimizations of quantized graphs on `graph`, which it CHANGES, until they change nothing
 * more. `graph` must be what onnxruntime makes at its basic level, with unique node names.
 * Source: GenerateTransformers of onnxruntime 1.27, level 2.
 */
export function simulate(graph: Graph, platform: Platform): Simulated {
  const state: Simulated = { int8: new Set(), folded: new Set(), reasons: new Map(), refused: new Map() };
  for (const node of graph.nodes) for (const { name } of joinedProduct(node, graph)) state.int8.add(name);
  const shared = new Set([...graph.initializers.values()].filter(({ uses }) => uses.length > 1));
  const stage: Stage = { graph, shared };
  for (let round = 0; round < mostRounds; round++) {
    const steps = [
      dropRepeated(graph, state),
      !platform.int8Activations && makeUnsigned(graph),
      select(stage, platform, state),
      dropPairs(graph, state),
    ];
    if (!steps.some((changed) => changed)) break;
  }
  return state;
}

function dropRepeated(graph: Graph, { folded }: Simulated): boolean {
  const repeated = graph.nodes.filter((node) => isRepeatedByQ(node, graph));
  for (const node of repeated) {
    folded.add(node.name);
    graph.replaceUses(node.output(), node.input(0));
  }
  graph.remove(...repeated);
  return repeated.length > 0;
}

/**
 * onnxruntime 1.27 takes such a node for int8 without taking the Relu or Clip away, then finds two nodes of one name.
 * Its own fusion of Clip, which comes first, compares with the bounds exactly.
 */
const trips = (clip: Node): Reason =>
  reason(
    `onnxruntime 1.27 refuses the whole model: the ${clip.opType} behind it cuts off what the QuantizeLinear that follows does, but not exactly`,
    clip.opType === 'Relu'
      ? 'write the zero point of the QuantizeLinear'
      : 'take the Clip away, or make the range of the QuantizeLinear end within its bounds',
  );

function select(stage: Stage, platform: Platform, state: Simulated): boolean {
  const { graph } = stage;
  const { int8, folded, reasons, refused } = state;
  let changed = false;
  for (const node of [...graph.nodes]) {
    if (isQ(node) || isDq(node) || int8.has(node.name)) continue;
    const why = selectionReason(node, stage, platform);
    if (why) {
      reasons.set(node.name, why);
      continue;
    }
    const { clip } = groupOf(node, stage);
    if (clip) refused.set(node.name, trips(clip));
    for (const gone of merge(node, stage)) folded.add(gone.name);
    int8.add(node.name);
    reasons.delete(node.name);
    changed = true;
  }
  return changed;
}

/** Takes the pairs of a node into it; they leave the graph. */
function merge(node: Node, stage: Stage): Node[] {
  const { graph } = stage;
  const { dqs: all, qs, clip } = groupOf(node, stage);
  // With a float input, only the weight's goes: MatMulNBits takes a bias as it is.
  const dqs = isDq(node.inputs[0]?.producer) || node.opType === 'Where' ? all : all.slice(0, 1);
  const kept = node.opType === 'ArgMax' ? [] : qs;
  node.inputs.forEach((value, index) => {
    if (value?.producer && dqs.includes(value.producer)) node.setInput(index, value.producer.input(0));
  });
  for (const q of kept) {
    const value = clip ? node.output() : q.input(0);
    value.type = q.output().type;
    graph.replaceUses(q.output(), value);
  }
  const gone = [...dqs, ...kept, ...(clip && kept.length > 0 ? [clip] : [])];
  graph.remove(...gone);
  return gone;
}

/** A DequantizeLinear and the QuantizeLinear right behind it that undoes it. Source: qdq_final_cleanup.cc. */
function dropPairs(graph: Graph, { folded }: Simulated): boolean {
  let changed = false;
  for (const dq of [...graph.nodes]) {
    if (!isDq(dq)) continue;
    const q = onlyReader(dq, graph);
    if (!q || !isQ(q) || pairMismatch(q, dq, graph)) continue;
    if (readers(q).length > (graph.outputs.includes(q.output()) ? 0 : 1)) continue;
    graph.replaceUses(q.output(), dq.input(0));
    graph.remove(dq, q);
    folded.add(dq.name).add(q.name);
    changed = true;
  }
  return changed;
}
