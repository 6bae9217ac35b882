import { hailo8, hailoSheet, pcieThreeFour } from './accelerators.ts';
import { chapter } from './chapter.ts';
import type { Profile } from './profile.ts';
import { giga } from './units.ts';

export const hailo: readonly Profile[] = [
  {
    name: 'hailo-8',
    title: 'Hailo-8 (M.2 module)',
    family: 'Hailo',
    engines: [hailo8(giga(3.94), pcieThreeFour)],
    power: { max: 2.5, from: hailoSheet, of: 'the chip, typically' },
    price: { usd: 70, year: 2024, from: chapter },
    runtimes: ['HailoRT'],
    needsHost: true,
    notes: [
      'ResNet-50 drew 3.2 W at full load in Hailo’s own example (hailo_model_zoo, BENCHMARKS.rst)',
      'It computes layers side by side as a pipeline: the latency of one run is longer than 1 / throughput',
      'Its rules for operators are not among the targets: all layers count as taken',
    ],
  },
];
