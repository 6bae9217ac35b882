/**
 * Whether two workers that average their gradients would train faster than one session with two threads. Measures the
 * best that they could do: each takes steps on half the batch with one thread, copies a vector of the gradient's size
 * into shared memory, waits for the other and averages both. A real one needs more: an optimizer behind the exchange and
 * running statistics of the whole batch. Two workers that exchange nothing are the bound of all that could be gained.
 *
 * Windows alternate; medians are over the quiet ones, in which other processes used less than an eighth of a core, or over
 * the five least disturbed, which the line then says. Ratios above 1 are faster than one session.
 *
 * Usage: workers.ts [NETWORK...], default lenet and resnet8. EDGEBOOK_BENCH_SECONDS: longest time for one, default 60.
 */
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { busyTicks, ticksPerSecond } from './contestant.ts';
import { networks } from './training-networks.ts';
import { trainingSession } from './training-session.ts';

interface Job {
  readonly name: string;
  readonly batchSize: number;
  readonly threads: number;
  readonly perCall: number;
  /** Of the two workers; absent for one session alone. */
  readonly pair?: {
    readonly rank: 0 | 1;
    readonly gradients: SharedArrayBuffer[];
    readonly arrived: SharedArrayBuffer;
  };
}

interface Window {
  /** Wall time of a step of the whole batch, ms. */
  readonly wall: number;
  /** Cores that other processes kept busy meanwhile; undefined where /proc does not tell. */
  readonly foreign: number | undefined;
}

interface Contestant {
  readonly title: string;
  readonly workers: readonly Worker[];
  /** Of a window. */
  readonly steps: number;
  readonly windows: Window[];
}

const wanted = 9;
const quietBelow = 0.125;
const windowSeconds = 0.25;
const longest = Number(process.env.EDGEBOOK_BENCH_SECONDS ?? 60);

if (isMainThread) {
  const names = process.argv.slice(2);
  for (const name of names.length > 0 ? names : ['lenet', 'resnet8']) await compare(name);
} else await work(workerData as Job);

async function compare(name: string): Promise<void> {
  const { batchSize } = networks[name]!;
  const half = { name, batchSize: batchSize / 2, threads: 1 };
  const [gradients, arrived] = [sharedGradients(name), new SharedArrayBuffer(8)];
  const sides: [string, Job[]][] = [
    ['one session, two threads', [{ name, batchSize, threads: 2, perCall: 4 }]],
    [
      'two workers that exchange gradients',
      ([0, 1] as const).map((rank) => ({ ...half, perCall: 1, pair: { rank, gradients, arrived } })),
    ],
    ['two workers that do not, four steps a call', [0, 1].map(() => ({ ...half, perCall: 4 }))],
  ];
  const contestants: Contestant[] = [];
  for (const [title, jobs] of sides) {
    const workers = await Promise.all(jobs.map(start));
    contestants.push({ title, workers, steps: await stepsOf(workers), windows: [] });
  }
  const until = performance.now() + 1000 * longest;
  const enough = ({ windows }: Contestant): boolean => windows.filter(isQuiet).length >= wanted;
  while (performance.now() < until && !contestants.every(enough))
    for (const { workers, steps, windows } of contestants) windows.push(await measure(workers, steps));
  report(`${name} B${batchSize}`, contestants);
  for (const { workers } of contestants) for (const worker of workers) await worker.terminate();
}

/** Two vectors of at least as many numbers as there are weights. */
function sharedGradients(name: string): SharedArrayBuffer[] {
  const tensors = [...networks[name]!.build().graph.initializers.values()].map(({ tensor }) => tensor!);
  const bytes = 4 * tensors.reduce((sum, { size }) => sum + size, 0);
  return [0, 1].map(() => new SharedArrayBuffer(bytes));
}

async function start(job: Job): Promise<Worker> {
  const worker = new Worker(new URL(import.meta.url), { workerData: job });
  await once(worker, 'message');
  return worker;
}

