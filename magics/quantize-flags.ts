import { calibrationMethods } from '../src/quantize/index.ts';
import { repairs } from '../src/quantize/repair/index.ts';
import { metrics } from '../src/quantize/search/index.ts';
import { targets } from '../src/targets/index.ts';
import type { Flag } from './magic.ts';

const choices = (things: readonly { readonly name: string }[]): string[] => things.map(({ name }) => name);

const listed = (things: readonly { readonly name: string; readonly summary: string }[]): string =>
  things.map(({ name, summary }) => `${name} (${summary})`).join(', ');

const count = (name: string, summary: string, more: Partial<Flag> = {}): Flag => ({
  ...({ name, kind: 'number', min: 1, integer: true, summary } as const),
  ...(more as object),
});

/** The flags of `%quantize`, by what they are about. */
export const quantizeFlags: readonly Flag[] = [
  { name: 'int8', kind: 'switch', summary: 'static 8-bit integers (the default)' },
  { name: 'w4a8', kind: 'switch', summary: 'weights of 4 bits, activations of 8' },
  {
    name: 'weight-bits',
    kind: 'number',
    min: 2,
    integer: true,
    summary: 'bits of weights, 2 to 8',
  },
  {
    name: 'activation-bits',
    kind: 'number',
    min: 2,
    integer: true,
    summary: 'bits of activations, 2 to 8',
  },
  {
    name: 'target',
    kind: 'choice',
    choices: choices(targets),
    summary: "runtime whose rules say what becomes int8 and how; default: onnxruntime's",
  },
  {
    name: 'calib',
    kind: 'string',
    completes: 'dataset',
    summary:
      "data set whose training split gives the activations' ranges; default: the one it was trained on",
  },
  count('samples', 'samples to calibrate with', { default: 512 }),
  {
    name: 'method',
    kind: 'choice',
    choices: choices(calibrationMethods),
    default: 'min-max',
    summary: `how ranges come from what was seen: ${listed(calibrationMethods)}`,
  },
  {
    name: 'activations',
    kind: 'choice',
    choices: ['uint8', 'int8'],
    summary: "type of activations; default: the target's, else uint8",
  },
  { name: 'symmetric', kind: 'switch', summary: 'activations with their zero in the middle' },
  {
    name: 'per-tensor',
    kind: 'switch',
    summary: 'one weight scale per layer instead of one per output channel',
  },
  {
    name: 'reduce-range',
    kind: 'switch',
    summary: '7-bit weights, for x86 processors without VNNI instructions',
  },
  {
    name: 'exclude',
    kind: 'string',
    summary: "nodes or outputs that stay float, as in 'head.*'; several with commas",
  },
  {
    name: 'repair',
    kind: 'string',
    summary: `what to do against the loss, without labels; several with commas: ${listed(repairs)}`,
  },
  {
    name: 'max-drop',
    kind: 'string',
    summary: 'leave as much float as it takes to lose at most this, as in 0.5% (points of the metric)',
  },
  {
    name: 'metric',
    kind: 'choice',
    choices: choices(metrics),
    summary: `what must not drop: ${listed(metrics)}; default top1 for labelled data, else fidelity`,
  },
  {
    name: 'test',
    kind: 'number',
    min: 0,
    integer: true,
    default: 2000,
    summary: 'samples of the test split to compare the accuracies on; 0 for none',
  },
  {
    name: 'seed',
    kind: 'number',
    integer: true,
    summary: 'which half of the test split --max-drop searches on',
    default: 0,
  },
  { name: 'as', kind: 'string', summary: "name of the result; default: the model's name with _int8" },
];
