import { setImmediate as turn } from 'node:timers/promises';
import { UsageError } from '../../../errors.ts';
import { isStatic, type Model, type Node, Tensor, type Value } from '../../../ir/index.ts';
import { writeModel } from '../../../onnx/index.ts';
import { createBuilder } from '../../../ops/index.ts';
import type { WorkOptions } from '../../../report.ts';
import { type Feeds, InferenceSession } from '../../../runtime/index.ts';
import type { Calibration } from '../../calibrate.ts';
import type { SquareMatrix } from './inverse-factor.ts';

/** GPTQ's Hessian of more inputs than these would take more than half a gigabyte. */
export const mostInputs = 8192;

/** Why there is no Hessian for a node: its own weight has to be multiplied with columns of what goes in. */
export function momentObstacle(node: Node): string | undefined {
  const { shape } = node.input(1);
  if (node.opType !== 'Conv') {
    const isProduct = node.opType === 'MatMul' || node.opType === 'Gemm';
    return isProduct && shape?.length === 2
      ? undefined
      : `GPTQ does not know ${node.opType} with such a weight`;
  }
  if (node.int('group', 1) !== 1)
    return 'GPTQ does not treat the few inputs of a channel of a grouped convolution';
  return isStatic(shape) ? undefined : 'the shape of its weight is not known';
}

export interface MomentOptions extends WorkOptions {
  readonly calibration: Calibration;
  /** Told each batch as it passes. */
  readonly onFeeds?: (feeds: Feeds) => void;
}

/**
 * X^T X of what goes into each node of a float model, summed over calibration data: X has a row for each vector that is
 * multiplied with the weight, of a convolution for each position. By the name of the node's first output.
 * onnxruntime computes the products; one batch in memory at a time. Throws UsageError for no data.
 */
export async function secondMoments(
  model: Model,
  outputs: readonly string[],
  { calibration, onFeeds, onProgress, signal }: MomentOptions,
): Promise<Map<string, SquareMatrix>> {
  const { observed, names } = withMoments(model, outputs);
  const sums = new Map<string, SquareMatrix>();
  const session = await InferenceSession.create(writeModel(observed));
  let done = 0;
  try {
    for await (const feeds of calibration) {
      signal?.throwIfAborted();
      const results = await session.run(feeds, [...names.values()]);
      for (const [output, name] of names) addTo(sums, output, results[name]!);
      onFeeds?.(feeds);
      done++;
      onProgress?.({ done, total: done, message: 'calibration batches' });
      await turn();
    }
  } finally {
    await session.release();
  }
  if (done === 0) throw new UsageError('The calibration set must have at least one batch, has none');
  return sums;
}

function addTo(sums: Map<string, SquareMatrix>, key: string, tensor: Tensor): void {
  const size = tensor.shape[0]!;
  const data = tensor.data as Float32Array;
  const sum = sums.get(key);
  if (!sum) sums.set(key, { size, values: Float64Array.from(data) });
  else for (let i = 0; i < data.length; i++) sum.values[i]! += data[i]!;
}

/** A copy of a model that gives the products, and their names by the name of the node's output. */
function withMoments(
  model: Model,
  outputs: readonly string[],
): { observed: Model; names: Map<string, string> } {
  const observed = model.clone();
  const { graph } = observed;
  const builder = createBuilder({ graph, prefix: graph.uniqueName('moments') });
  const names = new Map<string, string>();
  const moments = new Map<string, Value>();
  for (const output of outputs) {
    const { producer } = graph.value(output)!;
    const key = keyOf(producer!);
    const moment = moments.get(key) ?? (producer!.opType === 'Conv' ? ofPatches : ofRows)(producer!, builder);
    moments.set(key, moment);
    names.set(output, moment.name);
    if (!graph.outputs.includes(moment)) graph.outputs.push(moment);
  }
  return { observed, names };
}

type Builder = ReturnType<typeof createBuilder>;

/** Products of the same input have the same second moments. */
const keyOf = (node: Node): string =>
  node.opType === 'Conv' ? node.output().name : `of ${node.input(0).name}`;

function ofRows(node: Node, b: Builder): Value {
  const inputs = node.input(1).shape![node.int('transB', 0) ? 1 : 0] as number;
  const rows = b.op('Reshape', [node.input(0), b.int64s([-1, inputs])]);
  return b.op('MatMul', [b.op('Transpose', [rows], { perm: [1, 0] }), rows]);
}

/** A convolution with one kernel for each number of a patch puts patches into columns. */
function ofPatches(node: Node, b: Builder): Value {
  const kernel = node.input(1).shape as readonly number[];
  const inputs = kernel.slice(1).reduce((a, size) => a * size, 1);
  const identity = new Float32Array(inputs * inputs);
  for (let i = 0; i < inputs; i++) identity[i * inputs + i] = 1;
  const pick = b.initializer(
    b.uniqueName('pick'),
    Tensor.of('float32', identity, [inputs, ...kernel.slice(1)]),
  );
  const attributes = Object.fromEntries([...node.attributes].filter(([name]) => name !== 'group'));
  const patches = b.op('Conv', [node.input(0), pick], attributes);
  const perm = [1, 0, ...kernel.slice(2).map((_, i) => i + 2)];
  const columns = b.op('Reshape', [b.op('Transpose', [patches], { perm }), b.int64s([inputs, -1])]);
  return b.op('MatMul', [columns, b.op('Transpose', [columns], { perm: [1, 0] })]);
}
