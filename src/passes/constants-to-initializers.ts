import type { Model } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';
import { type Pass, Rewriting } from './pass.ts';

export const constantsToInitializersPass: Pass = {
  name: 'constants-to-initializers',
  summary: 'Make initializers of Constant nodes',
  run: convertConstants,
};

/**
 * A copy of the model in which initializers hold what Constant nodes held, under the same names. Constants that are
 * outputs and those of subgraphs stay nodes. Throws ModelError for sparse ones.
 */
export function constantsToInitializers(model: Model): Model {
  const rewriting = new Rewriting(model);
  convertConstants(rewriting);
  return rewriting.model;
}

function convertConstants(rewriting: Rewriting): void {
  const { graph } = rewriting;
  const outputs = new Set(graph.outputs);
  const constants = graph.nodes.flatMap((node) => {
    const value = node.outputs[0];
    const tensor = value && constantOf(value);
    return tensor && !outputs.has(value) ? [{ node, value, tensor }] : [];
  });
  graph.remove(...constants.map(({ node }) => node));
  for (const { value, tensor } of constants) {
    value.producer = undefined;
    value.tensor = tensor;
    value.type = { dtype: tensor.dtype, shape: tensor.shape };
    graph.addInitializer(value);
  }
  rewriting.count('Constant node', constants.length);
}
