import { local } from '../devices/local.ts';
import { profiles } from '../devices/profiles/index.ts';
import { medianLatency } from '../src/bench/index.ts';
import type { Dataset } from '../src/data/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Model } from '../src/ir/index.ts';
import type { Measure } from '../src/prune/index.ts';

/** What measures how long a run of a model takes. */
export interface Meter {
  readonly measure: Measure;
  /** What it measures on, for a report. */
  readonly where: string;
}

interface Measured {
  readonly data: Dataset;
  readonly signal: AbortSignal;
}

/** The devices that can measure, by name: an attached one joins here. */
const meters: Readonly<Record<string, (measured: Measured) => Meter>> = {
  [local]: ({ data, signal }) => ({
    measure: (model) => medianLatency(model, { signal, shapes: shapesFor(model, data) }),
    where: 'this machine, one thread',
  }),
};

/** The meter of a device. Throws UsageError for one that is not attached. */
export function meterOn(device: string, measured: Measured): Meter {
  const meter = Object.hasOwn(meters, device) ? meters[device] : undefined;
  if (meter) return meter(measured);
  const known = profiles.find(({ name }) => name === device);
  throw new UsageError(
    `%prune: --on ${device} cannot measure: ${known ? `'${device}' is a profile that %estimate computes with, no device that is attached` : `there is no device '${device}'`}. Attached are: ${Object.keys(meters).join(', ')}`,
  );
}

/** One sample of the data where the model leaves its input's size open. */
function shapesFor({ graph }: Model, { sampleShape }: Dataset): Record<string, readonly number[]> {
  const [input, ...more] = graph.feeds;
  if (!input?.shape || more.length > 0 || input.shape.length !== sampleShape.length + 1) return {};
  const sizes = [1, ...sampleShape];
  return { [input.name]: input.shape.map((dim, i) => (typeof dim === 'number' ? dim : sizes[i]!)) };
}
