import { formatShape } from '../../ir/index.ts';
import { Report } from '../../report.ts';
import type { PermutationReport } from '../permute/permutation-report.ts';
import type { WeightMasks } from './mask-weights.ts';

/** How one tensor of weights was pruned. */
export interface PrunedWeight {
  readonly [key: string]: string | number;
  readonly name: string;
  readonly op: string;
  readonly shape: string;
  readonly weights: number;
  readonly zeros: number;
  /** 0..1. */
  readonly sparsity: number;
  /** Share of the sum of |w| that stays. */
  readonly kept: number;
}

/** Which weights became 0: a row a tensor, and why others did not. */
export class WeightPruningReport extends Report<PrunedWeight> {
  /** Weights that could be pruned. */
  readonly weights: number;
  readonly zeros: number;
  /** `zeros` as a share of `weights`. */
  readonly sparsity: number;
  /** What reordering channels first gave, where it was asked for. */
  readonly permutation: PermutationReport | undefined;

  constructor(
    { masks, weights, left }: WeightMasks,
    { what, permutation }: { readonly what: string; readonly permutation?: PermutationReport | undefined },
  ) {
    const rows = weights.map((weight) => rowOf(weight, masks.get(weight.name)!));
    const sum = (key: 'weights' | 'zeros'): number => rows.reduce((total, row) => total + row[key], 0);
    const sparsity = sum('zeros') / sum('weights');
    super({
      title: `${(100 * sparsity).toFixed(1)} % of ${sum('weights')} weights are 0 (${what})`,
      columns: [
        { key: 'name', header: 'weights' },
        { key: 'op', header: 'operator' },
        { key: 'shape', header: 'shape' },
        { key: 'weights', header: 'number' },
        { key: 'zeros', header: 'zeros' },
        { key: 'sparsity', header: 'sparsity', unit: '%', scale: 100, decimals: 1, bar: 1 },
        { key: 'kept', header: 'kept of sum |w|', unit: '%', scale: 100, decimals: 1 },
      ],
      rows,
      warnings: [
        ...(permutation?.rows ?? []).map(permuted),
        ...rows.filter(({ sparsity }) => sparsity === 1).map(({ name }) => emptied(name)),
        ...left.map(({ name, reason }) => `'${name}' is left as it is: ${reason}`),
      ],
    });
    this.weights = sum('weights');
    this.zeros = sum('zeros');
    this.sparsity = sparsity;
    this.permutation = permutation;
  }
}

const permuted = ({ name, before, after, note }: PermutationReport['rows'][number]): string =>
  note
    ? `Channels of '${name}' are in their old order: ${note}`
    : `Channels of '${name}' were reordered: the pattern keeps ${(100 * after).toFixed(1)} % of |w| instead of ${(100 * before).toFixed(1)} %`;

const emptied = (name: string): string =>
  `All weights of '${name}' are 0, so that nothing of its input gets through: prune less, 'uniform', or 'keep' it`;

function rowOf({ name, node, shape, data }: WeightMasks['weights'][number], mask: Uint8Array): PrunedWeight {
  let [zeros, all, kept] = [0, 0, 0];
  for (const [i, weight] of data.entries()) {
    all += Math.abs(weight);
    if (mask[i] === 0) zeros++;
    else kept += Math.abs(weight);
  }
  return {
    ...{ name, op: node.opType, shape: formatShape(shape), weights: data.length, zeros },
    ...{ sparsity: zeros / data.length, kept: all === 0 ? 1 : kept / all },
  };
}