/** Steps that fill a window, a multiple of four. */
async function stepsOf(workers: readonly Worker[]): Promise<number> {
  await measure(workers, 8);
  const { wall } = await measure(workers, 8);
  return 4 * Math.max(1, Math.round((1000 * windowSeconds) / wall / 4));
}

async function measure(workers: readonly Worker[], steps: number): Promise<Window> {
  const done = workers.map((worker) => once(worker, 'message'));
  const [started, own, all] = [performance.now(), process.cpuUsage(), busyTicks()];
  for (const worker of workers) worker.postMessage(steps);
  await Promise.all(done);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(own);
  const others =
    all === undefined ? undefined : (busyTicks()! - all) / ticksPerSecond - (user + system) / 1e6;
  return { wall: (1000 * seconds) / steps, foreign: others && Math.max(0, others / seconds) };
}

function report(title: string, contestants: readonly Contestant[]): void {
  console.log(title);
  const rows = contestants.map(({ title: name, windows }) => ({ name, ...summary(windows) }));
  for (const { name, wall, best, note } of rows) {
    const [ratio, bestRatio] = [rows[0]!.wall / wall, rows[0]!.best / best].map((value) => value.toFixed(2));
    console.log(
      `  ${name}: ${wall.toFixed(2)} ms a step (ratio ${ratio}), best window ${best.toFixed(2)} (${bestRatio}); ${note}`,
    );
  }
}

function summary(windows: readonly Window[]) {
  const quiet = windows.filter(isQuiet);
  const calm = windows.toSorted((a, b) => (a.foreign ?? 0) - (b.foreign ?? 0)).slice(0, 5);
  const chosen = quiet.length >= 5 ? quiet : calm;
  const busiest = Math.max(...chosen.map(({ foreign }) => foreign ?? 0)).toFixed(2);
  return {
    wall: median(chosen.map(({ wall }) => wall)),
    best: Math.min(...windows.map(({ wall }) => wall)),
    note:
      quiet.length >= 5
        ? `median of ${quiet.length} quiet windows of ${windows.length}`
        : `NOISY: ${quiet.length} quiet windows of ${windows.length}, the calmest five had up to ${busiest} cores of others`,
  };
}

function isQuiet({ foreign }: Window): boolean {
  return foreign === undefined || foreign < quietBelow;
}

function median(list: readonly number[]): number {
  return list.toSorted((a, b) => a - b)[list.length >> 1]!;
}

/** In a worker: takes as many steps as it is told. */
async function work({ name, pair, ...size }: Job): Promise<void> {
  const { graph, call } = await trainingSession(networks[name]!, size);
  const meet = pair && exchange(pair, graph.parameters.size);
  parentPort!.on('message', async (steps: number) => {
    for (let step = 0; step < steps; step += size.perCall) {
      const { parameters } = await call();
      meet?.(parameters);
    }
    parentPort!.postMessage('done');
  });
  parentPort!.postMessage('ready');
}

/** Averages a vector of this worker with that of the other. */
function exchange({ rank, gradients, arrived }: Required<Job>['pair'], size: number) {
  const shared = gradients.map((buffer) => new Float32Array(buffer, 0, size));
  const turns = new Int32Array(arrived);
  const mean = new Float32Array(size);
  // A worker passes when the other has arrived as often: before the sums, so that both have written, and after, so that both have read.
  const wait = (): void => {
    const own = Atomics.add(turns, rank, 1) + 1;
    Atomics.notify(turns, rank);
    for (let other = Atomics.load(turns, 1 - rank); other < own; other = Atomics.load(turns, 1 - rank))
      Atomics.wait(turns, 1 - rank, other);
  };
  return (gradient: Float32Array): Float32Array => {
    shared[rank]!.set(gradient);
    wait();
    for (let i = 0; i < size; i++) mean[i] = (shared[0]![i]! + shared[1]![i]!) / 2;
    wait();
    return mean;
  };
}
