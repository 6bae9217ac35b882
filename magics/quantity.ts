import { UsageError } from '../src/errors.ts';

export interface QuantityRule {
  /** `%choose: --latency`, for the error text. */
  readonly what: string;
  /** Factor to the unit that is wanted, by the unit that is written; `''` for none. */
  readonly units: Readonly<Record<string, number>>;
  readonly example: string;
}

/** Reads a positive number with a unit, as in `30ms`, `0.5 s` or `$300`. Throws UsageError for anything else. */
export function quantity(text: string, { what, units, example }: QuantityRule): number {
  const [, sign = '', digits, unit = ''] =
    /^\s*(\$?)\s*(\d+(?:\.\d+)?|\.\d+)\s*([A-Za-zµ]*)\s*$/.exec(text) ?? [];
  const factor = units[sign || unit] ?? units[(sign || unit).toLowerCase()];
  const value = Number(digits) * (factor ?? Number.NaN);
  if (value > 0 && !(sign && unit)) return value;
  const known = Object.keys(units).filter(Boolean).join(', ');
  throw new UsageError(`${what} must be a number above 0 in ${known}, as in ${example}; was '${text}'`);
}
