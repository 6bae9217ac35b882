import { type Kernels, microsoft, nchwc } from '../../src/autodiff/index.ts';
import { type Graph, Model } from '../../src/ir/index.ts';

/** A model of a graph that may use these kernels. */
export function withKernels(graph: Graph, kernels: Kernels): Model {
  const model = new Model(graph);
  if (kernels.block) model.opsets.set(nchwc, 1);
  if (kernels.fusedMatMul) model.opsets.set(microsoft, 1);
  return model;
}
