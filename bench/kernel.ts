import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { KernelClient } from '../test/kernel/jupyter/client.ts';

// Start-up and round trip of Edgebook's kernel beside ipykernel's: one client, one run, turn by turn.
// Usage: node bench/kernel.ts, after a build. EDGEBOOK_PYTHON names the Python that has ipykernel (default: python3).
const rounds = 5;
const tripsPerRound = 40;

interface Contestant {
  readonly name: string;
  readonly argv: readonly string[];
  readonly start: number[];
  readonly first: number[];
  readonly trips: number[];
}

const python = process.env.EDGEBOOK_PYTHON ?? 'python3';
const cli = fileURLToPath(new URL('../dist/kernel/cli.js', import.meta.url));
if (!existsSync(cli)) throw new Error('Nothing is built: run `npm run build` first');

const contestants = [contestant('edgebook', [process.execPath, cli, 'kernel', '{connection_file}'])];
if (spawnSync(python, ['-c', 'import ipykernel']).status === 0)
  contestants.push(contestant('ipykernel', [python, '-m', 'ipykernel_launcher', '-f', '{connection_file}']));
else console.log(`${python} has no ipykernel: no comparison. Set EDGEBOOK_PYTHON to a Python that has it.\n`);

for (let round = 0; round < rounds; round++) for (const one of contestants) await measure(one);
printTable(contestants);

function contestant(name: string, argv: readonly string[]): Contestant {
  return { name, argv, start: [], first: [], trips: [] };
}

async function measure({ argv, start, first, trips }: Contestant): Promise<void> {
  const began = performance.now();
  const client = await KernelClient.start(argv);
  await client.ready();
  start.push(performance.now() - began);
  first.push(await trip(client));
  for (let i = 0; i < tripsPerRound; i++) trips.push(await trip(client));
  await client.stop();
}

/** From sending `1+1` to having its reply, result and `idle`, in ms. */
async function trip(client: KernelClient): Promise<number> {
  const began = performance.now();
  await client.request('execute_request', { code: '1+1' });
  return performance.now() - began;
}

function printTable([ours, theirs]: Contestant[]): void {
  const rows: [label: string, figure: (one: Contestant) => number][] = [
    ['start to kernel_info_reply, median of 5', (one) => quantile(one.start, 0.5)],
    ['first execute, median of 5', (one) => quantile(one.first, 0.5)],
    [`1+1, median of ${rounds * tripsPerRound}`, (one) => quantile(one.trips, 0.5)],
    [`1+1, p95 of ${rounds * tripsPerRound}`, (one) => quantile(one.trips, 0.95)],
  ];
  const table = rows.map(([label, figure]) => ({
    '': label,
    'edgebook, ms': figure(ours!).toFixed(1),
    ...(theirs && {
      'ipykernel, ms': figure(theirs).toFixed(1),
      'edgebook / ipykernel': (figure(ours!) / figure(theirs)).toFixed(2),
    }),
  }));
  console.table(table);
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;
}
