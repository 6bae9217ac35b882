import { InferenceSession, onnxruntimeVersion } from '../runtime/index.ts';
import { peakMemory } from './process-memory.ts';
import { batchOf, randomFeeds } from './random-feeds.ts';
import type { RunnerMessage, RunnerRequest, RunnerResult } from './runner-protocol.ts';
import { soakRuns } from './soak-runs.ts';
import { percentile } from './statistics.ts';
import { timeRuns } from './time-runs.ts';
import { uptime } from './uptime.ts';

const memoryRuns = 3;

process.once('message', async (request: RunnerRequest) => {
  try {
    send({ type: 'result', result: await measure(request) });
  } catch (error) {
    const { name, message } = error as Error;
    send({ type: 'error', name, message });
  }
});
// The one who asked ends this process, or is gone.
process.once('disconnect', () => process.exit());

function send(message: RunnerMessage): void {
  process.send?.(message);
}

async function measure(request: RunnerRequest): Promise<RunnerResult> {
  const { modelPath, threads, warmup, runs, minTime, soak } = request;
  const onnxruntime = onnxruntimeVersion();
  const before = process.memoryUsage.rss();
  const session = await InferenceSession.create(modelPath, { threads });
  const feeds = randomFeeds(session.inputs, request);
  const run = () => session.run(feeds);
  const peak = await peakOfRuns(run);
  const warm = await timeRuns(run, { runs: warmup, atLeast: 10, minTime: minTime / 10 });
  const begun = {
    batch: batchOf(feeds),
    warmup: warm.length,
    peakMemory: peak,
    memoryRise: peak - before,
    onnxruntime,
  };
  send({ type: 'begun', begun });
  const from = uptime();
  const cpu = process.cpuUsage();
  const start = performance.now();
  const latencies = soak
    ? await soakRuns(run, soak, (window) => send({ type: 'window', window }))
    : await timeRuns(run, { runs, atLeast: 50, minTime }, (done, total) =>
        send({ type: 'progress', done, total }),
      );
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const to = uptime();
  await session.release();
  return {
    ...begun,
    latencies,
    cpuUse: (user + system) / 1000 / wall,
    overhead: await overheadOf(request),
    span: from === undefined || to === undefined ? undefined : { from, to },
  };
}

/** After the model's runs, so that nothing of it counts among theirs. */
async function overheadOf({ identity, threads }: RunnerRequest): Promise<number> {
  const session = await InferenceSession.create(identity, { threads });
  const feeds = randomFeeds(session.inputs);
  const run = () => session.run(feeds);
  await timeRuns(run, { runs: 50, atLeast: 50, minTime: 0 });
  const times = await timeRuns(run, { runs: 500, atLeast: 500, minTime: 0 });
  await session.release();
  return percentile(times.toSorted(), 50);
}

/** Without a collection after each run, results that nobody needs any more would count as the model's memory. */
async function peakOfRuns(run: () => Promise<unknown>): Promise<number> {
  for (let i = 0; i < memoryRuns; i++) {
    await run();
    globalThis.gc?.();
  }
  return peakMemory();
}
