import type { Model, Node } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';
import { unmet } from './condition.ts';
import { isDequantize, isQuantize } from './pair.ts';
import type { Target } from './target.ts';
import type { Violation } from './violation.ts';

/** Nodes on floats that the target has no int8 kernel for. */
export const checkKernels = ({ graph, opset }: Model, target: Target): Violation[] =>
  graph.nodes.flatMap((node): Violation[] => {
    if (!worksOnFloats(node)) return [];
    const reason = noKernel(node, target);
    const sets = target.operators[node.opType]?.opset;
    if (!reason && sets && (opset < sets.min || opset > sets.max))
      return [
        {
          severity: 'slow',
          where: node.label,
          what: `${target.name} has its int8 kernel for operator sets ${sets.min} to ${sets.max}, the model has ${opset}`,
          remedy: `write the model with operator set ${sets.max}`,
        },
      ];
    return reason ? [{ severity: 'slow', where: node.label, what: reason, remedy: remedyFor(target) }] : [];
  });

const worksOnFloats = (node: Node): boolean =>
  !isQuantize(node) &&
  !isDequantize(node) &&
  node.inputs.some((value) => value?.dtype === 'float32' && !constantOf(value));

/** Why the target computes a node in float whatever the pairs around it, as a clause; undefined if it need not. */
export function noKernel(node: Node, target: Target): string | undefined {
  const rule = node.domain === '' || node.domain === 'ai.onnx' ? target.operators[node.opType] : undefined;
  if (!rule) return target.float?.[node.opType] ?? `${target.name} has no int8 kernel for ${node.opType}`;
  for (const condition of rule.when ?? []) {
    const reason = unmet(node, condition);
    if (reason) return reason;
  }
  return undefined;
}

/** A device that takes one part only loses all that follows the first such node. */
const remedyFor = ({ limits }: Target): string =>
  limits?.largeDims
    ? 'replace it, or move it to the end: from the first such node on, everything runs on the host'
    : 'replace it by an operator with a kernel if it takes much of the time';
