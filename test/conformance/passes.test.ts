import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ModelError } from '../../src/errors.ts';
import { check, type Model, type Tensor, type Value } from '../../src/ir/index.ts';
import { readModel } from '../../src/onnx/index.ts';
import { readMessage } from '../../src/onnx/protobuf-reader.ts';
import { decodeTensor } from '../../src/onnx/tensor.ts';
import { optimizeGraph, upgradeOpset } from '../../src/passes/index.ts';
import { outputsOf, worstDifference } from '../support/same-outputs.ts';

const folder = '/usr/share/libonnx-testdata/data';
const present = existsSync(folder);
const why = present ? '' : ` (skipped: ${folder} is missing; install the Debian package libonnx-testdata)`;

/** How many models each rewriting kept the outputs of, and how many ran only after it. */
const counts = { optimized: 0, upgraded: 0, revived: 0 };

describe.skipIf(!present)(`rewritten models of libonnx-testdata${why}`, () => {
  const files = present ? globSync(`${folder}/**/*.onnx`) : [];

  it.each(groups(files))('give what the originals gave: %s', { timeout: 120_000 }, async (_, group) => {
    for (const file of group) {
      const example = readExample(file);
      if (example) await checkExample(file, example);
    }
  });

  afterAll(() => {
    // Fewer would mean that a pass or the upgrade refuses what it did not refuse before.
    expect(counts.optimized).toBeGreaterThanOrEqual(970);
    expect(counts.upgraded).toBeGreaterThanOrEqual(955);
    expect(counts.revived).toBeGreaterThanOrEqual(34);
  });
});

interface Example {
  readonly model: Model;
  readonly feeds: Record<string, Tensor>;
  readonly outputs: Record<string, Tensor>;
}

async function checkExample(file: string, { model, feeds, outputs }: Example): Promise<void> {
  const original = await unlessRefused(outputsOf(model, { feeds }));
  if (original) {
    const { model: optimized } = await optimizeGraph(model);
    check(optimized);
    expectSame(`${file} optimized`, await outputsOf(optimized, { feeds }), original);
    counts.optimized++;
  }
  const upgraded = await unlessRefused(Promise.try(() => upgradeOpset(model).model));
  if (!upgraded) return;
  check(upgraded);
  const results = original
    ? await outputsOf(upgraded, { feeds })
    : await unlessRefused(outputsOf(upgraded, { feeds }));
  if (!results) return;
  expectSame(`${file} upgraded`, results, original ?? outputs);
  counts[original ? 'upgraded' : 'revived']++;
}

/** Undefined for what onnxruntime has no kernel for, or the upgrade no words. */
async function unlessRefused<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ModelError) return undefined;
    throw error;
  }
}

function expectSame(what: string, actual: Record<string, Tensor>, expected: Record<string, Tensor>): void {
  for (const [name, tensor] of Object.entries(expected)) {
    expect(actual[name]?.dtype, what).toBe(tensor.dtype);
    expect(actual[name]!.shape, what).toEqual(tensor.shape);
    expect(worstDifference(actual[name]!, tensor), what).toBeLessThan(1e-3);
  }
}

/** A model with its stored feeds and results; undefined where these are sequences or strings, or not there. */
function readExample(file: string): Example | undefined {
  const model = readModel(readFileSync(file));
  const data = join(dirname(file), 'test_data_set_0');
  const read = (values: readonly Value[], kind: string): Record<string, Tensor> =>
    Object.fromEntries(
      values.map(({ name }, i) => {
        const bytes = readFileSync(join(data, `${kind}_${i}.pb`));
        return [name, decodeTensor(readMessage('TensorProto', bytes))];
      }),
    );
  if (!existsSync(data)) return undefined;
  try {
    const feeds = read(model.graph.feeds, 'input');
    const outputs = read(model.graph.outputs, 'output');
    const strings = Object.values({ ...feeds, ...outputs }).some(({ dtype }) => dtype === 'string');
    return strings ? undefined : { model, feeds, outputs };
  } catch (error) {
    if (error instanceof ModelError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function groups(files: readonly string[]): [string, string[]][] {
  const key = (file: string) => relative(folder, file).slice(0, 'node/test_a'.length);
  return Object.entries(Object.groupBy(files, key)) as [string, string[]][];
}
