/**
 * What pruning costs and gives: channels (prune-channels.ts), single weights (prune-unstructured.ts) and the way to 90 %
 * sparsity (prune-schedules.ts). Dense networks are trained once a seed and kept in out/prune-models.
 *
 *     node bench/prune.ts [--part channels] [--part weights] [--part schedules] [--seeds 3] [--tune] [cnn] [resnet8] [resnet20] [small]
 *
 * Without networks: channels of all three, single weights of `cnn` and of a small network. `--tune` prints what the rates
 * of the schedules were chosen by. Schedules have a task and five seeds of their own.
 */
import { parseArgs } from 'node:util';
import { benchChannels } from './prune-channels.ts';
import { isNetwork, type NetworkName, networks } from './prune-networks.ts';
import { benchSchedules, tuneSchedules } from './prune-schedules.ts';
import { benchUnstructured, isSubject, type Subject } from './prune-unstructured.ts';

const parts = ['channels', 'weights', 'schedules'];

const { values, positionals } = parseArgs({
  options: {
    part: { type: 'string', multiple: true, default: parts },
    seeds: { type: 'string' },
    tune: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const seeds = Number(values.seeds ?? 3);
if (
  !positionals.every(isSubject) ||
  !values.part.every((part) => parts.includes(part)) ||
  !(Number.isInteger(seeds) && seeds >= 2 && seeds <= 10)
) {
  console.error(
    `Networks: ${Object.keys(networks).join(', ')}, small (not for channels); --part ${parts.join(', ')}; --seeds 2 to 10`,
  );
  process.exit(1);
}
const named = positionals as Subject[];

async function timed(part: string, run: () => Promise<void>): Promise<void> {
  if (!values.part.includes(part)) return;
  const started = performance.now();
  await run();
  console.error(`${part}: ${((performance.now() - started) / 60_000).toFixed(1)} minutes`);
}

const all = Object.keys(networks) as NetworkName[];
await timed('channels', async () => {
  for (const name of named.length > 0 ? named.filter(isNetwork) : all) await benchChannels(name, seeds);
});
await timed('weights', async () => {
  for (const name of named.length > 0 ? named : (['cnn', 'small'] as const))
    await benchUnstructured(name, seeds);
});
await timed('schedules', async () => {
  if (values.tune) await tuneSchedules();
  await benchSchedules(values.seeds === undefined ? 5 : seeds);
});
