import { quickBench } from '../devices/bench/quick-bench.ts';
import { local } from '../devices/local.ts';
import { medianLatency } from '../src/bench/index.ts';
import type { Dataset } from '../src/data/index.ts';
import type { Model } from '../src/ir/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import type { Measure } from '../src/prune/index.ts';
import { deviceOptions } from './device-options.ts';
import type { Context } from './magic.ts';
import { measurable } from './measure-on.ts';

/** What measures how long a run of a model takes. */
export interface Meter {
  readonly measure: Measure;
  /** What it measures on, for a report. */
  readonly where: string;
}

/** The meter of a device, one thread and one sample of the data. Throws UsageError for one that is not attached. */
export function meterOn(name: string, data: Dataset, context: Context): Meter {
  const { signal } = context;
  if (name === local)
    return {
      measure: (model) => medianLatency(model, { signal, shapes: shapesFor(model, data) }),
      where: 'this machine, one thread',
    };
  const device = measurable(name, context);
  return {
    measure: async (model) => {
      const options = { threads: 1, shapes: shapesFor(model, data) };
      const { latency } = await quickBench(device, writeModel(model), { ...deviceOptions(context), options });
      return latency.p50;
    },
    where: `${device.name}, one thread${device.opened.emulator === undefined ? '' : ', emulated: no time of a board'}`,
  };
}

/** One sample of the data where the model leaves its input's size open. */
function shapesFor({ graph }: Model, { sampleShape }: Dataset): Record<string, readonly number[]> {
  const [input, ...more] = graph.feeds;
  if (!input?.shape || more.length > 0 || input.shape.length !== sampleShape.length + 1) return {};
  const sizes = [1, ...sampleShape];
  return { [input.name]: input.shape.map((dim, i) => (typeof dim === 'number' ? dim : sizes[i]!)) };
}
