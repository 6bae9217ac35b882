import { type Feeds, InferenceSession, onnxruntimeVersion } from '../runtime/index.ts';
import { peakMemory } from './process-memory.ts';
import { batchOf, randomFeeds } from './random-feeds.ts';
import type { RunnerMessage, RunnerRequest, RunnerResult } from './runner-protocol.ts';
import { percentile } from './statistics.ts';

const minRuns = 50;
const maxRuns = 100_000;
const progressInterval = 100;

process.once('message', async (request: RunnerRequest) => {
  try {
    send({ type: 'result', result: await measure(request) });
  } catch (error) {
    const { name, message } = error as Error;
    send({ type: 'error', name, message });
  }
  process.disconnect();
});
process.once('disconnect', () => process.exit());

function send(message: RunnerMessage): void {
  process.send?.(message);
}

async function measure(request: RunnerRequest): Promise<RunnerResult> {
  const onnxruntime = onnxruntimeVersion();
  const before = process.memoryUsage.rss();
  const session = await InferenceSession.create(request.modelPath, { threads: request.threads });
  const feeds = randomFeeds(session.inputs, request);
  const warm = await time(session, feeds, request.warmup);
  const runs = request.runs ?? runsFor(request.minTime, warm);
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const latencies = await time(session, feeds, runs, (done) => send({ type: 'progress', done, total: runs }));
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(cpuBefore);
  const peak = peakMemory();
  await session.release();
  return {
    batch: batchOf(feeds),
    latencies,
    cpuUse: (user + system) / 1000 / wall,
    peakMemory: peak,
    memoryRise: peak - before,
    onnxruntime,
  };
}

function runsFor(minTime: number, warm: Float64Array): number {
  const typical = warm.length ? percentile(warm.toSorted(), 50) : minTime / minRuns;
  return Math.min(Math.max(Math.ceil(minTime / typical), minRuns), maxRuns);
}

async function time(
  session: InferenceSession,
  feeds: Feeds,
  runs: number,
  onProgress?: (done: number) => void,
): Promise<Float64Array> {
  const latencies = new Float64Array(runs);
  let told = performance.now();
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await session.run(feeds);
    const end = performance.now();
    latencies[i] = end - start;
    if (end - told > progressInterval) {
      onProgress?.(i + 1);
      told = end;
    }
  }
  return latencies;
}
