import type { Graph } from '../../ir/index.ts';
import { Report } from '../../report.ts';
import { macsOf } from './macs.ts';
import type { Sensitivity } from './sensitivity.ts';

/** Units that stay float for the outputs' sake. */
export interface LeftNoisy {
  /** Names that a plan must exclude. */
  readonly exclude: ReadonlySet<string>;
  readonly report: Report;
}

export interface NoiseLimits {
  /** dB. */
  readonly minSqnr: number;
  /** Share of the model's multiply-accumulates. Default: any. */
  readonly maxFloat?: number;
}

/**
 * Chooses what stays float so that the SQNR that the units' noise adds up to at the outputs reaches `minSqnr`: units by
 * the noise that they cause for their multiply-accumulates, most first, up to the share `maxFloat` of these. `scores` are
 * `sensitivity`'s by method `mse`. Noise is taken as independent, an edge's counts at both its ends: the real SQNR is
 * rather higher.
 */
export function leaveNoisy(
  graph: Graph,
  scores: readonly Sensitivity[],
  { minSqnr, maxFloat = 1 }: NoiseLimits,
): LeftNoisy {
  const shares = sharesOf(graph, scores);
  // A unit that multiplies nothing costs something as well: as much as a thousandth of the model.
  const cost = ({ unit }: Sensitivity) => shares.get(unit.name)! + 1e-3;
  const ranked = scores.toSorted((a, b) => b.score / cost(b) - a.score / cost(a));
  const before = scores.reduce((sum, { score }) => sum + score, 0);
  const left: Sensitivity[] = [];
  let [noise, float] = [before, 0];
  for (const one of ranked) {
    if (noise <= 10 ** (-minSqnr / 10)) break;
    const more = shares.get(one.unit.name)!;
    if (float + more > maxFloat) continue;
    float += more;
    noise -= one.score;
    left.push(one);
  }
  const title = `${left.length} of ${scores.length} units stay float (${(100 * float).toFixed(1)} % of MACs): predicted SQNR of the outputs ${decibels(before)} to ${decibels(noise)} dB`;
  return {
    exclude: new Set(left.flatMap(({ unit }) => unit.members)),
    report: reportOf(title, left, shares),
  };
}

/** Each unit's part of the multiply-accumulates, by its name. */
function sharesOf(graph: Graph, scores: readonly Sensitivity[]): Map<string, number> {
  const units = scores.map(({ unit }) => unit);
  const macs = macsOf(graph, units);
  const all = [...macs.values()].reduce((a, b) => a + b, 0) || 1;
  return new Map([...macs].map(([name, own]) => [name, own / all]));
}

const reportOf = (title: string, left: readonly Sensitivity[], shares: ReadonlyMap<string, number>): Report =>
  new Report({
    title,
    columns: [
      { key: 'node', header: 'node' },
      { key: 'op', header: 'operator' },
      { key: 'alone', header: 'SQNR that it alone leaves', unit: 'dB', decimals: 1 },
      { key: 'macs', header: 'MACs', unit: '%', scale: 100, decimals: 2 },
    ],
    rows: left.map(({ unit, score }) => ({
      ...{ node: unit.node, op: unit.op, alone: -10 * Math.log10(score) },
      macs: shares.get(unit.name)!,
    })),
  });

const decibels = (noise: number): string => (-10 * Math.log10(Math.max(noise, 1e-12))).toFixed(1);
