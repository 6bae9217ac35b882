import { calibrationMethods } from '../src/quantize/index.ts';
import { repairs } from '../src/quantize/repair/index.ts';
import { metrics } from '../src/quantize/search/index.ts';
import { targets } from '../src/targets/index.ts';
import { freshFlag } from './kept.ts';
import type { Flag } from './magic.ts';
import { searched } from './quantize-options.ts';

const choices = (things: readonly { readonly name: string }[]): string[] => things.map(({ name }) => name);

const listed = (things: readonly { readonly name: string; readonly summary: string }[]): string =>
  things.map(({ name, summary }) => `${name} (${summary})`).join(', ');

const toggle = (name: string, summary: string): Flag => ({ name, kind: 'switch', summary });

const text = (name: string, summary: string): Flag => ({ name, kind: 'string', summary });

const choice = (name: string, options: readonly string[], summary: string): Flag => ({
  ...{ name, kind: 'choice', choices: options, summary },
});

/** A whole number of at least `min`. */
const whole = (name: string, min: number, summary: string): Flag => ({
  ...{ name, kind: 'number', integer: true, min, summary },
});

/** What to do: one of them, `int8` if none is given. */
const schemes: readonly Flag[] = [
  toggle('int8', 'static 8-bit integers (the default); with --weight-only: weights of 8 bits'),
  toggle('int4', 'weights of 4 bits, activations float: --weight-only with 4 bits'),
  toggle('w4a8', 'static, weights of 4 bits that are packed two a byte, activations of 8'),
  toggle('weight-only', 'weights in few bits, activations float; 8 bits unless --int4 or --weight-bits'),
  toggle('dynamic', 'weights of 8 bits, activations quantized when the model runs; needs no data'),
  toggle('fp16', 'half precision, with float islands where it does not do'),
  toggle('bf16', 'weights stored as bfloat16, computation float32'),
];

const numbers: readonly Flag[] = [
  whole('weight-bits', 2, 'bits of weights, 2 to 8; 2, 3, 4 or 8 with --weight-only'),
  whole('activation-bits', 2, 'bits of activations, 2 to 8'),
  choice('activations', ['uint8', 'int8'], "type of activations; default: the target's, else uint8"),
  toggle('symmetric', 'activations with their zero in the middle'),
  toggle('per-tensor', 'one weight scale per layer instead of one per output channel'),
  {
    ...choice(
      'reduce-range',
      ['always', 'observed', 'never'],
      '7-bit weights for x86 processors without VNNI instructions: in all layers, or where calibration data saturate; default: observed if the target or, without one, this processor has none',
    ),
    bare: 'always',
  },
  text(
    'group',
    'of --weight-only: inputs that share a scale, 16 to 256, or channel; default 32, channel with 8 bits',
  ),
  choice(
    'rounding',
    ['rtn', 'gptq'],
    'of --weight-only: to nearest (the default), or by GPTQ, which looks at data',
  ),
  toggle('asymmetric', 'of --weight-only: weights with a zero point'),
  toggle('q-operator', 'write operators on integers (QLinearConv) instead of pairs around float ones'),
];

const calibration: readonly Flag[] = [
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
      "data set whose training split gives the activations' ranges, and trains with --qat; default: the one it was trained on",
  },
  { ...whole('samples', 1, 'samples to calibrate with'), default: 512 },
  choice(
    'method',
    choices([...calibrationMethods, searched]),
    `how ranges come from what was seen: ${listed([...calibrationMethods, searched])}; default min-max`,
  ),
  toggle(
    'float-outputs',
    'leave what the last matrix product gives unrounded, which the kernels of onnxruntime can',
  ),
  {
    ...{ name: 'min-sqnr', kind: 'number', min: 0 },
    summary:
      'leave as much float as it takes for this SQNR in dB at the outputs, as predicted unit by unit; no labels',
  },
  text('exclude', "nodes or outputs that stay float, as in 'head.*'; several with commas"),
  text('repair', `what to do against the loss, without labels; several with commas: ${listed(repairs)}`),
];

const limits: readonly Flag[] = [
  text('max-drop', 'leave as much float as it takes to lose at most this, as in 0.5% (points of the metric)'),
  {
    ...text(
      'on',
      'of --max-drop: the attached device whose time is to be saved; default local, this machine',
    ),
    completes: 'device',
  },
  choice(
    'metric',
    choices(metrics),
    `what must not drop: ${listed(metrics)}; default top1 for labelled data, else fidelity`,
  ),
  {
    ...whole('test', 0, 'samples of the test split to compare the accuracies on; 0 for none'),
    default: 2000,
  },
  {
    name: 'seed',
    kind: 'number',
    integer: true,
    summary: 'which half of the test split --max-drop searches on; order of the samples of --qat; default 0',
  },
];

const training: readonly Flag[] = [
  toggle('qat', 'train on with weights and activations rounded; learns what the float model computes'),
  whole('epochs', 1, 'of --qat: passes over the training split; default 1'),
  whole('batch', 1, 'of --qat: samples per step; default 64'),
  { name: 'lr', kind: 'number', summary: 'of --qat: learning rate; default: less for more bits, 1e-5 for 8' },
  toggle('learn-scales', 'of --qat: train the scales as well (LSQ)'),
  choice(
    'bn',
    ['fold', 'freeze'],
    'of --qat: train weights with their normalization in them (the default), or apart',
  ),
  toggle('labels', "of --qat: learn the data's labels instead of the float model's outputs"),
  {
    name: 'validation',
    kind: 'number',
    summary: 'of --qat: samples, or below 1 the share, to find the best epoch with',
  },
  { ...text('checkpoint', 'of --qat: file that keeps the state of the training'), completes: 'file' },
  toggle('resume', 'of --qat: go on from the checkpoint'),
];

/** The flags of `%quantize`, by what they are about. */
export const quantizeFlags: readonly Flag[] = [
  ...schemes,
  ...numbers,
  ...calibration,
  ...limits,
  ...training,
  freshFlag,
  text('as', "name of the result; default: the model's name with _int8, _int4, _fp16, ..."),
];
