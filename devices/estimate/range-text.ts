import type { Range } from './estimate.ts';

/** `2.4–7.1`, with three significant digits. */
export const rangeText = ({ min, max }: Range): string => `${digits(min)}–${digits(max)}`;

const digits = (value: number): string =>
  value >= 1000 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
