/** The library: everything that the magics do, as plain functions. */

import './require-node.ts';

export {
  adam,
  adamW,
  binaryCrossEntropy,
  crossEntropy,
  huber,
  klDivergence,
  type Loss,
  meanSquaredError,
  type Optimizer,
  sgd,
  trainingGraph,
} from './autodiff/index.ts';
export * from './bench/index.ts';
export * from './convert/index.ts';
export * from './data/index.ts';
export * from './diff/index.ts';
export * from './distill/index.ts';
export * from './errors.ts';
export * from './explain/index.ts';
export * from './graph-view/index.ts';
export * from './ir/index.ts';
export * from './layers/index.ts';
export * from './ledger/index.ts';
export * from './onnx/index.ts';
export { annotateTypes, createBuilder, modelCost, opOf } from './ops/index.ts';
export * from './passes/index.ts';
export * from './plot/index.ts';
export * from './prune/index.ts';
export * from './quantize/index.ts';
export * from './recipe/index.ts';
export * from './report.ts';
export { InferenceSession, optimizedByOnnxruntime, type SessionOptions } from './runtime/index.ts';
export * from './search/index.ts';
export * from './simulate/index.ts';
export * from './summary/index.ts';
export * from './targets/index.ts';
export * from './train/index.ts';
export * from './zoo/index.ts';
