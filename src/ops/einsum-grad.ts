import type { Value } from '../ir/index.ts';
import { equationOf } from './einsum-equation.ts';
import type { GradContext } from './op.ts';
import { staticShape } from './static-shape.ts';

/** Each gradient is an Einsum of dy and the other operands, with the operand's labels as output. */
export function einsumGrad(context: GradContext): (Value | undefined)[] {
  const { node, needs } = context;
  const { terms } = equationOf(node);
  const repeated = terms.find((term) => new Set(term).size < term.length);
  if (repeated || node.string('equation', '').includes('...'))
    throw node.error("has a gradient without '...' and without a label that repeats in one operand only");
  return terms.map((_, i) => (needs(i) ? operandGradient(context, i) : undefined));
}

function operandGradient({ node, g, dy }: GradContext, i: number): Value {
  const { terms, output } = equationOf(node);
  const term = terms[i]!;
  const shape = staticShape(node.input(i));
  const others = terms.flatMap((labels, j) => (j === i ? [] : [{ labels, value: node.input(j) }]));
  const known = new Set([...output, ...others.flatMap(({ labels }) => labels)]);
  // A label of this operand alone was summed over: its gradient is the same all along.
  const alone = term.flatMap((label, axis) => (known.has(label) ? [] : [{ label, size: shape[axis]! }]));
  const ones = alone.map(({ label, size }) => ({
    labels: [label],
    value: g.constant('float32', new Float32Array(size).fill(1), [size]),
  }));
  const operands = [{ labels: output, value: dy }, ...others, ...ones];
  const left = operands.map(({ labels }) => labels.join('')).join(',');
  return g.op(
    'Einsum',
    operands.map(({ value }) => value),
    { equation: `${left}->${term.join('')}` },
  );
}
