/** Tables of the quantization benchmark: one for each model, and what they come to for each claim. */

import { wilson } from '../src/bench/index.ts';
import { bestOf, better, type Comparison, type Entry, plainOf } from './quantization-compare.ts';
import { paired, type Score } from './quantization-evaluate.ts';

const columns = [
  ...['contestant', 'setting', 'metric', '95 %', 'drop', 'SQNR dB', 'int8 layers', 'KB'],
  ...['call s', 'cpu s', 'warm s', 'total s', 'report s', 'peak MB', 'of it own'],
];

/** A share in percent. */
export const percent = (x: number, digits = 2): string => (100 * x).toFixed(digits);

const nameOfMetric = { classification: 'accuracy', agreement: 'top-1 agreement', reconstruction: 'AUC' };

/** The plain and the best setting of each, then the rest of ours. */
export function modelTable(comparison: Comparison): string {
  const { prepared, entries, float, floatBytes, samples } = comparison;
  const shown = new Set<Entry>();
  for (const tool of ['edgebook', 'onnxruntime', 'nncf'] as const)
    for (const entry of [plainOf(entries, tool), bestOf(entries, tool, prepared)])
      if (entry) shown.add(entry);
  for (const entry of entries) if (entry.tool === 'edgebook') shown.add(entry);
  const order = entries.filter((entry) => shown.has(entry));
  const rows = [
    columns,
    ['float', '', percent(float.metric), interval(float), '', '', '', kilobytes(floatBytes)],
    ...order.map((entry) => rowOf(entry, comparison)),
  ];
  const failed = entries.filter(({ error }) => error);
  const title = `${prepared.name}: ${nameOfMetric[prepared.kind]} in % of ${samples} test samples`;
  const notes = failed.map(({ tool, setting, error }) => `  ${tool} ${setting} FAILED: ${error}`);
  return [title, ...aligned(rows), ...notes, ...worstLayers(comparison)].join('\n');
}

function rowOf(entry: Entry, { float, prepared, entries }: Comparison): string[] {
  const { tool, setting, score, bytes, layers, timed, error } = entry;
  const best = entries.filter((e) => e.tool === tool).length > 1 && bestOf(entries, tool, prepared) === entry;
  const head = [tool, `${setting}${best ? ' *' : ''}`];
  if (!score) return [...head, error ?? 'no result'];
  return [
    ...head,
    percent(score.metric),
    interval(score),
    percent(float.metric - score.metric),
    score.sqnr.toFixed(2),
    `${layers!.integer}/${layers!.all}`,
    kilobytes(bytes!),
    ...(timed
      ? [
          ...[timed.call.seconds, timed.call.processor, timed.warm.seconds, timed.total].map((s) =>
            s.toFixed(2),
          ),
          timed.report?.seconds.toFixed(2) ?? '',
          megabytes(timed.call.peak),
          megabytes(timed.call.peak - timed.basePeak),
        ]
      : []),
  ];
}

const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(0);
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);

function interval({ metric, right }: Score): string {
  if (!right) return '';
  const { low, high } = wilson(metric, right.length);
  return `${percent(low)}-${percent(high)}`;
}

/** Lines of a table whose first two columns are words. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ');
  return rows.map((row) => `  ${line(row).trimEnd()}`);
}

/** Where our plain one loses: its noisiest activations and weights, and what stayed float. */
function worstLayers({ entries }: Comparison): string[] {
  const { tensors = [], left = [] } = plainOf(entries, 'edgebook') ?? {};
  const worst = (kind: 'activation' | 'weight') =>
    tensors
      .filter((tensor) => tensor.kind === kind)
      .toSorted((a, b) => (a.sqnr ?? Infinity) - (b.sqnr ?? Infinity))
      .slice(0, 5)
      .map(({ name, sqnr }) => `${name} ${sqnr?.toFixed(1)} dB`)
      .join(', ');
  const reasons = new Map<string, number>();
  for (const { op, reason } of left)
    reasons.set(`${op}: ${reason}`, (reasons.get(`${op}: ${reason}`) ?? 0) + 1);
  return [
    `  ours, noisiest activations: ${worst('activation')}`,
    `  ours, noisiest weights: ${worst('weight')}`,
    `  ours, left float: ${[...reasons].map(([reason, count]) => `${count} ${reason}`).join('; ') || 'nothing'}`,
  ];
}

