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

/**
 * Chooses what stays float so that the SQNR that the units' noise adds up to at the outputs reaches `minSqnr` dB: units
 * by the noise that they cause for their multiply-accumulates, most first, up to a share `maxFloat` of those of the model. `scores` are `sensitivity`'s by method `mse`.
 * Noise is taken as independent, an edge's counts at both its ends: the real SQNR is rather higher.
 */
export function leaveNoisy(
  graph: Graph,
  scores: readonly Sensitivity[],
  { minSqnr, maxFloat = 1 }: { readonly minSqnr: number; readonly maxFloat?: number },
): LeftNoisy {
  const macs = macsOf(
    graph,
    scores.map(({ unit }) => unit),
  );
  const all = [...macs.values()].reduce((a, b) => a + b, 0) || 1;
  // A unit that multiplies nothing costs something as well: as much as a thousandth of the model.
  const cost = ({ unit }: Sensitivity) => macs.get(unit.name)! / all + 1e-3;
  const ranked = scores.toSorted((a, b) => b.score / cost(b) - a.score / cost(a));
  const budget = 10 ** (-minSqnr / 10);
  let noise = scores.reduce((sum, { score }) => sum + score, 0);
  const before = noise;
  const left: Sensitivity[] = [];
  let share = 0;
  for (const one of ranked) {
    if (noise <= budget) break;
    const more = macs.get(one.unit.name)! / all;
    if (share + more > maxFloat) continue;
    share += more;
    noise -= one.score;
    left.push(one);
  }
  const report = new Report({
    title: `${left.length} of ${scores.length} units stay float (${(100 * share).toFixed(1)} % of MACs): predicted SQNR of the outputs ${decibels(before)} to ${decibels(noise)} dB`,
    columns: [
      { key: 'node', header: 'node' },
      { key: 'op', header: 'operator' },
      { key: 'alone', header: 'SQNR that it alone leaves', unit: 'dB', decimals: 1 },
      { key: 'macs', header: 'MACs', unit: '%', scale: 100, decimals: 2 },
    ],
    rows: left.map(({ unit, score }) => ({
      ...{ node: unit.node, op: unit.op, alone: -10 * Math.log10(score) },
      macs: macs.get(unit.name)! / all,
    })),
  });
  return { exclude: new Set(left.flatMap(({ unit }) => unit.members)), report };
}

const decibels = (noise: number): string => (-10 * Math.log10(Math.max(noise, 1e-12))).toFixed(1);
