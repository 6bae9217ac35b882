import { losses, optimizers, schedules } from '../src/train/index.ts';
import { freshFlag } from './kept.ts';
import type { Flag } from './magic.ts';

const count = (name: string, summary: string, fallback?: number): Flag => ({
  ...{ name, kind: 'number', min: 1, integer: true, summary },
  ...(fallback !== undefined && { default: fallback }),
});

const number = (name: string, summary: string): Flag => ({ name, kind: 'number', summary });

/** The flags of `%train`, by what they are about. */
export const trainFlags: readonly Flag[] = [
  { name: 'data', kind: 'string', summary: 'data set', completes: 'dataset', default: 'mnist' },
  count('epochs', 'passes over the training split', 1),
  count('batch', 'samples per step', 64),
  {
    name: 'optimizer',
    kind: 'choice',
    choices: Object.keys(optimizers),
    summary: 'sgd and nesterov have momentum 0.9',
    default: 'adam',
  },
  number('lr', 'learning rate; default 1e-3 for adam and adamw, 0.02 for sgd and nesterov'),
  {
    name: 'schedule',
    kind: 'choice',
    choices: Object.keys(schedules),
    summary: 'how the learning rate moves over the training; default constant',
  },
  {
    name: 'warmup',
    kind: 'number',
    min: 0,
    integer: true,
    summary: 'steps in which the learning rate rises first',
  },
  number('weight-decay', 'shrinks weights, not biases and normalizations; default 0.01 for adamw, else 0'),
  number('clip', 'largest norm of the gradient of all weights'),
  {
    name: 'loss',
    kind: 'choice',
    choices: Object.keys(losses).filter((name) => name !== 'kl'),
    summary:
      'ce (cross-entropy) for classes; mse and huber for numbers to predict, or the input if the output has its shape',
  },
  {
    name: 'class-weights',
    kind: 'string',
    summary:
      'what ce multiplies each class with: balanced, so that rare ones count as much, or numbers as 1,2.5,1',
  },
  number('smoothing', 'share of a label that is spread over all classes'),
  {
    name: 'freeze',
    kind: 'string',
    summary: "names of weights that stay, for example 'features.*'; several with commas",
  },
  { name: 'freeze-bn', kind: 'switch', summary: 'keep batch normalizations as they are at inference' },
  {
    name: 'fold-bn',
    kind: 'switch',
    summary: 'make batch normalizations part of their convolutions before training',
  },
  count('classes', 'replace the last layer by one for so many classes'),
  number('width', 'factor of the number of channels of a built-in architecture'),
  count('shift', 'augment: move by up to so many pixels'),
  { name: 'flip', kind: 'switch', summary: 'augment: mirror half of the samples left to right' },
  number('crop', 'augment: cut out a part with sides of at least this share'),
  number('noise', 'augment: add noise of this deviation'),
  number('mixup', 'augment: mix pairs of samples by a share from Beta(mixup, mixup)'),
  number('validation', 'samples, or below 1 the share, of the training split to validate with'),
  count('patience', 'stop after so many epochs without a better validation loss, and take the best weights'),
  {
    name: 'seed',
    kind: 'number',
    integer: true,
    summary: 'fixes initial weights and order of samples',
    default: 0,
  },
  count('limit', 'use only the first samples'),
  {
    name: 'checkpoint',
    kind: 'string',
    completes: 'file',
    summary: 'file that keeps the state of the training, also when it is interrupted',
  },
  { name: 'resume', kind: 'switch', summary: 'go on from the checkpoint' },
  {
    name: 'export-graph',
    kind: 'string',
    completes: 'file',
    summary: 'also write the training itself as an ONNX file, to run elsewhere',
  },
  {
    name: 'continue',
    kind: 'switch',
    summary: 'train a built-in architecture on from where it is, instead of anew',
  },
  freshFlag,
  { name: 'as', kind: 'string', summary: "name of the result; default: the model's name" },
];
