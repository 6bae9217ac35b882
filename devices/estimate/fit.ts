import type { Engine, Memory, Precision, Profile } from '../profiles/index.ts';
import { bytesOf, type Work, weightBytes } from './work.ts';

/** Whether a model's weights and activations fit into a device. */
export interface Fit {
  /** Undefined where the memory is unknown. */
  readonly fits: boolean | undefined;
  readonly weights: number;
  readonly activations: number;
  /** What does not fit, or fits only in slower memory. */
  readonly why?: string;
}

/** Weights and activations together in one memory; on microcontrollers weights in flash, activations in RAM. */
export function fitOf(work: Work, { engine, profile, precision }: FitQuestion): Fit {
  const sizes = { weights: weightBytes(work, precision), activations: bytesOf(work.activations, precision) };
  const memory = engine.memory ?? profile.memory;
  if (!memory) return { fits: undefined, ...sizes, why: 'its memory is unknown, or that of its host' };
  return { ...sizes, ...(memory.flash ? inFlash(sizes, memory) : inOneMemory(sizes, memory)) };
}

export interface FitQuestion {
  readonly engine: Engine;
  readonly profile: Profile;
  readonly precision: Precision;
}

interface Sizes {
  readonly weights: number;
  readonly activations: number;
}

function inOneMemory({ weights, activations }: Sizes, { bytes }: Memory): Pick<Fit, 'fits' | 'why'> {
  if (weights + activations <= bytes.value) return { fits: true };
  return {
    fits: false,
    why: `weights and activations need ${sizeText(weights + activations)}, its memory has ${sizeText(bytes.value)}`,
  };
}

function inFlash(
  { weights, activations }: Sizes,
  { bytes, flash, onChip }: Memory,
): Pick<Fit, 'fits' | 'why'> {
  const lacks = [
    ...(weights > flash!.value
      ? [`weights need ${sizeText(weights)}, its flash has ${sizeText(flash!.value)}`]
      : []),
    ...(activations > bytes.value
      ? [`activations need ${sizeText(activations)}, its RAM has ${sizeText(bytes.value)}`]
      : []),
  ];
  if (lacks.length > 0) return { fits: false, why: lacks.join('; ') };
  if (!onChip || activations <= onChip.value) return { fits: true };
  return {
    fits: true,
    why: `activations need ${sizeText(activations)}, more than the ${sizeText(onChip.value)} on the chip: the rest is slower`,
  };
}

/** `12.5 MB`. */
export function sizeText(bytes: number): string {
  const [unit, size] =
    bytes >= 2 ** 30 ? ['GB', 2 ** 30] : bytes >= 2 ** 20 ? ['MB', 2 ** 20] : ['KB', 2 ** 10];
  return `${Number((bytes / Number(size)).toPrecision(3))} ${unit}`;
}
