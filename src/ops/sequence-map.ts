import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { elementType, sequence } from './sequence-type.ts';

/** Sequences of what the body makes of each element of the first input; other inputs are sequences or tensors. */
export const sequenceMap: Op = {
  type: 'SequenceMap',
  infer(node) {
    const body = node.graph('body');
    if (body?.inputs.length !== node.inputs.length)
      throw node.error(
        `body must take ${node.inputs.length} values, takes ${body ? body.inputs.length : 'none'}`,
      );
    return body.outputs.map(() => sequence);
  },
  cost: moves,
  subgraph: {
    inputs: (node) => node.inputs.map((value) => value?.type ?? elementType(value)),
    trips: () => undefined,
  },
};
