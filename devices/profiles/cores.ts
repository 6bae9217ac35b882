import type { Peak, Precision, Source } from './profile.ts';

interface Core {
  /** Operations per clock and core at best. */
  readonly perClock: Readonly<Partial<Record<Precision, number>>>;
  readonly why: string;
}

/**
 * What one core can do in a clock, from the instructions that its maker documents: vectors per clock, times lanes, times 2
 * for a multiply-accumulate.
 */
const cores = {
  'Cortex-A53': {
    perClock: { float32: 8, int8: 16 },
    why: 'at most one 128-bit FMLA, or SMLAL of 8 int8, a clock',
  },
  'Cortex-A57': {
    perClock: { float32: 8, int8: 16 },
    why: 'one 128-bit FMLA, or SMLAL of 8 int8, a clock; no dot product',
  },
  'Cortex-A72': {
    perClock: { float32: 8, int8: 16 },
    why: 'one 128-bit FMLA, or SMLAL of 8 int8, a clock; no dot product',
  },
  'Cortex-A76': {
    perClock: { float32: 16, float16: 32, int8: 64 },
    why: 'two 128-bit FMLA or SDOT a clock',
  },
  'Cortex-A78AE': {
    perClock: { float32: 16, float16: 32, int8: 64 },
    why: 'two 128-bit FMLA or SDOT a clock',
  },
  'AVX-512, one FMA unit': {
    perClock: { float32: 32, int8: 128 },
    why: 'one 512-bit FMA or VPDPBUSD a clock',
  },
  'Cortex-M7': {
    perClock: { float32: 2, int8: 4 },
    why: 'one VFMA, or SMLAD of two 16-bit products, a clock',
  },
  'Cortex-M55': {
    perClock: { float32: 4, float16: 8, int8: 16 },
    why: 'Helium computes 64 bits a clock: 2 float32, 4 float16 or 8 int8 products',
  },
  'Xtensa LX7 of the ESP32-S3': {
    perClock: { float32: 2, int8: 32 },
    why: 'one MADD.S, or EE.VMULAS of 16 int8 products, a clock',
  },
} as const satisfies Record<string, Core>;

export type CoreName = keyof typeof cores;

/** Peaks of `count` alike cores at `hertz`. */
export function corePeaks(name: CoreName, count: number, hertz: number): Partial<Record<Precision, Peak>> {
  const core: Core = cores[name];
  const from: Source = {
    kind: 'derived',
    title: `${count} x ${name} at ${hertz / 1e9} GHz: ${core.why}`,
    unread: true,
  };
  return Object.fromEntries(
    Object.entries(core.perClock).map(([precision, ops]) => [
      precision,
      { dense: ops * count * hertz, from },
    ]),
  );
}
