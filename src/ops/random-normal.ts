import { moves } from './cost.ts';
import { attributeDtype } from './dtype-attribute.ts';
import type { Op } from './op.ts';

/** Normal noise of the shape in an attribute. */
export const randomNormal: Op = {
  type: 'RandomNormal',
  infer: (node) => [{ dtype: attributeDtype(node, 'dtype', 'float32'), shape: node.ints('shape') ?? [] }],
  cost: moves,
};