export interface Claim {
  readonly text: string;
  readonly holds: boolean;
  readonly evidence: string;
}

/** The claims about accuracy, each with the figures that decide it. */
export function claims(comparisons: readonly Comparison[]): Claim[] {
  const pairs = comparisons.flatMap((one) => rivals(one, () => true) ?? []);
  if (pairs.length === 0) return [];
  const alike = comparisons.flatMap((one) => {
    const own = plainOf(one.entries, 'edgebook')?.layers?.integer ?? 0;
    return rivals(one, ({ layers }) => layers!.integer >= own) ?? [];
  });
  return [
    { text: 'at least eight models', holds: pairs.length >= 8, evidence: `${pairs.length}` },
    ...accuracyClaims(pairs, ''),
    ...accuracyClaims(alike, ', of those with as many layers on integers'),
  ];
}

interface Rivals {
  readonly name: string;
  readonly ours: Entry;
  readonly theirs: Entry;
  readonly classified: boolean;
}

/** Our first setting against the best of onnxruntime's and NNCF's that count. */
function rivals({ prepared, entries }: Comparison, counts: (entry: Entry) => boolean): Rivals | undefined {
  const ours = plainOf(entries, 'edgebook');
  const others = entries.filter((entry) => entry.tool !== 'edgebook' && entry.score && counts(entry));
  if (!ours?.score || others.length === 0) return undefined;
  const theirs = others.reduce((best, entry) => better(best, entry, prepared));
  return { name: prepared.name, ours, theirs, classified: prepared.kind === 'classification' };
}

function accuracyClaims(pairs: readonly Rivals[], which: string): Claim[] {
  const mean = (pick: (pair: Rivals) => number): number =>
    pairs.reduce((sum, pair) => sum + pick(pair), 0) / pairs.length;
  const [ours, theirs] = [mean((p) => p.ours.score!.metric), mean((p) => p.theirs.score!.metric)];
  const [oursDb, theirsDb] = [mean((p) => p.ours.score!.sqnr), mean((p) => p.theirs.score!.sqnr)];
  const averages = `metric ${percent(ours, 3)} against ${percent(theirs, 3)} %, SQNR ${oursDb.toFixed(2)} against ${theirsDb.toFixed(2)} dB`;
  return [
    ...pairs.map((pair) => ({
      text: `${pair.name}: not below ${pair.theirs.tool} ${pair.theirs.setting}${which}`,
      ...verdict(pair),
    })),
    {
      text: `higher on average${which}`,
      holds: ours >= theirs && oursDb > theirsDb,
      evidence: averages,
    },
  ];
}

/** Equal is what the paired interval cannot tell apart, where there are classes; else the SQNR itself, in dB. */
function verdict({ ours, theirs, classified }: Rivals): { holds: boolean; evidence: string } {
  const [a, b] = [ours.score!, theirs.score!];
  const layers = ({ layers }: Entry) => `${layers!.integer} of ${layers!.all}`;
  const sqnr = `SQNR ${a.sqnr.toFixed(2)} against ${b.sqnr.toFixed(2)} dB, layers on integers ${layers(ours)} against ${layers(theirs)}`;
  if (!classified || !a.right || !b.right) return { holds: a.sqnr >= b.sqnr, evidence: sqnr };
  const { difference, half } = paired(a.right, b.right);
  const evidence = `${percent(a.metric)} against ${percent(b.metric)} % (${percent(difference)} +- ${percent(half)}), ${sqnr}`;
  return { holds: difference + half >= 0, evidence };
}

/** PASS and FAIL, a claim a line. */
export const claimTable = (list: readonly Claim[]): string =>
  list
    .map(({ text, holds, evidence }) => `${holds ? 'PASS' : 'FAIL'}  ${text}\n        ${evidence}`)
    .join('\n');
