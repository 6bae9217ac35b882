import { UsageError } from '../src/errors.ts';
import type { ParsedLine } from './magic.ts';
import { type Job, type Made, makeDynamic, makeHalf, makeStatic, makeWeightOnly } from './quantize-make.ts';

type Flags = ParsedLine['flags'];

/** One way to quantize: what asks for it, and which flags it takes beyond those of all. */
export interface QuantizeScheme {
  /** The switch that asks for it. */
  readonly flag: string;
  readonly takes: readonly string[];
  /** The end of the result's name. */
  suffix(flags: Flags): string;
  make(job: Job): Promise<Made>;
}

/** Taken by all schemes. */
const common = ['calib', 'samples', 'test', 'fresh', 'as'];
const training = [
  'epochs',
  'batch',
  'lr',
  'learn-scales',
  'bn',
  'labels',
  'validation',
  'checkpoint',
  'resume',
];
const staticFlags = [
  ...[
    'method',
    'min-sqnr',
    'float-outputs',
    'activation-bits',
    'target',
    'activations',
    'symmetric',
    'per-tensor',
    'reduce-range',
  ],
  ...['exclude', 'repair', 'max-drop', 'on', 'metric', 'seed', 'qat', ...training],
];
const grouped = ['group', 'rounding', 'asymmetric', 'exclude'];

const staticSuffix = (start: string, flags: Flags): string =>
  [start, flags.qat === true ? '_qat' : '', flags['q-operator'] === true ? '_qop' : ''].join('');

/** The first whose switch is given; the last if none is. */
export const quantizeSchemes: readonly QuantizeScheme[] = [
  { flag: 'fp16', takes: ['exclude'], suffix: () => 'fp16', make: (job) => makeHalf(job, 'float16') },
  { flag: 'bf16', takes: [], suffix: () => 'bf16', make: (job) => makeHalf(job, 'bfloat16') },
  {
    flag: 'dynamic',
    takes: ['int8', 'per-tensor', 'reduce-range', 'exclude'],
    suffix: () => 'dynamic',
    make: makeDynamic,
  },
  {
    flag: 'weight-only',
    takes: ['int8', 'int4', 'weight-bits', ...grouped],
    suffix: ({ int4, 'weight-bits': bits = int4 ? 4 : 8 }) => (bits === 4 ? 'int4' : `w${bits}`),
    make: (job) => makeWeightOnly(job, job.flags.int4 === true ? 4 : (job.flags['weight-bits'] ?? 8)),
  },
  {
    flag: 'w4a8',
    takes: staticFlags,
    suffix: (flags) => staticSuffix('w4a8', flags),
    make: makeStatic,
  },
  { flag: 'int4', takes: grouped, suffix: () => 'int4', make: (job) => makeWeightOnly(job, 4) },
  {
    flag: 'int8',
    takes: [...staticFlags, 'weight-bits', 'q-operator'],
    suffix: (flags) => staticSuffix('int8', flags),
    make: makeStatic,
  },
];

/** Flags that mean nothing without another one. */
const needs: readonly {
  readonly flags: readonly string[];
  readonly needed: string;
  readonly because: string;
}[] = [
  { flags: ['resume'], needed: 'checkpoint', because: 'the file to go on from: give --checkpoint FILE too' },
  { flags: training, needed: 'qat', because: 'the training that it is for: give --qat too, or leave it out' },
  {
    flags: ['on'],
    needed: 'max-drop',
    because: 'whose search measures there: give that too, as in --max-drop 0.5%',
  },
  { flags: ['metric'], needed: 'max-drop', because: 'which limits it: give that too, as in --max-drop 0.5%' },
];

/** Flags that one scheme takes, but not together. */
const pairs: readonly { readonly flags: readonly [string, string]; readonly because: string }[] = [
  { flags: ['int4', 'int8'], because: 'say two numbers of bits: leave one out' },
  { flags: ['int4', 'weight-bits'], because: 'say two numbers of bits: leave one out' },
  { flags: ['int8', 'weight-bits'], because: 'say two numbers of bits: leave one out' },
  {
    flags: ['qat', 'max-drop'],
    because: 'do not go together, since the limit is judged before the training: quantize with one of them',
  },
];

/** The scheme that a line asks for, whatever else it says. */
export const askedScheme = (flags: Flags): QuantizeScheme =>
  quantizeSchemes.find(({ flag }) => flags[flag] === true) ?? quantizeSchemes.at(-1)!;

/** The same. Throws UsageError, which names both, for flags that do not go together. */
export function schemeOf(flags: Flags): QuantizeScheme {
  const scheme = askedScheme(flags);
  const given = Object.keys(flags).filter((name) => flags[name] !== undefined && flags[name] !== false);
  const isGiven = (name: string) => given.includes(name);
  const known = [scheme.flag, ...scheme.takes, ...common];
  const foreign = given.find((name) => !known.includes(name));
  if (foreign !== undefined)
    throw new UsageError(`%quantize: ${refusal(foreign, scheme, isGiven(scheme.flag))}`);
  const pair = pairs.find(({ flags: both }) => both.every(isGiven));
  if (pair) throw new UsageError(`%quantize: --${pair.flags.join(' and --')} ${pair.because}`);
  for (const { flags: some, needed, because } of needs) {
    const lone = some.find((name) => isGiven(name) && !isGiven(needed));
    if (lone !== undefined) throw new UsageError(`%quantize: --${lone} needs --${needed}, ${because}`);
  }
  return scheme;
}

/** Why a scheme does not take a flag, and what to do. */
function refusal(flag: string, scheme: QuantizeScheme, isAsked: boolean): string {
  if (quantizeSchemes.some((other) => other.flag === flag))
    return `--${scheme.flag} and --${flag} are two ways to quantize: give one of them`;
  const takers = quantizeSchemes
    .filter(({ takes }) => takes.includes(flag))
    .map((other) => `--${other.flag}`);
  const without = isAsked
    ? `--${scheme.flag} does not take it`
    : `--${scheme.flag}, the default, does not take it`;
  return `--${flag} is for ${takers.join(', ')}; ${without}: leave it out, or give one of these`;
}
