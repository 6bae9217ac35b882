import type { Dim } from '../ir/index.ts';
import { bytesOf, costShape, countOf } from './cost.ts';
import { type Equation, equationOf, labelsOf } from './einsum-equation.ts';
import { einsumGrad } from './einsum-grad.ts';
import { sharedDtype } from './inputs.ts';
import type { Op } from './op.ts';

/** Sum of products over labelled axes, as numpy's einsum; `...` stands for axes that broadcast. */
export const einsum: Op = {
  type: 'Einsum',
  infer(node) {
    const dtype = sharedDtype(node, 'number');
    const equation = equationOf(node);
    const sizes = labelsOf(node, equation);
    return [{ dtype, shape: sizes && equation.output.map((label) => sizes.get(label) ?? null) }];
  },
  cost(node) {
    for (const index of node.inputs.keys()) costShape(node, node.input(index));
    const equation = equationOf(node);
    return { macs: contractions(equation, labelsOf(node, equation)!), bytes: bytesOf(node) };
  },
  parameters: [0, 1, 2, 3],
  grad: einsumGrad,
};

/** Multiply-accumulates of multiplying one operand after the other, each time summing what nothing later needs. */
function contractions({ terms, output }: Equation, sizes: ReadonlyMap<string, Dim>): number {
  const count = (labels: Iterable<string>): number =>
    countOf([...labels].map((label) => sizes.get(label) ?? null));
  let macs = 0;
  let done = new Set(terms[0]);
  for (const [i, term] of terms.entries()) {
    if (i === 0) continue;
    const all = new Set([...done, ...term]);
    macs += count(all);
    const needed = new Set([...output, ...terms.slice(i + 1).flat()]);
    done = new Set([...all].filter((label) => needed.has(label)));
  }
  return macs;
}
