/**
 * Our side of the training benchmark, with the protocol of `training.py`.
 *
 * Usage: training-ours.ts NETWORK BATCH THREADS [standard]. `standard` leaves onnxruntime's own kernels alone.
 */
import { createInterface } from 'node:readline';
import { onnxruntimeVersion } from '../src/runtime/index.ts';
import { networks } from './training-networks.ts';
import { trainingSession } from './training-session.ts';

/** Steps of one call into the runtime. */
const perCall = 4;

const [name = '', batch = '', threads = '', form] = process.argv.slice(2);
const { graph, missing, call } = await trainingSession(networks[name]!, {
  ...{ batchSize: Number(batch), threads: Number(threads), perCall, standard: form === 'standard' },
});

say({
  version: `onnxruntime ${onnxruntimeVersion()}`,
  parameters: graph.parameters.size,
  blocked: graph.formulations.filter(({ layout }) => layout === 'blocked').length,
  nodes: graph.formulations.length,
  missing,
});
for await (const line of createInterface({ input: process.stdin })) {
  const seconds: number[] = [];
  let loss = Number.NaN;
  const busy = process.cpuUsage();
  for (let step = 0; step < Number(line); step += perCall) {
    const started = performance.now();
    ({ loss } = await call());
    seconds.push((performance.now() - started) / 1000 / perCall);
  }
  const { user, system } = process.cpuUsage(busy);
  const processor = (user + system) / 1e6 / perCall / seconds.length;
  say({ seconds, processor, loss, peakBytes: process.resourceUsage().maxRSS * 1024 });
}

function say(record: unknown): void {
  process.stdout.write(`${JSON.stringify(record)}\n`);
}
