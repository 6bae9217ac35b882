import { InferenceSession, onnxruntimeVersion } from '../runtime/index.ts';
import { peakMemory } from './process-memory.ts';
import { batchOf, randomFeeds } from './random-feeds.ts';
import type { RunnerMessage, RunnerRequest, RunnerResult } from './runner-protocol.ts';
import { timeRuns } from './time-runs.ts';

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
  const { modelPath, threads, warmup, runs, minTime } = request;
  const onnxruntime = onnxruntimeVersion();
  const before = process.memoryUsage.rss();
  const session = await InferenceSession.create(modelPath, { threads });
  const feeds = randomFeeds(session.inputs, request);
  const run = () => session.run(feeds);
  const peak = await peakOfRuns(run);
  const warm = await timeRuns(run, { runs: warmup, atLeast: 10, minTime: minTime / 10 });
  const cpu = process.cpuUsage();
  const start = performance.now();
  const latencies = await timeRuns(run, { runs, atLeast: 50, minTime }, (done, total) =>
    send({ type: 'progress', done, total }),
  );
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  await session.release();
  return {
    batch: batchOf(feeds),
    warmup: warm.length,
    latencies,
    cpuUse: (user + system) / 1000 / wall,
    peakMemory: peak,
    memoryRise: peak - before,
    onnxruntime,
  };
}

/** Without a collection after each run, results that nobody needs any more would count as the model's memory. */
async function peakOfRuns(run: () => Promise<unknown>): Promise<number> {
  for (let i = 0; i < memoryRuns; i++) {
    await run();
    globalThis.gc?.();
  }
  return peakMemory();
}
