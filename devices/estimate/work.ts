import { allNodes, cloneGraph, type Model } from '../../src/ir/index.ts';
import { annotateTypes, costWarnings, modelCost } from '../../src/ops/index.ts';
import { fuseBatchNormalization } from '../../src/passes/index.ts';
import type { Precision } from '../profiles/index.ts';
import { elementsOf, type Layer, layerOf } from './layers.ts';
import { peakActivations } from './peak-activations.ts';

/** What a model asks of a device in one run, whatever the device. */
export interface Work {
  /** Samples of a run. */
  readonly batch: number;
  /** What the model computes with, as it is. */
  readonly precision: Precision;
  readonly layers: readonly Layer[];
  readonly parameters: number;
  /** Of its parameters, as it stores them. */
  readonly parameterBytes: number;
  /** Elements of its inputs and outputs. */
  readonly ports: number;
  /** The most elements of activations at once. */
  readonly activations: number;
  readonly warnings: readonly string[];
}

/**
 * Work of a model with BatchNormalization folded into the layers before it, as every runtime does. Throws ModelError where the
 * model is wrong.
 */
export function workOf(model: Model): Work {
  const fused = fuseBatchNormalization(model);
  const cost = modelCost(fused);
  const graph = cloneGraph(fused.graph);
  annotateTypes(graph);
  const ports = [...graph.feeds, ...graph.outputs].reduce((total, value) => total + elementsOf(value), 0);
  return {
    batch: cost.batch,
    precision: precisionOf(model),
    layers: cost.layers.flatMap((layer) => layerOf(layer) ?? []),
    parameters: cost.parameters,
    parameterBytes: cost.layers.reduce((total, layer) => total + layer.parameterBytes, 0),
    ports,
    activations: peakActivations(graph),
    warnings: costWarnings(cost),
  };
}

const integerOps =
  /^(QLinear|QuantizeLinear$|DynamicQuantizeLinear$|ConvInteger$|MatMulInteger$|DynamicQuantize)/;

/** Int8 if activations are quantized somewhere; integers that are only stored do not make a model compute with them. */
function precisionOf({ graph }: Model): Precision {
  const nodes = [...allNodes(graph)];
  if (nodes.some(({ opType }) => integerOps.test(opType))) return 'int8';
  const constants = nodes.flatMap(({ inputs }) => inputs.flatMap((value) => value?.tensor ?? []));
  const half = constants.reduce((n, { dtype, size }) => n + (dtype === 'float16' ? size : 0), 0);
  const single = constants.reduce((n, { dtype, size }) => n + (dtype === 'float32' ? size : 0), 0);
  return half > single ? 'float16' : 'float32';
}

const sizes: Readonly<Record<Precision, number>> = { float32: 4, float16: 2, int8: 1 };

export const bytesOf = (elements: number, precision: Precision): number => elements * sizes[precision];

/** Bytes of the parameters in a precision: as they are stored if it is the model's own. */
export const weightBytes = (work: Work, precision: Precision): number =>
  precision === work.precision ? work.parameterBytes : bytesOf(work.parameters, precision);
