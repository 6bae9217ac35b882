import type { Ledger } from './ledger.ts';
import { knownMetrics } from './metrics.ts';
import type { Measurement, StoredMeasurement } from './record.ts';
import type { Variant } from './variant.ts';

/** What is known of a variant on one device at one batch; later measurements win over earlier ones. */
export interface Measured {
  readonly variant: Variant;
  /** undefined for a variant that no device has measured. */
  readonly device: string | undefined;
  /** undefined if nothing was measured that depends on it. */
  readonly batch: number | undefined;
  readonly metrics: Readonly<Record<string, number>>;
  /** What the accuracy was measured on (`mnist test 10000`); undefined if not known. */
  readonly data: string | undefined;
  readonly conditions: Measurement['conditions'];
}

/** All that is known of some variants, in their order. */
export function allMeasured(ledger: Ledger, variants: readonly Variant[]): Measured[] {
  const measurements = ledger.measurements();
  return variants.flatMap((variant) => measuredOf(variant, measurements));
}

/** One entry per device and batch; metrics that do not depend on the batch are in all entries of their device. */
export function measuredOf(variant: Variant, measurements: readonly StoredMeasurement[]): Measured[] {
  const own = measurements.filter((measurement) => measurement.variant === variant.id);
  const devices = new Set(own.map(deviceLabel));
  if (devices.size === 0) {
    const { metrics, tested: data } = variant;
    return [{ variant, device: undefined, batch: undefined, metrics, data, conditions: {} }];
  }
  return [...devices].flatMap((device): Measured[] => {
    const here = own.filter((measurement) => deviceLabel(measurement) === device);
    const shared = { ...variant.metrics, ...merge(here, (name) => !isPerBatch(name)) };
    const data = testedOn(variant, here);
    const timed = here.filter(({ metrics }) => Object.keys(metrics).some(isPerBatch));
    const batches = new Set(timed.map(({ batch }) => batch));
    if (batches.size === 0)
      return [{ variant, device, batch: undefined, metrics: shared, data, conditions: {} }];
    return [...batches].map((batch): Measured => {
      const runs = timed.filter((measurement) => measurement.batch === batch);
      const metrics = { ...shared, ...merge(runs, isPerBatch) };
      return { variant, device, batch, metrics, data, conditions: runs.at(-1)!.conditions };
    });
  });
}

/** The data of the accuracy that `merge` keeps: the last one's. */
function testedOn(variant: Variant, measurements: readonly Measurement[]): string | undefined {
  const last = measurements.findLast(({ metrics }) => metrics.accuracy !== undefined);
  return last ? last.conditions.data?.toString() : variant.tested;
}

/** The device's name; figures that were not measured there say so wherever they are shown. */
function deviceLabel({ device, conditions }: Measurement): string {
  const { kind } = conditions;
  return kind === 'emulated' || kind === 'estimate' ? `${device} (${kind})` : device;
}

const isPerBatch = (name: string): boolean => knownMetrics[name]?.perBatch ?? false;

function merge(
  measurements: readonly Measurement[],
  wanted: (name: string) => boolean,
): Record<string, number> {
  const entries = measurements.flatMap(({ metrics }) => Object.entries(metrics));
  return Object.fromEntries(entries.filter(([name]) => wanted(name)));
}
