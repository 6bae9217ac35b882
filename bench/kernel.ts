import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Contestant, contestant, type Figure, measureKernel } from './kernel-contestant.ts';

// Start, round trips, help and memory of Edgebook's kernel beside ipykernel's: one client, one run, turn by turn.
// Usage: node bench/kernel.ts, after a build, on Linux. EDGEBOOK_PYTHON names the Python that has ipykernel (default: python3).
const rounds = 5;
const counts = { trips: 100, warmUp: 20, questions: 20 };

interface Row {
  readonly label: string;
  readonly figure: Figure;
  readonly quantile: number;
  /** The most that Edgebook may take: a share of what ipykernel takes, or a time in ms. */
  readonly target?: { readonly ratio: number } | { readonly ms: number };
}

const rows: readonly Row[] = [
  { label: 'start to kernel_info_reply, ms', figure: 'start', quantile: 0.5, target: { ratio: 0.35 } },
  { label: 'first execute, 1+1, ms', figure: 'first', quantile: 0.5 },
  { label: 'start to the first result of 1+1, ms', figure: 'startAndFirst', quantile: 0.5 },
  { label: 'first execute with types, ms', figure: 'firstTyped', quantile: 0.5 },
  { label: '1+1, median, ms', figure: 'trip', quantile: 0.5, target: { ratio: 0.5 } },
  { label: '1+1, p95, ms', figure: 'trip', quantile: 0.95, target: { ratio: 0.5 } },
  { label: 'complete, median once warm, ms', figure: 'complete', quantile: 0.5, target: { ms: 20 } },
  { label: 'inspect, median once warm, ms', figure: 'inspect', quantile: 0.5, target: { ms: 20 } },
  { label: 'memory when idle, with its child, MiB', figure: 'memory', quantile: 0.5 },
  { label: 'the same after completing, MiB', figure: 'memoryWarm', quantile: 0.5 },
];

const python = process.env.EDGEBOOK_PYTHON ?? 'python3';
const cli = fileURLToPath(new URL('../dist/kernel/cli.js', import.meta.url));
if (!existsSync(cli)) throw new Error('Nothing is built: run `npm run build` first');

const contestants = [
  contestant('edgebook', [process.execPath, cli, 'kernel', '{connection_file}'], {
    setUp: "const words = ['edge', 'book'];",
    firstTyped: 'const half = (x: number): number => x / 2; half(4)',
    member: 'words.',
    symbol: 'words.join',
  }),
];
if (spawnSync(python, ['-c', 'import ipykernel']).status === 0)
  contestants.push(
    contestant('ipykernel', [python, '-m', 'ipykernel_launcher', '-f', '{connection_file}'], {
      setUp: "words = ['edge', 'book']",
      firstTyped: 'half = lambda x: x / 2; half(4)',
      member: 'words.',
      symbol: 'words.append',
    }),
  );
else console.log(`${python} has no ipykernel: no comparison. Set EDGEBOOK_PYTHON to a Python that has it.\n`);

for (let round = 0; round < rounds; round++) for (const one of contestants) await measureKernel(one, counts);
console.log(`${rounds} rounds, turn by turn; ${rounds * counts.trips} trips each after warm-up`);
console.table(rows.map((row) => tableRow(row, contestants)));

function tableRow(row: Row, [ours, theirs]: readonly Contestant[]): Record<string, string> {
  const [mine, other] = [ours, theirs].map((one) => one && quantile(one.figures[row.figure], row.quantile));
  const ratio = other === undefined ? undefined : mine! / other;
  return {
    '': row.label,
    edgebook: mine!.toFixed(1),
    ...(other !== undefined && { ipykernel: other.toFixed(1), ratio: ratio!.toFixed(2) }),
    ...verdict(row.target, { ms: mine!, ratio }),
  };
}

function verdict(
  target: Row['target'],
  { ms, ratio }: { ms: number; ratio: number | undefined },
): Record<string, string> {
  if (!target) return { target: '', met: '' };
  if ('ms' in target) return { target: `<= ${target.ms} ms`, met: ms <= target.ms ? 'yes' : 'no' };
  const met = ratio === undefined ? '' : ratio <= target.ratio ? 'yes' : 'no';
  return { target: `ratio <= ${target.ratio}`, met };
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;
}
