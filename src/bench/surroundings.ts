import type { Column, Row } from '../report.ts';

/** Mean power over a measurement. */
export interface PowerFigures {
  /** Watts before the load; undefined if it was not measured. */
  readonly idle: number | undefined;
  /** Watts while the model ran. */
  readonly loaded: number;
  /** What they cover and where they are from: `whole board: VDD_IN by tegrastats`. */
  readonly covers: string;
  /** How they were computed, where they are no measurement of it. */
  readonly estimate?: string;
}

/** What else was seen on a device while a model was measured there. */
export interface Surroundings {
  readonly power?: PowerFigures;
  /** Mean percent of the GPU's time. */
  readonly gpuUse?: number;
  /** Percent of the NPU's time. */
  readonly npuUse?: number;
  /** Degrees Celsius of the hottest zone. */
  readonly celsiusBefore?: number;
  readonly celsiusAfter?: number;
  /** What held the device back after the measurement, or since it was started: `throttled`. */
  readonly held?: string;
  readonly warnings: readonly string[];
}

export const surroundingColumns: readonly Column[] = [
  { key: 'gpuUse', header: 'GPU use', unit: '%', decimals: 0 },
  { key: 'npuUse', header: 'NPU use', unit: '%', decimals: 0 },
  { key: 'powerIdle', header: 'idle', unit: 'W', decimals: 2 },
  { key: 'power', header: 'loaded', unit: 'W', decimals: 2 },
  { key: 'energy', header: 'energy of a run', unit: 'mJ', scale: 1e3, significant: 3 },
  { key: 'energyAboveIdle', header: 'above idle', unit: 'mJ', scale: 1e3, significant: 3 },
  { key: 'covers', header: 'power of' },
  { key: 'celsiusBefore', header: 'before', unit: '°C', decimals: 1 },
  { key: 'celsiusAfter', header: 'after', unit: '°C', decimals: 1 },
  { key: 'held', header: 'held back by' },
];

/** Figures for the ledger; `latency` is the mean of a run in ms. Energies are joules of one run, on all that is covered. */
export function surroundingMetrics(
  surroundings: Surroundings | undefined,
  latency: number,
): Record<string, number> {
  const { power, gpuUse, npuUse, celsiusBefore, celsiusAfter } = surroundings ?? {};
  const figures = {
    gpuUse,
    npuUse,
    powerIdle: power?.idle,
    power: power?.loaded,
    energy: power && (power.loaded * latency) / 1000,
    energyAboveIdle: power?.idle === undefined ? undefined : ((power.loaded - power.idle) * latency) / 1000,
    celsiusBefore,
    celsiusAfter,
  };
  return Object.fromEntries(
    Object.entries(figures).filter((entry): entry is [string, number] => entry[1] !== undefined),
  );
}

/** What is told in words. */
export const surroundingWords = (surroundings: Surroundings | undefined): Row => ({
  covers: surroundings?.power && coversText(surroundings.power),
  held: surroundings?.held,
});

const coversText = ({ covers, estimate }: PowerFigures): string =>
  estimate === undefined ? covers : `${covers} (estimate)`;
