import type { Model, Node, Value } from '../ir/index.ts';
import { annotateTypes, constantOf, opOf } from '../ops/index.ts';
import { checkPairs, fuses, noKernel, type Target, type Violation } from '../targets/index.ts';
import { isPair, type NodeFate, type State } from './node-fate.ts';
import { type Reason, reason } from './reason.ts';

/** What a target that cannot run here does with the nodes of a quantized model, from its rules alone. */
export function explainByRules(model: Model, target: Target): NodeFate[] {
  const { graph } = model.clone();
  annotateTypes(graph);
  const states = new Map<Node, State>();
  const wrong = new Map(checkPairs(model, target).map((violation) => [violation.where, violation]));
  const fates: NodeFate[] = [];
  for (const node of graph.nodes) {
    if (isPair(node.opType)) continue;
    const { state, because, remedy } = fateOf(node, { target, states, wrong });
    states.set(node, state);
    fates.push({ node: node.name || node.outputs[0]!.name, op: node.opType, state, because, remedy });
  }
  return fates;
}

interface Verdict extends Reason {
  readonly state: State;
}

interface Look {
  readonly target: Target;
  readonly states: ReadonlyMap<Node, State>;
  /** Pairs that the target does not take, by the name of the value that is quantized. */
  readonly wrong: ReadonlyMap<string, Violation>;
}

function fateOf(node: Node, { target, states, wrong }: Look): Verdict {
  if (
    node.outputs.every((output) => constantOf(output)) ||
    node.inputs.every((value) => !value || constantOf(value))
  )
    return { state: 'folded', because: 'it is a constant', remedy: '' };
  if (joins(node, target, states))
    return { state: 'folded', because: `joins ${node.input(0).producer!.label}`, remedy: '' };
  const why = floatReason(node, target) ?? encodingReason(node, wrong);
  return why ? { state: 'float', ...why } : { state: 'int8', because: '', remedy: '' };
}

/** An activation that is part of the int8 node before it. */
function joins(node: Node, target: Target, states: ReadonlyMap<Node, State>): boolean {
  const before = node.inputs[0]?.producer;
  if (!before || before.outputs[0]!.uses.length !== 1 || !fuses(target, before.opType, node.opType))
    return false;
  const activation = opOf(node)?.quantize?.kind === 'folds';
  return activation && states.get(before) === 'int8' && !noKernel(node, target);
}

const integerOperators = /^(QLinear|QGemm|ConvInteger|MatMulInteger)/;

function floatReason(node: Node, target: Target): Reason | undefined {
  if (integerOperators.test(node.opType))
    return target.format === 'qoperator'
      ? undefined
      : reason(
          `${target.name} reads pairs of QuantizeLinear and DequantizeLinear, not operators on integers`,
          'write the quantized model with pairs',
        );
  const without = noKernel(node, target);
  if (without) return reason(without, 'replace the operator if it takes much of the time');
  return inputReason(node, target) ?? outputReason(node, target);
}

function inputReason(node: Node, target: Target): Reason | undefined {
  const rule = opOf(node)?.quantize;
  for (const [index, value] of node.inputs.entries()) {
    if (value?.dtype !== 'float32' || isDequantized(value)) continue;
    const bias = rule?.kind === 'weighted' && index === rule.bias;
    if (bias && target.bias === 'float32') continue;
    if (bias) return reason('its bias is float', 'quantize the bias to int32');
    if (index > 0 && rule?.kind !== 'weighted' && rule?.kind !== 'quantized') continue;
    if (joinsSum(node, value, target)) continue;
    return reason(
      `input ${index} '${value.name}' is float, without DequantizeLinear`,
      `put QuantizeLinear and DequantizeLinear before it, or quantize for ${target.name}`,
    );
  }
  return undefined;
}

/** A pair before or behind it whose type or zero point the target's kernels do not take. */
function encodingReason(node: Node, wrong: ReadonlyMap<string, Violation>): Reason | undefined {
  const before = node.inputs.map((value) => value?.producer?.inputs[0]?.producer?.inputs[0]?.name);
  for (const name of [...before, ...node.outputs.map((output) => output.name)]) {
    const violation = name ? wrong.get(name) : undefined;
    if (violation) return reason(`of '${name}': ${violation.what}`, violation.remedy);
  }
  return undefined;
}

const isDequantized = (value: Value): boolean => value.producer?.opType === 'DequantizeLinear';

/** The edge of a sum that stays float because the convolution before it takes the sum in. */
const joinsSum = (node: Node, value: Value, { residual }: Target): boolean =>
  residual === 'external' &&
  node.opType === 'Add' &&
  value.producer?.opType === 'Conv' &&
  value.uses.length === 1;

/** Behind its activation, if that joins it. */
function outputReason(node: Node, target: Target): Reason | undefined {
  if (target.placement === 'inputs') return undefined;
  const output = node.outputs[0]!;
  const [use] = output.uses;
  const next = use?.node;
  const joined =
    next && output.uses.length === 1 && fuses(target, node.opType, next.opType) ? next.outputs[0]! : output;
  return joined.uses.some(({ node: reader }) => reader.opType === 'QuantizeLinear')
    ? undefined
    : reason(
        `its output '${joined.name}' has no QuantizeLinear`,
        'put QuantizeLinear and DequantizeLinear behind it',
      );
}
