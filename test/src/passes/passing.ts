import { expect } from 'vitest';
import {
  GraphBuilder,
  Model,
  type Node,
  product,
  Tensor,
  type TensorType,
  type Value,
} from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { infer, opOf } from '../../../src/ops/index.ts';
import { optimizeGraph } from '../../../src/passes/index.ts';
import { random } from '../../../src/random.ts';
import { expectSameOutputs, type SameOptions } from '../../support/same-outputs.ts';

const { uniform } = random(9);

/** A builder with constants of random floats between -1 and 1. */
export interface Parts {
  readonly b: GraphBuilder;
  weights(name: string, ...shape: number[]): Value;
}

/** A model that `write` writes; its outputs are those that `write` names. */
export function build(write: (parts: Parts) => void, opset = 21): Model {
  const b = new GraphBuilder(inferOrSame);
  const weights = (name: string, ...shape: number[]): Value => {
    const data = Float32Array.from({ length: product(shape) }, () => 2 * uniform() - 1);
    return b.initializer(name, Tensor.of('float32', data, shape));
  };
  write({ b, weights });
  return new Model(b.graph, opset);
}

/** Operators that the table may not know: elementwise, or with a branch whose results are theirs. */
export function inferOrSame(node: Node): readonly TensorType[] {
  const [branch] = node.subgraphs();
  if (node.opType === 'If' && branch) return branch.outputs.map(({ type }) => type!);
  return opOf(node) ? infer(node) : [{ dtype: node.input(0).dtype, shape: node.input(0).shape }];
}

export const opTypes = (model: Model): string[] => model.graph.nodes.map((node) => node.opType);

export interface Passed {
  readonly model: Model;
  /** How often each rule applied. */
  readonly counts: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
}

/**
 * Runs passes to the end and checks what holds for all of them: the input stays what it was, the result holds the
 * invariants and computes the same, and a second run finds nothing.
 */
export async function pass(
  model: Model,
  names?: readonly string[],
  options: SameOptions = {},
): Promise<Passed> {
  const bytes = writeModel(model);
  const result = await optimizeGraph(model, { passes: names });
  expect(Buffer.compare(writeModel(model), bytes)).toBe(0);
  await expectSameOutputs(model, result.model, options);
  const again = await optimizeGraph(result.model, { passes: names });
  expect(again.report.rows).toEqual([]);
  expect(Buffer.compare(writeModel(again.model), writeModel(result.model))).toBe(0);
  const { rows, warnings } = result.report;
  return {
    model: result.model,
    counts: Object.fromEntries(rows.map(({ rule, times }) => [String(rule), Number(times)])),
    warnings,
  };
}
