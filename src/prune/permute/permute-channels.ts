import { UsageError } from '../../errors.ts';
import { formatShape, type Model } from '../../ir/index.ts';
import { constantsToInitializers } from '../../passes/index.ts';
import { random } from '../../random.ts';
import type { WorkOptions } from '../../report.ts';
import { dependencyGroups, type Group } from '../groups/index.ts';
import { checkPruning, describePattern, fittingWeights, nothingToPrune } from '../masks/mask-weights.ts';
import type { BlockPattern } from '../masks/n-of-m.ts';
import { prunableWeights } from '../masks/prunable.ts';
import { BlockReader } from './block-reader.ts';
import { PermutationReport, type PermutedWeight } from './permutation-report.ts';
import { reorderChannels } from './reorder-channels.ts';
import { type Shapes, sameFunctionAs } from './same-function.ts';
import { searchOrder } from './search-order.ts';
import { readingParts, Stripes } from './stripes.ts';

export interface PermuteOptions extends WorkOptions {
  readonly pattern: BlockPattern;
  /** Globs of names of nodes or weights that will not be pruned, so that their order is of no account. */
  readonly keep?: readonly string[];
  /** Blocks of m weights that the search looks at for each group of channels. Default 3e7. */
  readonly effort?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Sizes of inputs that have open ones, for the check. */
  readonly shapes?: Shapes;
}

type Orders = Map<string, readonly number[]>;

/**
 * Reorders channels of a model so that an n:m pattern keeps more of the magnitude of its weights (Pool and Yu 2021, Channel
 * Permutations for N:M Sparsity, NeurIPS). The order goes into all weights that make or read a channel, through residual
 * adds, concatenations and normalizations; that the outputs stay within float32 is checked on made-up inputs, and a group
 * for which they do not is left. Prunes nothing: `pruneWeights` or `fit` with `maskSchedule` does. Throws UsageError for
 * options out of range, a model without fitting weights or one that does not run, and the signal's reason when aborted.
 */
export async function permuteChannels(
  model: Model,
  options: PermuteOptions,
): Promise<{ model: Model; report: PermutationReport }> {
  const { pattern, effort = 3e7 } = options;
  checkPruning({ pattern });
  if (!(effort > 0)) throw new UsageError(`'effort' must be a number above 0, was ${effort}`);
  options.signal?.throwIfAborted();
  const start = constantsToInitializers(model);
  const { weights, left } = fittingWeights(prunableWeights(start.graph, options), pattern);
  if (weights.length === 0) throw nothingToPrune(left);
  const readers = weights.map((weight) => new BlockReader(weight, pattern));
  const before = readers.map((reader) => reader.share());
  const { groups } = dependencyGroups(start);
  const found = search(groups, readers, { ...options, effort });
  const checked = await acceptedOrders(start, found.orders, options);
  for (const name of checked.refused) found.reasons.set(name, 'its operators treat channels differently');
  const after = orderedShares(groups, weights, { pattern, orders: checked.orders });
  const rows = readers.map(({ weight }, i): PermutedWeight => {
    const { name, node, shape } = weight;
    const note = noteOf({ weight }, groups, { orders: checked.orders, reasons: found.reasons });
    return { name, op: node.opType, shape: formatShape(shape), before: before[i]!, after: after[i]!, note };
  });
  return {
    model: checked.model,
    report: new PermutationReport(rows, { pattern: describePattern(pattern), left }),
  };
}

/** An order for each group that gains by one, and why others have none. */
function search(
  groups: readonly Group[],
  readers: readonly BlockReader[],
  { pattern, effort, seed = 0, signal, onProgress }: PermuteOptions & { readonly effort: number },
): { orders: Orders; reasons: Map<string, string> } {
  const orders: Orders = new Map();
  const reasons = new Map<string, string>();
  const source = random(seed);
  for (const [done, group] of groups.entries()) {
    const reason = obstacle(group);
    if (reason !== undefined) {
      reasons.set(group.name, reason);
      continue;
    }
    const stripes = new Stripes(group, readers, pattern.m);
    const isThorough = searchOrder(stripes, { effort, random: source, signal });
    if (stripes.order.some((channel, place) => channel !== place)) orders.set(group.name, [...stripes.order]);
    else
      reasons.set(
        group.name,
        isThorough ? 'no order was better' : 'the effort found no better order: give more',
      );
    onProgress?.({ done: done + 1, total: groups.length, message: 'permutations' });
  }
  return { orders, reasons };
}

/** Why channels cannot change places. */
function obstacle({ obstacle, channels, parts }: Group): string | undefined {
  if (obstacle !== undefined) return obstacle;
  const isEven = parts.every((part) => {
    const count = part.indices(0).length;
    return Array.from({ length: channels }, (_, i) => part.indices(i).length).every((n) => n === count);
  });
  return isEven ? undefined : 'its channels have unequal numbers of weights';
}

/** The orders that leave what the model computes, together; those that do not are refused one by one. */
async function acceptedOrders(
  start: Model,
  orders: Orders,
  { shapes, signal }: PermuteOptions,
): Promise<{ model: Model; orders: Orders; refused: string[] }> {
  if (orders.size === 0) return { model: start, orders, refused: [] };
  const isSame = await sameFunctionAs(start, shapes);
  const all = reorderChannels(start, orders);
  if (await isSame(all)) return { model: all, orders, refused: [] };
  let accepted = { model: start, orders: new Map() as Orders };
  const refused: string[] = [];
  for (const [name, order] of orders) {
    signal?.throwIfAborted();
    const trial: Orders = new Map([...accepted.orders, [name, order]]);
    const model = reorderChannels(start, trial);
    if (await isSame(model)) accepted = { model, orders: trial };
    else refused.push(name);
  }
  return { ...accepted, refused };
}

/** What each weight keeps once some groups are in their new order. */
function orderedShares(
  groups: readonly Group[],
  weights: readonly BlockReader['weight'][],
  { pattern, orders }: { readonly pattern: BlockPattern; readonly orders: Orders },
): number[] {
  const readers = weights.map((weight) => new BlockReader(weight, pattern));
  for (const group of groups) {
    const order = orders.get(group.name);
    if (order) new Stripes(group, readers, pattern.m).put([...order.keys()], order);
  }
  return readers.map((reader) => reader.share());
}

function noteOf(
  at: Pick<BlockReader, 'weight'>,
  groups: readonly Group[],
  { orders, reasons }: { readonly orders: Orders; readonly reasons: ReadonlyMap<string, string> },
): string {
  const read = groups.filter((group) => readingParts(group, at).length > 0);
  if (read.some(({ name }) => orders.has(name))) return '';
  if (read.length === 0) return 'no weights of the model make the channels that it reads';
  return read.map(({ name }) => `${name}: ${reasons.get(name)}`).join('; ');
}
