import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  allGraphs,
  allNodes,
  formatShape,
  type Model,
  type Node,
  type Tensor,
  type TensorType,
} from '../../src/ir/index.ts';
import { readModel, writeModel } from '../../src/onnx/index.ts';
import { annotateTypes } from '../../src/ops/index.ts';
import { type Feeds, InferenceSession } from '../../src/runtime/index.ts';
import { admits } from '../support/admits.ts';
import { groups, sampleInputs, testdata } from '../support/onnx-testdata.ts';

/** What became of the models, for the test at the end. */
const counts = { accepted: 0, known: 0, compared: 0, sized: 0, outputs: 0 };
const unknown = new Map<string, number>();

/** Operators whose outputs differ from run to run. */
const random = /^(Random|Bernoulli|Multinomial|Dropout)/;

describe.skipIf(!testdata.present)(`inference agrees with onnxruntime's${testdata.why}`, () => {
  it.each(groups(testdata.files))('%s', async (_, group) => {
    for (const file of group) await compare(file);
  });

  it('knows the operators of all models that onnxruntime accepts', () => {
    const { accepted, known, compared, outputs, sized } = counts;
    const share = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;
    console.log(
      `onnxruntime accepts ${accepted} of ${testdata.files.length} models; all operators of ${known} are known. ` +
        `${compared} were run and compared, the others have inputs or outputs that are no tensors of numbers. ` +
        `Of ${outputs} outputs, ${sized} (${share(sized, outputs)}) were inferred to the last size.`,
    );
    expect([...unknown]).toEqual([]);
    expect(accepted).toBeGreaterThan(1000);
    expect(compared).toBeGreaterThan(0.96 * accepted);
    expect(sized).toBeGreaterThan(0.84 * outputs);
  });
});

/** Runs a model as it is and after a round trip, and holds its inferred types against the outputs. */
async function compare(file: string): Promise<void> {
  const name = basename(dirname(file));
  const bytes = readFileSync(file);
  const session = await InferenceSession.create(bytes, { threads: 1 }).catch(() => undefined);
  if (!session) return;
  counts.accepted++;
  try {
    const model = readModel(bytes);
    const feeds = feedsOf(model, sampleInputs(file));
    const results = feeds && (await session.run(feeds).catch(() => undefined));
    const types = inferred(model);
    countKnown(types.unknown);
    if (!feeds || !results) return;
    counts.compared++;
    checkTypes(name, types.model, { feeds, results });
    checkTypes(`${name} with constant inputs`, inferred(model, feeds).model, { feeds, results });
    const again = await runAgain(model, feeds);
    if (![...allNodes(model.graph)].some((node) => random.test(node.opType)))
      expect(differing(results, again), `${name} after a round trip`).toEqual([]);
  } finally {
    await session.release();
  }
}

/** Names of the outputs that are not the same, bit for bit. */
const differing = (a: Readonly<Record<string, Tensor>>, b: Readonly<Record<string, Tensor>>): string[] =>
  Object.keys({ ...a, ...b }).filter((name) => {
    const [x, y] = [a[name], b[name]];
    return !x || !y || text(x) !== text(y) || Buffer.compare(x.bytes, y.bytes) !== 0;
  });

async function runAgain(model: Model, feeds: Feeds): Promise<Record<string, Tensor>> {
  const session = await InferenceSession.create(writeModel(model), { threads: 1 });
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

/** The inputs by name; undefined if onnxruntime-node cannot be given one of them. */
function feedsOf(model: Model, inputs: readonly Tensor[] | undefined): Feeds | undefined {
  if (!inputs || inputs.some((tensor) => tensor.dtype === 'string')) return undefined;
  if (inputs.length < model.graph.feeds.length) return undefined;
  return Object.fromEntries(inputs.map((tensor, i) => [model.graph.inputs[i]!.name, tensor]));
}

/**
 * A copy whose values have the types that are inferred from the inputs alone: what the file declares is taken out.
 * With `feeds` the inputs are constants, so that sizes which follow from their elements are known too.
 */
function inferred(model: Model, feeds: Feeds = {}): { model: Model; unknown: Node[] } {
  const copy = model.clone();
  for (const graph of allGraphs(copy.graph))
    for (const node of graph.nodes) for (const output of node.outputs) output.type = undefined;
  for (const input of copy.graph.inputs) {
    const feed = feeds[input.name];
    if (feed) Object.assign(input, { tensor: feed, type: { dtype: feed.dtype, shape: feed.shape } });
  }
  return { model: copy, unknown: annotateTypes(copy.graph) };
}

function countKnown(nodes: readonly Node[]): void {
  if (nodes.length === 0) counts.known++;
  for (const type of new Set(nodes.map((node) => node.opType)))
    unknown.set(type, (unknown.get(type) ?? 0) + 1);
}

interface Run {
  readonly feeds: Feeds;
  readonly results: Readonly<Record<string, Tensor>>;
}

function checkTypes(name: string, { graph }: Model, { feeds, results }: Run): void {
  const symbols = new Map<string, number>();
  for (const input of graph.inputs)
    input.shape?.forEach((dim, i) => {
      const size = feeds[input.name]?.shape[i];
      if (typeof dim === 'string' && size !== undefined) symbols.set(dim, size);
    });
  for (const output of graph.outputs) {
    const actual = results[output.name];
    if (!actual || !output.type) continue;
    counts.outputs++;
    if (output.shape?.every((dim) => typeof dim === 'number')) counts.sized++;
    const said = `${name}: inferred ${text(output.type)} for ${text(actual)}`;
    expect(
      admits(output.type, actual, (symbol) => symbols.get(symbol)),
      said,
    ).toBe(true);
  }
}

const text = ({ dtype, shape }: TensorType): string => `${dtype}${formatShape(shape)}`;
