import { type Graph, type Model, type Node, Tensor } from '../../ir/index.ts';
import { annotateTypes, constantOf, type QuantizeRule } from '../../ops/index.ts';
import { emit } from '../emit.ts';
import { planOf } from '../prepare.ts';
import { roundHalfEven } from '../scale.ts';
import type { EncodedModel } from './repair.ts';

/** A quantized node whose bias can be corrected. */
export interface CorrectableLayer {
  /** Its key in the encodings: the name of its first output in the float model. */
  readonly name: string;
  /** In the quantized model. What it gives, channels along axis 1, is not rounded yet. */
  readonly node: Node;
  /** Real numbers, one a channel; zeros where it has none yet. */
  readonly bias: Float32Array;
}

/** A quantized model in which every layer that takes a bias has one. */
export interface BiasedModel {
  readonly model: Model;
  readonly layers: readonly CorrectableLayer[];
  /** Why other weighted nodes cannot be corrected, by the name of their output. */
  readonly left: ReadonlyMap<string, string>;
}

/** Writes the quantized model with a bias everywhere; a layer without one gets zeros. */
export function biasedModel({ float, encodings, plan: options }: EncodedModel): BiasedModel {
  const plan = planOf(float, options);
  const left = new Map<string, string>();
  const weights = new Map(encodings.weights);
  const names: string[] = [];
  for (const [node, rule] of plan.nodes) {
    if (rule.kind !== 'weighted') continue;
    const { name } = node.output();
    const encoding = weights.get(name)!;
    const reason = obstacle(node, rule);
    if (reason) left.set(name, reason);
    else weights.set(name, { ...encoding, bias: encoding.bias ?? zeros(node, rule) });
    if (!reason) names.push(name);
  }
  const { model } = emit(float, { ...encodings, weights }, { ...(options && { plan: options }) });
  annotateTypes(model.graph);
  const layers = names.map((name): CorrectableLayer => {
    const node = layerNamed(model.graph, name);
    return { name, node, bias: weights.get(name)!.bias! };
  });
  return { model, layers, left };
}

type Weighted = Extract<QuantizeRule, { kind: 'weighted' }>;

function obstacle(node: Node, { bias }: Weighted): string | undefined {
  if (bias === undefined)
    return `${node.opType} takes no bias, and the constant added behind it is quantized on its own`;
  const grouped = node.opType === 'ConvTranspose' && node.int('group', 1) > 1;
  return grouped ? 'its groups share their scales' : undefined;
}

const zeros = (node: Node, { weight, axis }: Weighted): Float32Array =>
  new Float32Array(constantOf(node.input(weight))!.shape[axis(node)]!);

/** The node of a float output's name; an output of the model carries the name behind its round trip. */
function layerNamed(graph: Graph, name: string): Node {
  let node = graph.value(name)!.producer!;
  while (/^(Dequantize|Quantize)Linear$|^Clip$/.test(node.opType)) node = node.input(0).producer!;
  return node;
}

/** The largest integer of a bias: products that are added to it must fit int32 as well. */
const largestInteger = 2 ** 30;

/** Writes a new bias into the quantized model. False if it would leave int32: then nothing changes. */
export function writeBias({ node }: CorrectableLayer, bias: Float32Array): boolean {
  const dequantize = node.input(2).producer!;
  const scales = dequantize.input(1).tensor!.data as Float32Array;
  const integers = Array.from(bias, (b, i) => roundHalfEven(b / scales[scales.length === 1 ? 0 : i]!));
  if (integers.some((integer) => !(Math.abs(integer) <= largestInteger))) return false;
  dequantize.input(0).tensor = Tensor.of('int32', integers, [bias.length]);
  return true;
}
