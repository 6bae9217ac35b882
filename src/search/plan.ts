import type { StepOptions } from '../recipe/index.ts';

/** A step that is to be run on what the one before it gave. */
export interface PlannedStep {
  readonly step: string;
  readonly options: StepOptions;
  /** What its result is, as a part of a name. */
  readonly label: string;
  /** Learns from the original. */
  readonly hasTeacher?: boolean;
}

/** What plans are made of. */
export interface PlanSettings {
  /** Passes over the training split after channels were removed. */
  readonly epochs: number;
  /** More options of every training: learning rate, seed, limit. */
  readonly training: StepOptions;
  /** More options of every quantization. */
  readonly int8: StepOptions;
  /** What is left of the channels of a layer is a multiple of it: kernels work in blocks. Default 1. */
  readonly roundTo?: number;
  /** Points of accuracy that may be lost, as a fraction, where a search may spend them. */
  readonly maxDrop: number | undefined;
}

/** How a network of fewer channels is made from the original. */
export interface Way {
  readonly name: string;
  readonly summary: string;
  /** `share` is that of the multiply-accumulates that stay. */
  plan(share: number, settings: PlanSettings): PlannedStep[];
}

const prune = (macs: number, label: string, { roundTo = 1 }: PlanSettings): PlannedStep => ({
  ...{ step: 'prune', label },
  options: { macs: Number(macs.toFixed(4)), epochs: 0, ...(roundTo > 1 && { roundTo }) },
});

const distill = (epochs: number, label: string, { training }: PlanSettings): PlannedStep => ({
  ...{ step: 'distill', label, hasTeacher: true },
  options: { epochs, learningRate: 0.002, schedule: 'cosine', ...training },
});

const oneShot: Way = {
  name: 'in one go',
  summary: 'channels go at once, then the rest learns from the original',
  plan: (share, settings) => [
    prune(share, 'pruned', settings),
    distill(settings.epochs, 'distilled', settings),
  ],
};

const longer: Way = {
  name: 'longer',
  summary: 'the same, and learns on for twice as long',
  plan: (share, settings) => [
    ...oneShot.plan(share, settings),
    distill(2 * settings.epochs, 'distilled_on', settings),
  ],
};

const twoRounds: Way = {
  name: 'in two rounds',
  summary: 'channels go in two rounds, with learning after each',
  plan(share, settings) {
    const half = Number(Math.sqrt(share).toFixed(4));
    return [
      ...oneShot.plan(half, settings),
      prune(share / half, 'pruned_again', settings),
      distill(2 * settings.epochs, 'distilled_again', settings),
    ];
  },
};

/** The channels as they are only removed: tells what a network will take before it is trained. */
export const untrained: Way = {
  name: 'untrained',
  summary: 'channels go, nothing is learned: to measure what it takes',
  plan: (share, settings) => [prune(share, 'pruned', settings)],
};

/** What the numbers of a network are stored and computed in. */
export interface Form {
  readonly name: string;
  readonly summary: string;
  readonly plan: (settings: PlanSettings) => PlannedStep[];
}

const fused: PlannedStep = { step: 'optimize', label: 'fused', options: {} };

const quantized = (label: string, options: StepOptions, { int8 }: PlanSettings): PlannedStep[] => [
  fused,
  { step: 'quantize', label, options: { int8: true, ...int8, ...options } },
];

export const float: Form = {
  name: 'float',
  summary: 'the graph fused, numbers as they are',
  plan: () => [fused],
};

export const int8: Form = {
  name: 'int8',
  summary: 'fused, and weights and activations in 8 bits',
  plan: (settings) => quantized('int8', {}, settings),
};

const repaired: Form = {
  name: 'int8, repaired',
  summary: 'biases corrected for what rounding shifts',
  plan: (settings) => quantized('int8_repaired', { repair: 'bias-correction' }, settings),
};

const mixed: Form = {
  name: 'int8 in part',
  summary: 'what harms most stays float',
  plan: (settings) =>
    quantized(
      'int8_in_part',
      settings.maxDrop === undefined
        ? { 'min-sqnr': 25 }
        : { 'max-drop': `${Number((75 * settings.maxDrop).toPrecision(3))}%` },
      settings,
    ),
};

const trained: Form = {
  name: 'int8, trained',
  summary: 'trained on with the rounding in place',
  plan: (settings) => quantized('int8_trained', { qat: true, epochs: settings.epochs }, settings),
};

/** How much is tried. */
export interface Effort {
  readonly name: string;
  readonly epochs: number;
  /** Shares of the multiply-accumulates that may stay, largest first. */
  readonly shares: readonly number[];
  readonly ways: readonly Way[];
  /** Tried in turn where 8 bits fit the costs, but lose too much. */
  readonly repairs: readonly Form[];
}

/** From 96 % down to 5 %, each an eighth less than the one before. */
const shares = Array.from({ length: 23 }, (_, i) => Number((0.96 * 0.875 ** i).toFixed(3)));

export const efforts: readonly Effort[] = [
  { name: 'quick', epochs: 1, shares, ways: [oneShot, longer], repairs: [repaired, mixed] },
  {
    ...{ name: 'thorough', epochs: 3, shares },
    ...{ ways: [oneShot, longer, twoRounds], repairs: [repaired, mixed, trained] },
  },
];
