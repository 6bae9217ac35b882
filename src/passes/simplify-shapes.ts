import { type Node, Tensor, type Value } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';
import { isOp } from './match.ts';
import type { Pass, Rewriting } from './pass.ts';
import { replaceValue } from './replace.ts';
import { type Elements, symbolicIntegers } from './symbolic-integers.ts';

export const simplifyShapes: Pass = {
  name: 'simplify-shapes',
  summary: 'Replace shape arithmetic (Shape, Gather, Concat) by constants, also where some sizes are symbols',
  run(rewriting) {
    rewriting.annotate();
    const { graph } = rewriting;
    const outputs = new Set(graph.outputs);
    for (const node of [...graph.nodes]) {
      const value = node.outputs[0];
      if (!value || outputs.has(value) || isOp(node, 'Constant')) continue;
      const known = symbolicIntegers(value);
      if (known?.every((element) => typeof element === 'number')) becomeConstant(rewriting, value, known);
    }
    for (const node of [...graph.nodes]) {
      if (isOp(node, 'Reshape')) simplifyReshape(rewriting, node);
      if (isOp(node, 'Expand')) simplifyExpand(rewriting, node);
    }
    for (const node of [...graph.nodes]) if (isOp(node, 'Reshape')) skipReshape(rewriting, node);
  },
};

function becomeConstant(rewriting: Rewriting, value: Value, numbers: readonly number[]): void {
  if (value.uses.length === 0) return;
  const { dtype, shape } = value;
  const tensor = Tensor.of(dtype!, numbers, shape?.length === 0 ? [] : [numbers.length]);
  rewriting.graph.replaceUses(value, rewriting.constant(rewriting.graph, `${value.name}_known`, tensor));
  rewriting.count('known shape value');
}

/** A computed target becomes constant if at most one of its sizes is neither a number nor copied from the input. */
function simplifyReshape(rewriting: Rewriting, node: Node): void {
  const [x, target] = node.inputs;
  const elements = target && !constantOf(target) ? symbolicIntegers(target) : undefined;
  if (!x || !target || !elements || node.int('allowzero', 0) !== 0) return;
  const sizes = reshapeOperand(elements, x);
  if (!sizes) return;
  const constant = rewriting.constant(rewriting.graph, `${target.name}_known`, Tensor.of('int64', sizes));
  node.setInput(1, constant);
  rewriting.count('computed target of Reshape');
}

/** Numbers as they are, 0 for the size that the input has at the same axis, -1 once for what is left. */
function reshapeOperand(elements: Elements, { shape }: Value): number[] | undefined {
  const sizes = elements.map((element, axis) => {
    if (typeof element === 'number') return element;
    return element !== null && shape?.[axis] === element ? 0 : -1;
  });
  const open = sizes.filter((size) => size === -1).length;
  // A size of 0 that is no copy would be taken for one.
  const empty = elements.some((element) => element === 0);
  return open <= 1 && !empty ? sizes : undefined;
}

/** Expanding to the shape that a value has already does nothing. */
function simplifyExpand(rewriting: Rewriting, node: Node): void {
  const { graph } = rewriting;
  const elements = symbolicIntegers(node.inputs[1]);
  const { shape } = node.input(0);
  if (!shape || elements?.length !== shape.length) return;
  const same = elements.every((element, axis) => element !== null && element === shape[axis]);
  if (!same || !replaceValue(graph, node.output(), node.input(0))) return;
  graph.remove(node);
  rewriting.count('Expand that changes nothing');
}

/** Only the last of consecutive reshapes counts, if its target does not copy sizes from the one before. */
function skipReshape(rewriting: Rewriting, node: Node): void {
  const before = node.input(0).producer;
  const sizes = constantOf(node.inputs[1])?.toNumbers();
  if (!isOp(before, 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze') || !sizes || sizes.includes(0)) return;
  node.setInput(0, before.input(0));
  rewriting.count('Reshape of a reshaped value');
}
