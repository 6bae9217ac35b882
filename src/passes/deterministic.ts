import type { Node } from '../ir/index.ts';

/** Operators that give something else at each call. */
const random: ReadonlySet<string> = new Set([
  'Bernoulli',
  'Multinomial',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
]);

/** False for operators that draw random numbers, dropout in training mode among them. */
export const isDeterministic = (node: Node): boolean =>
  !random.has(node.opType) && !(node.opType === 'Dropout' && node.inputs[2]);
