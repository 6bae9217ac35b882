import type { Graph, Node, TensorType, Value } from '../ir/index.ts';
import { constantOf } from './constant.ts';
import { moves } from './cost.ts';
import { joinShapes } from './dims.ts';
import type { Op } from './op.ts';

/**
 * Inputs: trip count, condition, then the carried values; the body takes iteration, condition, carried values and
 * gives condition, carried values, scanned values, which the node stacks along a new first axis.
 */
export const loop: Op = {
  type: 'Loop',
  infer(node) {
    const body = bodyOf(node);
    const carried = node.inputs.slice(2);
    const results = body.outputs.slice(1);
    if (body.inputs.length !== carried.length + 2 || results.length < carried.length)
      throw node.error(
        `body must take iteration, condition and the ${carried.length} carried values, takes ${body.inputs.length}`,
      );
    return results.map((value, i) => (i < carried.length ? carriedType(carried[i], value) : scanType(value)));
  },
  cost: moves,
  subgraph: {
    inputs: (node) => [
      { dtype: 'int64', shape: [] },
      { dtype: 'bool', shape: [] },
      // Only the dtype: an iteration may give the next one another shape.
      ...node.inputs.slice(2).map((value) => ({ dtype: value?.dtype, shape: undefined })),
    ],
    trips: (node) => constantOf(node.inputs[0])?.toNumbers()[0],
  },
};

function bodyOf(node: Node): Graph {
  const body = node.graph('body');
  if (body) return body;
  throw node.error('must have a body');
}

/** The value as it came in, after no iteration, or as the body gives it: what holds for both. */
function carriedType(initial: Value | undefined, result: Value): TensorType {
  return { dtype: result.dtype ?? initial?.dtype, shape: joinShapes(initial?.shape, result.shape) };
}

const scanType = ({ dtype, shape }: Value): TensorType => ({ dtype, shape: shape && [null, ...shape] });
