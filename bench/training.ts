/**
 * Speed of training, ours beside PyTorch's in channels_last, on the same number of threads (two): same network, batch and optimizer
 * (SGD with momentum), random images in memory. Short windows alternate. A window is quiet if others used less than an
 * eighth of a core meanwhile; medians are over the quiet ones, or over the five least disturbed where fewer were quiet,
 * which the table then says.
 *
 * PyTorch: EDGEBOOK_TORCH_PYTHON names a Python that has it (`pip install torch` in an environment of its own).
 * Arguments: networks (default all). EDGEBOOK_BENCH_SECONDS: longest time for one network, default 120.
 * EDGEBOOK_BENCH_THREADS, default 2: with 1, the processor time of a step tells the work even on a busy machine.
 */
import { fileURLToPath } from 'node:url';
import { torch } from '../test/torch/train-in-torch.ts';
import { Contestant, type Window } from './contestant.ts';
import { networks } from './training-networks.ts';

const wanted = 7;
const quietBelow = 0.125;
const windowSeconds = 0.3;
const longest = Number(process.env.EDGEBOOK_BENCH_SECONDS ?? 120);

const threads = process.env.EDGEBOOK_BENCH_THREADS ?? '2';

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1]!;
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const isQuiet = ({ foreign }: Window): boolean => foreign === undefined || foreign < quietBelow;

const names = process.argv.slice(2);
if (torch.missing) console.log(`Without PyTorch: ${torch.missing}`);
for (const name of names.length > 0 ? names : Object.keys(networks)) await compare(name);

async function compare(name: string): Promise<void> {
  const batch = String(networks[name]!.batchSize);
  const ours = path('training-ours.ts');
  const contestants = [
    new Contestant('edgebook', [process.execPath, ours, name, batch, threads]),
    new Contestant('standard operators', [process.execPath, ours, name, batch, threads, 'standard']),
    ...(torch.missing
      ? []
      : [new Contestant('PyTorch', [torch.path, path('training.py'), name, batch, threads])]),
  ];
  for (const contestant of contestants) {
    const { version, parameters, blocked, nodes, missing } = await contestant.read();
    const form = nodes === undefined ? '' : `, ${blocked} of ${nodes} nodes blocked ${missing}`;
    console.log(`${name} B${batch}: ${contestant.name} (${version}), ${parameters} parameters${form}`);
  }
  await alternate(contestants);
  for (const contestant of contestants) contestant.stop();
  report(name, contestants);
}

async function alternate(contestants: readonly Contestant[]): Promise<void> {
  const steps = new Map<Contestant, number>();
  for (const contestant of contestants) {
    await contestant.run(8);
    await contestant.run(8);
    const fastest = Math.min(...contestant.windows.flatMap(({ seconds }) => seconds));
    steps.set(contestant, 4 * Math.max(1, Math.round(windowSeconds / fastest / 4)));
    contestant.windows.length = 0;
  }
  const until = performance.now() + longest * 1000;
  const enough = ({ windows }: Contestant): boolean => windows.filter(isQuiet).length >= wanted;
  while (performance.now() < until && !contestants.every(enough)) {
    for (const contestant of contestants) {
      await pause(60);
      await contestant.run(steps.get(contestant)!);
    }
  }
}

function report(name: string, contestants: readonly Contestant[]): void {
  const batch = networks[name]!.batchSize;
  const rows = contestants.map((contestant) => ({ contestant, ...summary(contestant, batch) }));
  const theirs = rows.find(({ contestant }) => contestant.name === 'PyTorch');
  for (const { contestant, speed, best, processor, peak, note } of rows) {
    const ratio = (value: number, other: number | undefined): string =>
      other === undefined ? '-' : (value / other).toFixed(2);
    console.log(
      `  ${contestant.name.padEnd(20)}${speed.toFixed(0).padStart(6)} images/s (ratio ${ratio(speed, theirs?.speed)})` +
        `   best ${best.toFixed(0).padStart(6)} (${ratio(best, theirs?.best)})` +
        `   processor ${(processor * 1000).toFixed(1).padStart(6)} ms a step (${ratio(1 / processor, theirs && 1 / theirs.processor)})` +
        `   peak ${peak.toFixed(0).padStart(5)} MB   ${note}`,
    );
  }
}

function summary({ windows }: Contestant, batch: number) {
  const quiet = windows.filter(isQuiet);
  const calm = windows.toSorted((a, b) => (a.foreign ?? 0) - (b.foreign ?? 0)).slice(0, 5);
  const chosen = quiet.length >= 5 ? quiet : calm;
  const times = chosen.map(({ seconds }) => median(seconds));
  const busiest = Math.max(...chosen.map(({ foreign }) => foreign ?? 0)).toFixed(2);
  const note =
    quiet.length >= 5
      ? `median of ${quiet.length} quiet windows`
      : `NOISY: ${quiet.length} quiet windows of ${windows.length}, the calmest five had up to ${busiest} cores of others`;
  return {
    speed: batch / median(times),
    best: batch / Math.min(...windows.flatMap(({ seconds }) => seconds)),
    processor: Math.min(...windows.map((window) => window.processor)),
    peak: Math.max(...windows.map(({ peakBytes }) => peakBytes)) / 1e6,
    note,
  };
}
