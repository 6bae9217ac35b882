import { attachmentsOf } from '../devices/attachments.ts';
import { layersOn } from '../devices/bench/layers-on.ts';
import { local } from '../devices/local.ts';
import { runtimeOf } from '../devices/runtimes/index.ts';
import { UsageError } from '../src/errors.ts';
import { modelCost } from '../src/ops/index.ts';
import type { Report } from '../src/report.ts';
import { layerTimes } from '../src/summary/index.ts';
import { benchFlags } from './bench-flags.ts';
import { benchOptions } from './bench-task.ts';
import { deviceOptions } from './device-options.ts';
import type { Magic } from './magic.ts';
import { variantOf } from './resolve.ts';

const shared = benchFlags.filter(({ name }) => ['runtime', 'batch', 'shape'].includes(name));

export const profile: Magic<Report> = {
  name: 'profile',
  summary:
    'Time a model layer by layer as its runtime fuses it, here or on a device, to see where the time goes',
  positionals: [{ name: 'model', summary: 'a model', required: true, completes: 'model' }],
  flags: [
    { name: 'on', kind: 'string', summary: 'an attached device; default: local, this machine' },
    ...shared,
  ],
  examples: ['%profile cnn', '%profile cnn --on pi', '%profile cnn --on jetson --runtime tensorrt'],
  result: 'Report',
  async run({ positionals: [name = ''], flags }, context) {
    const [device, ...more] = attachmentsOf(context.folder).named(String(flags.on ?? local));
    if (!device || more.length > 0)
      throw new UsageError(`%profile: --on must be one device, was '${flags.on}': profile others one by one`);
    const variant = await variantOf(name, context);
    const runtime = runtimeOf(String(flags.runtime ?? 'onnxruntime'));
    const bar = context.progress(`profile ${variant.name} on ${device.name}`);
    const times = await layersOn(device, {
      ...{ runtime, model: { id: variant.id, content: () => variant.content() } },
      options: benchOptions(flags, modelCost(variant.model)),
      watch: { signal: context.signal, onProgress: bar.update.bind(bar) },
      install: deviceOptions(context),
    });
    bar.done(`${times.length} layers`);
    return layerTimes(times, {
      title: `${variant.name} on ${device.name} by ${runtime.name}${flags.batch === undefined ? '' : `, batch ${flags.batch}`}`,
      warnings: [runtime.caveat, device.timesMean, measuring].filter((text) => text !== undefined),
    });
  },
};

const measuring = 'To time each layer takes time itself: compare the shares here, and whole models by %bench';
