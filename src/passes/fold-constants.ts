import { ModelError } from '../errors.ts';
import { byteLength, dtypeBits, isStatic, type Node, product, type Tensor, Value } from '../ir/index.ts';
import { writeModel } from '../onnx/index.ts';
import { constantOf, opOf } from '../ops/index.ts';
import { InferenceSession } from '../runtime/index.ts';
import { isDeterministic } from './deterministic.ts';
import { extract } from './extract.ts';
import { isOp } from './match.ts';
import type { Pass, Rewriting } from './pass.ts';

/**
 * Constants are computed by onnxruntime, which would compute them at run time too: every operator that it knows
 * folds, to the same bits, and there is no second implementation of any.
 */
export const foldConstants: Pass = {
  name: 'fold-constants',
  summary: 'Compute what depends on constants only, with onnxruntime',
  async run(rewriting) {
    rewriting.annotate();
    const { graph } = rewriting;
    const foldable = foldableNodes(rewriting);
    const results = [...foldable].flatMap((node) =>
      // Read by something that stays.
      node.outputs.filter(({ uses }) => uses.some((use) => !foldable.has(use.node))),
    );
    for (const [value, tensor] of await evaluate(rewriting, results))
      becomeConstant(rewriting, value, tensor);
    const dead = new Set<Node>();
    for (const node of [...foldable].reverse())
      if (node.outputs.every(({ uses }) => uses.every((use) => dead.has(use.node)))) dead.add(node);
    graph.remove(...dead);
    rewriting.count('constant computation', dead.size);
  },
};

/** Results up to this size are kept even if they are larger than the constants that they come from. */
const smallResult = 64 * 1024;

/** Would make floats of the integers that quantization stored. */
const keepsIntegers = ['DequantizeLinear', 'QuantizeLinear', 'DynamicQuantizeLinear'];

/** Nodes whose inputs are all constant, or made by such nodes, in their order. Those that make outputs stay. */
function foldableNodes({ graph }: Rewriting): Set<Node> {
  const overridable = new Set(graph.inputs);
  const outputs = new Set(graph.outputs);
  const known = new Map<Value, number>();
  const isFoldable = (node: Node): boolean => {
    if (isOp(node, 'Constant', ...keepsIntegers) || !isDeterministic(node)) return false;
    if (node.subgraphs().length > 0 || node.outputs.some((output) => outputs.has(output))) return false;
    const inputs = node.inputs.filter((input) => input !== undefined);
    const sizes = inputs.map((input) => known.get(input) ?? constantBytes(input, overridable));
    const results: (number | undefined)[] = node.outputs.map(bytesOf);
    if (inputs.length === 0 || !areKnown(sizes) || !areKnown(results)) return false;
    const limit = Math.max(smallResult, ...sizes);
    if (results.some((bytes) => bytes > limit)) return false;
    node.outputs.forEach((output, i) => {
      known.set(output, results[i]!);
    });
    return true;
  };
  return new Set(graph.nodes.filter(isFoldable));
}

const areKnown = (sizes: (number | undefined)[]): sizes is number[] => !sizes.includes(undefined);

const constantBytes = (value: Value, overridable: ReadonlySet<Value>): number | undefined =>
  overridable.has(value) ? undefined : constantOf(value)?.bytes.length;

/** Size of a result that onnxruntime can hand over; undefined if it is not known before the run. */
function bytesOf({ name, dtype, shape, producer }: Value): number | undefined {
  if (!name) return 0;
  const known = producer && opOf(producer) && dtype && isStatic(shape);
  return known && dtype !== 'string' && dtypeBits(dtype) >= 8 ? byteLength(dtype, product(shape)) : undefined;
}

/** The results, without those that onnxruntime refuses to compute: halves show which these are. */
async function evaluate(rewriting: Rewriting, values: readonly Value[]): Promise<[Value, Tensor][]> {
  if (values.length === 0) return [];
  try {
    const tensors = await compute(
      rewriting,
      values.map(({ name }) => name),
    );
    return values.map((value) => [value, tensors[value.name]!]);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    if (values.length === 1) {
      rewriting.warnings.add(`'${values[0]!.name}' is constant but stays computed: ${error.message}`);
      return [];
    }
    const half = values.length >> 1;
    const first = await evaluate(rewriting, values.slice(0, half));
    return [...first, ...(await evaluate(rewriting, values.slice(half)))];
  }
}

async function compute({ model }: Rewriting, names: readonly string[]): Promise<Record<string, Tensor>> {
  const part = extract(model, { inputs: [], outputs: names });
  const session = await InferenceSession.create(writeModel(part), { optimization: 'disabled', threads: 1 });
  try {
    return await session.run({});
  } finally {
    await session.release();
  }
}

/** Its readers get the tensor, under the name that the value had. */
function becomeConstant(rewriting: Rewriting, value: Value, tensor: Tensor): void {
  const { name } = value;
  value.name = rewriting.uniqueName(`${name}_computed`);
  rewriting.graph.replaceUses(value, rewriting.graph.addInitializer(new Value(name, undefined, tensor)));
}
