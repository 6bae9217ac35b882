import { type OpenOptions, resamplings } from '../src/data/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Flag, ParsedLine } from './magic.ts';

type Flags = ParsedLine['flags'];

const number = (name: string, summary: string, more: Partial<Flag> = {}): Flag => ({
  name,
  kind: 'number',
  summary,
  min: 0,
  ...more,
});
const text = (name: string, summary: string): Flag => ({ name, kind: 'string', summary });
const toggle = (name: string, summary: string): Flag => ({ name, kind: 'switch', summary });

/** What `%data` takes, in the order in which it is explained. */
export const dataFlags: readonly Flag[] = [
  text('as', "name of the variable and the data set; default: the file's or folder's name"),
  number('test', 'part of train that becomes the split test, as 0.2, with as much of each class'),
  number('validation', 'part of train that becomes the split validation'),
  number('seed', 'chooses those parts; default 0', { integer: true }),
  toggle('balance', 'shuffled batches of train draw every class equally often'),
  text(
    'mean',
    'subtracted from bytes scaled to 0..1, or from other numbers: one, or one for each channel as 0.485,0.456,0.406',
  ),
  text('std', 'what they are divided by then'),
  toggle('standardize', 'take mean and deviation of each channel or column from train'),
  text(
    'size',
    'images: height and width, as 96 or 96x128; default: that of the first one, which all must have',
  ),
  toggle('crop', 'images: keep proportions and take the centre, instead of stretching'),
  number('channels', 'images: 1 for grey, 3 for colour; default: as the first one', {
    min: 1,
    integer: true,
  }),
  {
    ...text('resampling', 'images: how they are scaled; default bilinear'),
    kind: 'choice',
    choices: resamplings,
  },
  text('label', 'tables: column of the class, by name or position (-1 is the last)'),
  text('target', 'tables: column of a number to predict'),
  toggle('unlabelled', 'tables: there are no labels'),
  text('drop', 'tables: columns to leave out, as id,name'),
  text('shape', 'tables and arrays: shape of a sample, as 1,28,28'),
  {
    ...text('header', 'tables: whether the first row names the columns'),
    kind: 'choice',
    choices: ['yes', 'no'],
  },
  {
    ...text('features', 'sounds: what is made of them; default mfcc'),
    kind: 'choice',
    choices: ['mfcc', 'log-mel', 'wave'],
  },
  number('seconds', 'sounds: length of a sample; default 1'),
  number('window', 'sounds: ms of a window; default 30'),
  number('stride', 'sounds: ms from one window to the next; default 20'),
  number('bands', 'sounds: mel bands; default 40', { min: 1, integer: true }),
  number('low', 'sounds: lower edge of the bands in Hz; default 20'),
  number('high', 'sounds: upper edge of the bands in Hz; default 4000'),
  number('coefficients', 'sounds: cepstral coefficients; default 10', { min: 1, integer: true }),
  toggle('peak', 'sounds: scale each to a loudest sample of 1'),
  toggle('skip-bad', 'leave out what cannot be read, and say how much it was'),
  toggle('check', 'read all files now, also of a large folder'),
  number('cache', 'MB of samples that are kept once they are read; default 256'),
];

/** The flags in the words of `openDataset`. Throws UsageError for lists and sizes that are none. */
export function openOptions({ flags }: ParsedLine): OpenOptions {
  const options = {
    ...plain(flags),
    ...(flags.as !== undefined && { name: String(flags.as) }),
    ...(flags.mean !== undefined && { mean: numbers('mean', flags.mean) }),
    ...(flags.std !== undefined && { std: numbers('std', flags.std) }),
    ...(flags.shape !== undefined && { shape: numbers('shape', flags.shape) }),
    ...(flags.size !== undefined && { size: sizeOf(String(flags.size)) }),
    ...(flags.channels !== undefined && { channels: channelsOf(flags.channels) }),
    ...(flags.drop !== undefined && {
      drop: String(flags.drop)
        .split(',')
        .map((name) => name.trim()),
    }),
    ...(flags.header !== undefined && { header: flags.header === 'yes' }),
    ...(flags.unlabelled && { label: false }),
    ...(flags['skip-bad'] && { skipBad: true }),
    ...(flags.cache !== undefined && { cacheBytes: Number(flags.cache) * 1e6 }),
  };
  if (flags.unlabelled && (flags.label !== undefined || flags.target !== undefined))
    throw new UsageError('%data: --unlabelled means that there is neither --label nor --target');
  return options as OpenOptions;
}

/** Flags that are options of the same name and type. */
const same: readonly string[] = [
  ...['test', 'validation', 'seed', 'balance', 'standardize', 'crop', 'resampling', 'label', 'target'],
  ...['features', 'seconds', 'window', 'stride', 'bands', 'low', 'high', 'coefficients', 'peak', 'check'],
];

function plain(flags: Flags): Record<string, Flags[string]> {
  // A switch that is off says nothing.
  const given = same.filter((name) => flags[name] !== undefined && flags[name] !== false);
  return Object.fromEntries(given.map((name) => [name, flags[name]]));
}

function numbers(flag: string, value: Flags[string]): number[] {
  const words = String(value).split(',');
  const all = words.map((word) => (word.trim() === '' ? NaN : Number(word)));
  if (all.every(Number.isFinite)) return all;
  throw new UsageError(`%data: --${flag} must be numbers parted by commas, was '${value}'`);
}

function sizeOf(size: string): number | [number, number] {
  const [, height, width] = /^(\d+)(?:x(\d+))?$/.exec(size) ?? [];
  if (height === undefined)
    throw new UsageError(`%data: --size must be pixels, as 96 or 96x128 (height x width), was '${size}'`);
  return width === undefined ? Number(height) : [Number(height), Number(width)];
}

function channelsOf(channels: Flags[string]): 1 | 3 {
  if (channels === 1 || channels === 3) return channels;
  throw new UsageError(`%data: --channels must be 1 or 3, was ${channels}`);
}
