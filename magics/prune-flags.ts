import { local } from '../devices/local.ts';
import { importances, pruningSchedules } from '../src/prune/index.ts';
import { schedules } from '../src/train/index.ts';
import type { Flag } from './magic.ts';
import { trainFlags } from './train-flags.ts';

/** Flags of `%train` that are not for a pruning, or mean something else in one. */
const others = new Set([
  ...['data', 'epochs', 'schedule', 'fold-bn', 'classes', 'width'],
  ...['checkpoint', 'resume', 'export-graph', 'continue', 'as'],
]);

const toggle = (name: string, summary: string): Flag => ({ name, kind: 'switch', summary });
const text = (name: string, summary: string): Flag => ({ name, kind: 'string', summary });
const number = (name: string, summary: string): Flag => ({ name, kind: 'number', summary });
const whole = (name: string, min: number, summary: string): Flag => ({
  ...{ name, kind: 'number', integer: true, min, summary },
});

/** What is pruned, and by what it is chosen; also of `%sensitivity`. */
export const choiceFlags: readonly Flag[] = [
  toggle('structured', 'whole channels, the default: the model is smaller and faster everywhere'),
  toggle(
    'unstructured',
    'single weights become 0: smaller when compressed, faster only where a runtime skips 0',
  ),
  {
    name: 'importance',
    kind: 'choice',
    choices: importances.map(({ name }) => name),
    summary: `what goes first: ${importances.map(({ name, summary }) => `${name} (${summary})`).join(', ')}; default l2 for channels, l1 for weights`,
  },
  text('keep', "names of groups, nodes or weights that stay, for example 'head*'; several with commas"),
];

const [structured, unstructured, ...choosing] = choiceFlags as [Flag, Flag, ...Flag[]];

/** The flags of `%prune`: its own, then those of `%train`. */
export const pruneFlags: readonly Flag[] = [
  { ...text('data', "data set; default: the model's"), completes: 'dataset' },
  structured,
  unstructured,
  text('n:m', 'at most n of every m weights along a sum stay: 2:4 for NVIDIA Ampere'),
  toggle('permute', 'reorder channels first so that --n:m keeps larger weights; the model computes the same'),
  number('sparsity', 'share of the channels or weights that go; default 0.5'),
  number('macs', 'share of the multiply-accumulates that stay, instead of --sparsity'),
  text(
    'latency',
    'time that one run may take, as 5ms, instead of --sparsity: measured while it is looked for',
  ),
  {
    ...text('on', `where --latency and the time before and after are measured`),
    ...{ default: local, completes: 'device' },
  },
  ...choosing,
  toggle('global', 'rank channels or weights of the whole model together, the default'),
  toggle('uniform', 'take the same share of each group or tensor'),
  whole('round-to', 1, 'what is left of a group is a multiple of this: kernels work in blocks of 8 or 16'),
  whole('min-channels', 1, 'fewest channels of a group; default a tenth of them'),
  {
    name: 'schedule',
    kind: 'choice',
    choices: Object.keys(pruningSchedules),
    summary:
      'how it goes on during the training: at once, fast first (polynomial), evenly (gradual); default oneshot for channels, polynomial for weights',
  },
  whole('rounds', 1, 'how often channels go where the schedule is not oneshot; default 4, or one an epoch'),
  whole('samples', 1, 'samples that taylor and fisher look at; default 512'),
  { ...whole('epochs', 0, 'passes over the training split, those between rounds included'), default: 1 },
  toggle('distill', 'learn the scores of the model as it was instead of the labels'),
  toggle('sensitivity', 'first show what pruning each layer alone does, as %sensitivity does'),
  whole('test', 0, 'samples of the test split to compare the accuracies on; 0 for none; default all'),
  text('as', "name of the result; default: the model's with _pruned"),
  {
    name: 'lr-schedule',
    kind: 'choice',
    choices: Object.keys(schedules),
    summary:
      'how the learning rate moves over the training; default cosine, for weights that go little by little plateau: it falls once the last are gone',
  },
  ...trainFlags.filter(({ name }) => !others.has(name)),
];
