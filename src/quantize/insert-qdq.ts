import { type Graph, type Node, Tensor, type Value } from '../ir/index.ts';
import { constantOf, type QuantizeRule } from '../ops/index.ts';
import { dropCoveredClips } from './covered-clips.ts';
import type { ActivationEncoding, Encodings } from './encodings.ts';
import { givenByInt8, type QuantizationPlan, quantizedUses } from './plan.ts';
import { type AffineValues, QdqWriter } from './qdq-writer.ts';
import { activationRanges, quantize } from './scale.ts';
import { quantizeBias } from './weights.ts';

export type WeightForm = 'integers' | 'fake';

export interface InsertOptions {
  readonly encodings: Encodings;
  readonly weights: WeightForm;
}

/**
 * Rewrites `graph` IN PLACE as `plan` says: QuantizeLinear and DequantizeLinear around quantized nodes, constants as
 * integers. The float constants stay, unused. Graph inputs and outputs keep names and types. Gives the name of the
 * value that now carries each quantized activation that is no constant.
 */
export function insertQdq(
  graph: Graph,
  plan: QuantizationPlan,
  options: InsertOptions,
): ReadonlyMap<string, string> {
  const writer = new QdqWriter(graph);
  const rewrite: Rewrite = { graph, plan, options, writer, affines: new Map(), moved: movedBy(plan) };
  for (const [node, rule] of plan.nodes) if (rule.kind === 'weighted') writeWeights(rewrite, node, rule);
  const activations = new Map<string, string>();
  for (const value of plan.activations.keys()) {
    const { name } = value;
    const constant = constantOf(value) !== undefined;
    const real = writeActivation(rewrite, value);
    if (!constant) activations.set(name, real.name);
  }
  writer.finish();
  if (options.weights === 'integers')
    dropCoveredClips(graph, plan, (clip) => scaleFor(rewrite, clip.output()).encoding);
  return activations;
}

interface ActivationScale {
  readonly encoding: ActivationEncoding;
  readonly values: AffineValues;
}

interface Rewrite {
  readonly graph: Graph;
  readonly plan: QuantizationPlan;
  readonly options: InsertOptions;
  readonly writer: QdqWriter;
  /** By the value whose scale it is. */
  readonly affines: Map<Value, ActivationScale>;
  /** Values whose numbers are those of another one with the same scale. */
  readonly moved: ReadonlySet<Value>;
}

/** They may make numbers outside those that they read. */
const exceeding: ReadonlySet<string> = new Set(['Pad', 'Resize']);

function movedBy({ nodes, activations }: QuantizationPlan): Set<Value> {
  const moving = [...nodes].filter(
    ([{ opType }, { kind }]) => kind === 'same-scale' && !exceeding.has(opType),
  );
  const scaled = moving.filter(([node]) => {
    const scale = activations.get(node.output());
    return scale !== undefined && activations.get(node.input(0)) === scale;
  });
  return new Set(scaled.map(([node]) => node.output()));
}

function scaleFor({ plan, affines, options, writer }: Rewrite, value: Value): ActivationScale {
  const root = plan.activations.get(value)!;
  const known = affines.get(root);
  if (known) return known;
  const encoding = options.encodings.activations.get(root.name)!;
  const made = { encoding, values: writer.affine(root.name, encoding, encoding.dtype) };
  affines.set(root, made);
  return made;
}

/** Replaces the uses of an activation by its int8 round trip and returns that. */
function writeActivation(rewrite: Rewrite, value: Value): Value {
  const { graph, plan, writer, moved } = rewrite;
  const { encoding, values } = scaleFor(rewrite, value);
  const constant = constantOf(value);
  const uses = quantizedUses(value, plan);
  // Numbers that were only moved are within the integers already; onnxruntime 1.27 fails at int8 behind MaxPool and Clip.
  const bounds = moved.has(value) ? undefined : narrowed(encoding);
  const real = constant
    ? writer.dequantize(value.name, quantizeTensor(constant, encoding), values)
    : writer.roundTrip(value, values, bounds);
  for (const { node, index } of uses) node.setInput(index, real);
  if (givenByInt8(value, plan) && graph.outputs.includes(value)) {
    real.name = value.name;
    value.name = writer.uniqueName(`${value.name}_float`);
    graph.outputs.splice(graph.outputs.indexOf(value), 1, real);
  }
  return real;
}

/** The real numbers to clip to where fewer integers than those of the dtype are in use. */
function narrowed({ dtype, integers, scale, zeroPoint }: ActivationEncoding) {
  const { min, max } = activationRanges[dtype];
  if (integers.min === min && integers.max === max) return undefined;
  return { min: (integers.min - zeroPoint) * scale, max: (integers.max - zeroPoint) * scale };
}

function quantizeTensor(tensor: Tensor, encoding: ActivationEncoding): Tensor {
  const { dtype, integers } = encoding;
  const data = Array.from(tensor.data as Float32Array, (x) => quantize(x, encoding, integers));
  return Tensor.of(dtype, data, tensor.shape);
}

type Weighted = Extract<QuantizeRule, { kind: 'weighted' }>;

/** Writes weight and bias of a node. Runs before activations move, while its input still has its own name. */
function writeWeights(rewrite: Rewrite, node: Node, rule: Weighted): void {
  const { options, writer } = rewrite;
  const encoding = options.encodings.weights.get(node.output().name)!;
  const source = node.input(rule.weight);
  const fake = options.weights === 'fake';
  node.setInput(
    rule.weight,
    fake ? writer.fakeQuantize(source, encoding) : writer.constant(source.name, encoding.weight),
  );
  const { weight, bias } = encoding;
  if (!bias || rule.bias === undefined) return;
  const base = node.inputs[rule.bias]?.name || `${node.output().name}_bias`;
  const scale = scaleFor(rewrite, node.input(0)).encoding.scale;
  const written =
    fake || rewrite.plan.target?.bias === 'float32'
      ? writer.float(base, Tensor.of('float32', bias, [bias.length]))
      : writer.constant(base, quantizeBias(bias, weight.scales, scale));
  node.setInput(rule.bias, written);
}
