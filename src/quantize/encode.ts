import type { Node, Tensor } from '../ir/index.ts';
import { product } from '../ir/index.ts';
import { constantOf, type QuantizeRule } from '../ops/index.ts';
import type { ActivationEncoding, Encodings, WeightEncoding } from './encodings.ts';
import type { Range } from './observer.ts';
import type { QuantizationPlan } from './plan.ts';
import {
  type ActivationType,
  activationRanges,
  affineOf,
  type IntegerRange,
  symmetricAffineOf,
} from './scale.ts';
import { sharedRange } from './shared-range.ts';
import { quantizeWeight, scalesForBias, weightScales } from './weights.ts';

/** Which integers numbers become. */
export interface Scheme {
  readonly activations: {
    readonly dtype: ActivationType;
    /** Default: all that the dtype holds. */
    readonly integers?: IntegerRange;
    /** Zero point in the middle of the integers. Default false. */
    readonly symmetric?: boolean;
  };
  readonly weights: {
    /** Symmetric about 0, within int8. */
    readonly integers: IntegerRange;
    /** A scale for each output channel where the operator takes it. */
    readonly perChannel: boolean;
    /** Other integers for some nodes, by name of the first output. */
    readonly exceptions?: ReadonlyMap<string, IntegerRange>;
  };
}

/** Encodings of everything in the plan with weights rounded to nearest. `ranges` are by name of what the plan observes. */
export function encode(
  plan: QuantizationPlan,
  ranges: ReadonlyMap<string, Range>,
  scheme: Scheme,
): Encodings {
  const activations = new Map<string, ActivationEncoding>();
  for (const root of new Set(plan.activations.values())) {
    const encoding = encodeActivation(sharedRange(root, plan, ranges), scheme);
    activations.set(root.name, { ...encoding, ...plan.fixed.get(root) });
  }
  const weights = new Map<string, WeightEncoding>();
  for (const [node, rule] of plan.nodes) {
    if (rule.kind !== 'weighted') continue;
    const input = activations.get(plan.activations.get(node.input(0))!.name)!;
    weights.set(node.output().name, encodeWeight(node, rule, { scheme, inputScale: input.scale }));
  }
  return { activations, weights };
}

export function encodeActivation(range: Range, { activations }: Scheme): ActivationEncoding {
  const { dtype, integers = activationRanges[dtype], symmetric = false } = activations;
  const affine = symmetric ? symmetricAffineOf(range, integers) : affineOf(range, integers);
  return { ...affine, dtype, integers, range };
}

type Weighted = Extract<QuantizeRule, { kind: 'weighted' }>;

function encodeWeight(
  node: Node,
  rule: Weighted,
  { scheme, inputScale }: { readonly scheme: Scheme; readonly inputScale: number },
): WeightEncoding {
  const { weights } = scheme;
  const integers = weights.exceptions?.get(node.output().name) ?? weights.integers;
  const float = constantOf(node.input(rule.weight))!;
  const perChannel = weights.perChannel && (rule.perChannel?.(node) ?? true);
  const axis = perChannel ? rule.axis(node) : undefined;
  const bias = biasOf(node, rule, float);
  const unraised = weightScales(float, axis, integers);
  const scales = bias ? scalesForBias(unraised, bias, inputScale) : unraised;
  return { weight: quantizeWeight(float, scales, { axis, integers }), integers, ...(bias && { bias }) };
}

/** The bias as one number a channel, however it was written. */
export function biasOf(node: Node, rule: Weighted, weight: Tensor): Float32Array | undefined {
  const tensor = rule.bias === undefined ? undefined : constantOf(node.inputs[rule.bias]);
  if (!tensor) return undefined;
  const data = tensor.data as Float32Array;
  return product(tensor.shape) === 1 ? new Float32Array(weight.shape[rule.axis(node)]!).fill(data[0]!) : data;
}
