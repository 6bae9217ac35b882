import { type Dim, formatShape, type Node } from '../ir/index.ts';
import { broadcastDim } from './broadcast.ts';

/** Labels of the axes of each operand and of the output; the axes of `...` are labelled by their place from the end. */
export interface Equation {
  readonly terms: readonly (readonly string[])[];
  readonly output: readonly string[];
}

/** Throws ModelError if the equation cannot be read or does not fit the operands. */
export function equationOf(node: Node): Equation {
  const text = node.string('equation', '').replaceAll(' ', '');
  const [left = '', right, more] = text.split('->');
  const operands = left.split(',');
  const valid =
    more === undefined &&
    [...operands, right ?? ''].every((term) => /^[a-zA-Z]*(\.{3})?[a-zA-Z]*$/.test(term));
  if (!valid || operands.length !== node.inputs.length)
    throw node.error(`equation must have ${node.inputs.length} operands of letters, is '${text}'`);
  const terms = operands.map((term, i) => labels(term, ellipsisRank(node, term, i)));
  const hidden = operands.flatMap((term, i) => (term.includes('...') ? [ellipsisRank(node, term, i)] : []));
  const widest = Math.max(0, ...hidden);
  if (hidden.some((rank, i) => rank !== widest && node.input(i).shape))
    throw node.error(`'...' must stand for as many axes in each operand, stands for ${hidden.join(' and ')}`);
  return { terms, output: right === undefined ? implicit(terms) : labels(right, widest) };
}

/** How many axes `...` stands for in operand `i`; 0 if it has none or its rank is unknown. */
function ellipsisRank(node: Node, term: string, i: number): number {
  const letters = term.replace('...', '').length;
  const rank = node.input(i).shape?.length ?? letters;
  const fits = term.includes('...') ? rank >= letters : rank === letters;
  if (fits) return rank - letters;
  throw node.error(
    `operand '${term}' must fit input ${i}, which has shape ${formatShape(node.input(i).shape)}`,
  );
}

function labels(term: string, rank: number): string[] {
  const [before = '', after] = term.split('...');
  if (after === undefined) return [...before];
  const hidden = Array.from({ length: rank }, (_, i) => `...${rank - i}`);
  return [...before, ...hidden, ...after];
}

/** Without an arrow: the broadcast axes, then the letters that occur once, in alphabetical order. */
function implicit(terms: readonly (readonly string[])[]): string[] {
  const all = terms.flat();
  const hidden = new Set(all.filter((label) => label.startsWith('...')));
  const single = all.filter((label) => !hidden.has(label) && all.indexOf(label) === all.lastIndexOf(label));
  return [...[...hidden].toSorted((a, b) => b.localeCompare(a)), ...single.toSorted()];
}

/** The size of each label; undefined if the rank of an operand is unknown. Throws ModelError where sizes disagree. */
export function labelsOf(node: Node, { terms }: Equation): Map<string, Dim> | undefined {
  const sizes = new Map<string, Dim>();
  for (const [i, term] of terms.entries()) {
    const { shape } = node.input(i);
    if (!shape) return undefined;
    for (const [axis, label] of term.entries()) {
      const dim = broadcastDim(sizes.get(label) ?? 1, shape[axis]!);
      if (dim === undefined)
        throw node.error(`label '${label}' must have one size, has ${sizes.get(label)} and ${shape[axis]}`);
      sizes.set(label, dim);
    }
  }
  return sizes;
}
