import type { Graph, Node } from '../ir/index.ts';
import { clipBounds } from '../targets/index.ts';
import type { ActivationEncoding } from './encodings.ts';
import { foldedInto, type QuantizationPlan } from './plan.ts';

/** onnxruntime takes a Clip away itself if the integers end within its bounds, but for so much. */
const exact = 2 ** -23;

/**
 * Takes away each Clip behind an int8 node whose integers end less than half a step outside its bounds: rounding hides
 * it, but onnxruntime computes the node before it in float because of it, or refuses the model (1.27: 'two nodes with
 * same node name'). A Clip to [-1, 1] is one: 0 must be an integer, so that 255 steps do not fit it evenly.
 */
export function dropCoveredClips(
  graph: Graph,
  plan: QuantizationPlan,
  encodingOf: (clip: Node) => ActivationEncoding,
): void {
  if (plan.target && !plan.target.name.startsWith('ort-')) return;
  const clips = [...plan.nodes.keys()].filter(({ opType }) => opType === 'Clip');
  for (const clip of clips) {
    const before = clip.input(0).producer;
    if (!before || foldedInto(before, graph, plan) !== clip || !isCovered(clip, encodingOf(clip))) continue;
    if (!clip.output().uses.every(({ node }) => node.opType === 'QuantizeLinear')) continue;
    graph.replaceUses(clip.output(), clip.input(0));
    graph.remove(clip);
  }
}

function isCovered(clip: Node, { scale, zeroPoint, integers }: ActivationEncoding): boolean {
  const bounds = clipBounds(clip);
  if (!bounds) return false;
  const below = bounds[0] - scale * (integers.min - zeroPoint);
  const above = scale * (integers.max - zeroPoint) - bounds[1];
  const most = Math.max(below, above);
  // Half a step, and what float32 rounds of it.
  return most > exact && most <= scale * 0.5001;
}
