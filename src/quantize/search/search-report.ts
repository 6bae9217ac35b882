import { Figure, type Mark } from '../../plot/index.ts';
import { Report } from '../../report.ts';
import type { Ranked } from './limit-drop.ts';
import type { Metric } from './metrics.ts';
import { evaluationsAtMost, type Judged, type SearchResult } from './search.ts';

export interface SearchFacts {
  readonly result: SearchResult;
  readonly ranked: readonly Ranked[];
  readonly maxDrop: number;
  readonly metric: Metric;
  /** Where the time of the units was measured. */
  readonly where: string;
  /** Multiply-accumulates by unit. */
  readonly macs: ReadonlyMap<string, number>;
}

/** How a model within a drop was found: every candidate with its drop, the share that is int8, what stayed float. */
export class SearchReport extends Report {
  /** Of the model that was chosen; 0 if it is the float one. */
  readonly drop: number;
  readonly evaluations: number;
  /** Names of the units that stay float. */
  readonly float: readonly string[];
  readonly judged: readonly Judged[];

  constructor(facts: SearchFacts) {
    const { result, maxDrop, metric } = facts;
    const { chosen, judged } = result;
    const best = judged.find(({ promotions }) => promotions === chosen);
    const float = chosen.filter(({ to }) => to === 'float').map(({ unit }) => unit);
    const wide = chosen.filter(({ to, unit }) => to !== 'float' && !float.includes(unit)).length;
    const points = judged.map((one) => ({ one, share: int8Share(one.promotions, facts) }));
    super({
      title: `${best ? `Drop ${percent(best.drop)}` : 'All float'}, allowed ${percent(maxDrop)} of ${metric.name}: ${float.length} of ${facts.ranked.length} units float${wide ? `, ${wide} with 8-bit weights` : ''}, ${judged.length} evaluations`,
      columns: [
        { key: 'float', header: 'float units' },
        ...(isWidened(facts) ? [{ key: 'wide', header: '8-bit units' }] : []),
        { key: 'share', header: 'int8 MACs', unit: '%', scale: 100, decimals: 1 },
        { key: 'drop', header: 'drop', unit: '%', scale: 100, decimals: 2 },
        { key: 'margin', header: '±', unit: '%', scale: 100, decimals: 2 },
        { key: 'samples', header: 'samples' },
        { key: 'verdict', header: 'verdict' },
        { key: 'seconds', header: 'time', unit: 's', decimals: 1 },
      ],
      rows: points.map(({ one, share }) => ({
        float: one.promotions.filter(({ to }) => to === 'float').length,
        wide: one.promotions.filter(({ to }) => to === 'int8 weights').length,
        share,
        ...{ drop: one.drop, margin: one.margin, samples: one.samples, verdict: one.verdict },
        seconds: one.seconds,
      })),
      charts: [dropFigure(points, facts), rankingTable(facts)],
      warnings: warningsOf(facts),
    });
    this.drop = best?.drop ?? 0;
    this.evaluations = judged.length;
    this.float = float;
    this.judged = judged;
  }
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

function int8Share(promotions: Judged['promotions'], { macs }: SearchFacts): number {
  const float = new Set(promotions.flatMap(({ unit, to }) => (to === 'float' ? [unit] : [])));
  const sum = (names: Iterable<string>) =>
    [...names].reduce((total, name) => total + (macs.get(name) ?? 0), 0);
  return 1 - sum(float) / (sum(macs.keys()) || 1);
}

/** Whether some units could get wider weights before they become float. */
const isWidened = ({ result }: SearchFacts): boolean =>
  result.judged.some(({ promotions }) => promotions.some(({ to }) => to === 'int8 weights'));

/** Numbers of colours: green is what holds the limit, red what breaks it. */
const verdictSeries: Readonly<Record<Judged['verdict'], number>> = { within: 2, undecided: 1, beyond: 4 };

interface DropPoint {
  readonly one: Judged;
  readonly share: number;
}

function dropFigure(points: readonly DropPoint[], { maxDrop, metric }: SearchFacts): Figure {
  const marks = Object.entries(verdictSeries).flatMap(([verdict, series]): Mark[] => {
    const some = points.filter(({ one }) => one.verdict === verdict);
    const at = some.map(({ one, share }) => ({ x: 100 * share, y: 100 * one.drop }));
    return at.length > 0 ? [{ kind: 'scatter', name: verdict, series, points: at }] : [];
  });
  const limit = {
    kind: 'line',
    name: 'allowed',
    series: 0,
    points: [0, 100].map((x) => ({ x, y: 100 * maxDrop })),
  } as const;
  return new Figure({
    title: `Drop of ${metric.name} against the share of MACs in int8`,
    x: { title: 'int8 share of MACs', unit: '%' },
    y: { title: `drop of ${metric.name}`, unit: '%' },
    marks: [...marks, limit],
  });
}

const rankingTable = ({ ranked, result, where }: SearchFacts): Report => {
  const to = new Map(result.chosen.map((one) => [one.unit, one.to]));
  return new Report({
    title: `Units by what their quantization harms for the time that it saves on ${where}`,
    columns: [
      { key: 'node', header: 'node' },
      { key: 'op', header: 'operator' },
      { key: 'score', header: 'harm', significant: 3 },
      { key: 'gain', header: 'int8 saves', unit: 'us', decimals: 1, signed: true },
      { key: 'kept', header: 'now' },
    ],
    rows: ranked.map(({ unit, score, gain }) => ({
      ...{ node: unit.node, op: unit.op, score, gain },
      kept: to.get(unit.name) ?? 'quantized',
    })),
  });
};

function warningsOf({ result, ranked }: SearchFacts): string[] {
  const undecided = result.judged.filter(({ verdict }) => verdict === 'undecided').length;
  const all = result.chosen.filter(({ to }) => to === 'float').length === ranked.length;
  return [
    ...(result.interrupted
      ? [
          `Interrupted after ${result.judged.length} of at most ${evaluationsAtMost(ranked.length)} evaluations: fewer float units might do`,
        ]
      : []),
    ...(undecided > 0
      ? [
          `${undecided} candidates could not be decided with these samples and count as too bad: more samples may leave fewer units float`,
        ]
      : []),
    ...(all ? ['No quantized model could be shown to hold on these samples: all units stay float'] : []),
  ];
}
