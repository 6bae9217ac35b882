import type { Graph, Node } from '../ir/index.ts';
import type { FakeQuantization } from './fake-quantization.ts';
import { onlyReader } from './only-reader.ts';

/** A graph and its fake quantizations by their QuantizeLinear. */
interface Search {
  readonly graph: Graph;
  readonly fakes: ReadonlyMap<Node, FakeQuantization>;
}

/**
 * Whether a Relu is read by a MaxPool only, itself or rounded. Then the training graph has them in the other order, which
 * gives the same values and gradients, and leaves the relu a fraction of the elements.
 */
export function isPooled(search: Search, relu: Node): boolean {
  if (relu.opType !== 'Relu' || relu.domain !== '') return false;
  const reader = onlyReader(search.graph, relu.output());
  const fake = reader && search.fakes.get(reader);
  return fake ? isPooledRound(search, fake) : isPool(reader);
}

/**
 * Whether fake quantization with one scale is read by a MaxPool only: written behind it as well. The values are the same,
 * the gradient goes to the largest number of a window and not to the first of those that round to the same.
 */
export function isPooledRound({ graph }: Pick<Search, 'graph'>, { others, axis }: FakeQuantization): boolean {
  const [last, ...more] = others.filter(({ opType }) => opType === 'DequantizeLinear');
  return axis === undefined && more.length === 0 && isPool(onlyReader(graph, last!.output()));
}

const isPool = (node: Node | undefined): boolean =>
  node?.opType === 'MaxPool' && node.domain === '' && node.outputs.length === 1;

/** What the training graph has behind a MaxPool that the model has before it. */
export function behindPool(
  search: Search,
  pool: Node,
): { readonly relu: boolean; readonly fake: FakeQuantization | undefined } {
  const before = pool.input(0).producer;
  const fake = [...search.fakes.values()].find(({ others }) => before && others.includes(before));
  const rounds = fake && isPooledRound(search, fake) ? fake : undefined;
  const first = rounds ? rounds.x.producer : before;
  return { relu: first !== undefined && isPooled(search, first), fake: rounds };
}
