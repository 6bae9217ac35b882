/**
 * Cuts the power of an emulated arm64 board at random moments of a deployment, and looks what it serves when it is up
 * again. `npm run bench:power-cuts -- --count 200 [--seed N]`; needs what `qemu:arm64` needs. Fails if it ever serves
 * anything but the old or the new model, whole by its sha256.
 */
import { parseArgs } from 'node:util';
import { type Cut, powerCuts } from '../test/live-devices/rig/power-cuts.ts';

const { values } = parseArgs({ options: { count: { type: 'string' }, seed: { type: 'string' } } });
const count = Number(values.count ?? 200);
const seed = Number(values.seed ?? 1);
if (!(Number.isInteger(count) && count > 0 && Number.isInteger(seed)))
  throw new Error(`--count and --seed must be whole numbers, were ${values.count} and ${values.seed}`);

const begin = performance.now();
const cuts = await powerCuts({
  count,
  seed,
  onCut: ({ at, isDone, served }, i) => {
    const when = `${(at / 1000).toFixed(2)} s`;
    console.log(`${i + 1}: cut after ${when}, ${isDone ? 'deployed' : 'in the middle'}: ${served}`);
  },
});
const of = (holds: (cut: Cut) => boolean): number => cuts.filter(holds).length;
const minutes = (performance.now() - begin) / 60_000;
console.log(
  `${cuts.length} power cuts, ${of((cut) => !cut.isDone)} in the middle of a deployment: old model ${of((cut) => cut.served === 'old')}, new model ${of((cut) => cut.served === 'new')}, broken ${of((cut) => cut.served === 'broken')}; ${minutes.toFixed(1)} minutes`,
);
process.exitCode = cuts.length === count && of((cut) => cut.served === 'broken') === 0 ? 0 : 1;
