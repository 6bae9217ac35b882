/** Tables of the quantization benchmark: one for each model, and what they come to for each claim. */
import { bestOf, type Comparison, type Entry, plainOf } from './quantization-compare.ts';
import { paired, type Score, wilson } from './quantization-evaluate.ts';

const columns = [
  ...['contestant', 'setting', 'metric', '95 %', 'drop', 'SQNR dB', 'KB'],
  ...['call s', 'cpu s', 'warm s', 'total s', 'peak MB', 'of it own'],
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
    ['float', '', percent(float.metric), interval(float), '', '', kilobytes(floatBytes)],
    ...order.map((entry) => rowOf(entry, comparison)),
  ];
  const failed = entries.filter(({ error }) => error);
  const title = `${prepared.name}: ${nameOfMetric[prepared.kind]} in % of ${samples} test samples`;
  const notes = failed.map(({ tool, setting, error }) => `  ${tool} ${setting} FAILED: ${error}`);
  return [title, ...aligned(rows), ...notes, ...worstLayers(comparison)].join('\n');
}

function rowOf(entry: Entry, { float, prepared, entries }: Comparison): string[] {
  const { tool, setting, score, bytes, timed, error } = entry;
  const best = entries.filter((e) => e.tool === tool).length > 1 && bestOf(entries, tool, prepared) === entry;
  const head = [tool, `${setting}${best ? ' *' : ''}`];
  if (!score) return [...head, error ?? 'no result'];
  return [
    ...head,
    percent(score.metric),
    interval(score),
    percent(float.metric - score.metric),
    score.sqnr.toFixed(2),
    kilobytes(bytes!),
    ...(timed
      ? [
          ...[timed.call.seconds, timed.call.processor, timed.warm.seconds, timed.total].map((s) =>
            s.toFixed(2),
          ),
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
  const [low, high] = wilson(metric, right.length);
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
  const pairs = comparisons.flatMap((comparison) => {
    const found = rivals(comparison);
    return found ? [found] : [];
  });
  if (pairs.length === 0) return [];
  return [
    { text: 'at least eight models', holds: pairs.length >= 8, evidence: `${pairs.length}` },
    ...accuracyClaims(pairs),
  ];
}

interface Rivals {
  readonly name: string;
  readonly ours: Score;
  readonly theirs: Score;
  readonly label: string;
  readonly classified: boolean;
}

/** Our plain setting against the better of onnxruntime's and NNCF's best. */
function rivals({ prepared, entries }: Comparison): Rivals | undefined {
  const ours = plainOf(entries, 'edgebook')?.score;
  const others = entries.filter(({ tool }) => tool !== 'edgebook');
  const best = (['onnxruntime', 'nncf'] as const).flatMap((tool) => bestOf(others, tool, prepared) ?? []);
  const byMetric = prepared.kind === 'classification';
  const value = ({ score }: Entry): number => (byMetric ? score!.metric + score!.sqnr * 1e-9 : score!.sqnr);
  const theirs = best.toSorted((a, b) => value(b) - value(a))[0];
  if (!ours || !theirs) return undefined;
  const label = `${theirs.tool} ${theirs.setting}`;
  return { name: prepared.name, ours, theirs: theirs.score!, label, classified: byMetric };
}

function accuracyClaims(pairs: readonly Rivals[]): Claim[] {
  const judged = pairs.map((pair) => ({ ...pair, ...verdict(pair) }));
  const mean = (pick: (pair: Rivals) => number): number =>
    pairs.reduce((sum, pair) => sum + pick(pair), 0) / pairs.length;
  const [ours, theirs] = [mean((p) => p.ours.metric), mean((p) => p.theirs.metric)];
  const [oursDb, theirsDb] = [mean((p) => p.ours.sqnr), mean((p) => p.theirs.sqnr)];
  const averages = `metric ${percent(ours, 3)} against ${percent(theirs, 3)} %, SQNR ${oursDb.toFixed(2)} against ${theirsDb.toFixed(2)} dB`;
  return [
    ...judged.map(({ name, label, holds, evidence }) => ({
      text: `${name}: not below ${label}`,
      ...{ holds, evidence },
    })),
    { text: 'higher on average', holds: ours >= theirs && oursDb > theirsDb, evidence: averages },
  ];
}

/** Equal is what the paired interval cannot tell apart, where there are classes; else the SQNR itself, in dB. */
function verdict({ ours, theirs, classified }: Rivals): { holds: boolean; evidence: string } {
  const sqnr = `SQNR ${ours.sqnr.toFixed(2)} against ${theirs.sqnr.toFixed(2)} dB`;
  if (!classified || !ours.right || !theirs.right) return { holds: ours.sqnr >= theirs.sqnr, evidence: sqnr };
  const { difference, half } = paired(ours.right, theirs.right);
  const evidence = `${percent(ours.metric)} against ${percent(theirs.metric)} % (${percent(difference)} +- ${percent(half)}), ${sqnr}`;
  return { holds: difference + half >= 0, evidence };
}

/** PASS and FAIL, a claim a line. */
export const claimTable = (list: readonly Claim[]): string =>
  list
    .map(({ text, holds, evidence }) => `${holds ? 'PASS' : 'FAIL'}  ${text}\n        ${evidence}`)
    .join('\n');
