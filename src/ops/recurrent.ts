import { type Dim, formatShape, type Node, type Shape, type TensorType } from '../ir/index.ts';
import { bytesOf, costShape, countOf } from './cost.ts';
import { mergeDim } from './dims.ts';
import { requireRank, sharedDtype } from './inputs.ts';
import type { Cost, Op } from './op.ts';
import { type CellGrad, recurrentGrad } from './recurrent-grad.ts';

/**
 * RNN, GRU and LSTM: X [steps, batch, inputs], W [directions, gates * hidden, inputs], R [directions, gates * hidden,
 * hidden], biases, lengths and initial states; outputs all states, the last state, and with `cells` the last cells.
 * With layout=1 the batch comes first.
 */
export const recurrent = (
  type: string,
  { gates, cells, cellGrad }: { gates: number; cells: boolean; cellGrad: CellGrad },
): Op => ({
  type,
  infer: (node) => inferRecurrent(node, gates).slice(0, cells ? 3 : 2),
  cost: recurrentCost,
  parameters: cells ? [1, 2, 3, 7] : [1, 2, 3],
  gradOfAllOutputs: true,
  grad: (context) => recurrentGrad(context, cellGrad),
});

function inferRecurrent(node: Node, gates: number): TensorType[] {
  const dtype = sharedDtype(node, 'float', [0, 1, 2]);
  for (const index of [0, 1, 2]) requireRank(node, index, 3);
  const batchFirst = node.int('layout', 0) === 1;
  const [a = null, b = null] = node.input(0).shape ?? [];
  const [steps, batch] = batchFirst ? [b, a] : [a, b];
  const { directions, hidden } = sizesOf(node, gates);
  const all: Shape = batchFirst ? [batch, steps, directions, hidden] : [steps, directions, batch, hidden];
  const last: Shape = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
  return [all, last, last].map((shape) => ({ dtype, shape }));
}

function sizesOf(node: Node, gates: number): { directions: number; hidden: Dim } {
  const direction = node.string('direction', 'forward');
  if (!['forward', 'reverse', 'bidirectional'].includes(direction))
    throw node.error(`direction must be forward, reverse or bidirectional, is ${direction}`);
  const directions = direction === 'bidirectional' ? 2 : 1;
  const given: Dim = node.attributes.has('hidden_size') ? node.int('hidden_size', 0) : null;
  const r = node.input(2).shape;
  const hidden = mergeDim(given, r?.[2] ?? null);
  const rows = typeof hidden === 'number' ? gates * hidden : null;
  const fits =
    hidden !== undefined &&
    [1, 2].every((index) => {
      const shape = node.input(index).shape;
      return (
        !shape || (mergeDim(shape[0]!, directions) !== undefined && mergeDim(shape[1]!, rows) !== undefined)
      );
    });
  if (fits) return { directions, hidden };
  throw node.error(
    `weights must have ${directions} directions of ${gates} gates of ${given ?? 'one'} hidden size, are ` +
      `${formatShape(node.input(1).shape)} and ${formatShape(r)}`,
  );
}

/** Each step multiplies the inputs with W and the state with R. */
function recurrentCost(node: Node): Cost {
  const [a, b] = costShape(node, node.input(0));
  const weights = [1, 2].map((index) => countOf(costShape(node, node.input(index))));
  return { macs: countOf([a!, b!]) * (weights[0]! + weights[1]!), bytes: bytesOf(node) };
}
