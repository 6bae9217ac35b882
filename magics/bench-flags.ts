import { runtimes } from '../devices/runtimes/index.ts';
import type { Flag } from './magic.ts';

export const benchFlags: readonly Flag[] = [
  {
    name: 'on',
    kind: 'string',
    summary: 'attached devices to measure on, with commas between, or all; local is this machine',
  },
  {
    name: 'soak',
    kind: 'string',
    summary: 'run for so long instead, as 30m, and tell how latency, heat and power change',
  },
  {
    name: 'runtime',
    kind: 'choice',
    choices: runtimes.map(({ name }) => name),
    summary: 'what runs the model on the devices; default: onnxruntime',
  },
  {
    name: 'data',
    kind: 'string',
    completes: 'dataset',
    summary: 'data set whose test split gives the accuracy; default: the one it was trained on',
  },
  {
    name: 'batch',
    kind: 'number',
    min: 1,
    integer: true,
    summary: "samples per run; default: the model's own batch if it is fixed, else 1",
  },
  {
    name: 'shape',
    kind: 'string',
    summary: 'whole shapes of inputs with more open dimensions than the batch: "ids=1,128 mask=1,128"',
  },
  {
    name: 'runs',
    kind: 'number',
    min: 1,
    integer: true,
    summary: 'measured runs; default: as many as a second takes',
  },
  { name: 'warmup', kind: 'number', min: 0, integer: true, summary: 'runs before the measured ones' },
  {
    name: 'threads',
    kind: 'number',
    min: 1,
    integer: true,
    summary: 'threads inside one operator; default: all cores',
  },
];
