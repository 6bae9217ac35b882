import { filesOf, outputOf } from './lines.ts';

/** Degrees Celsius. */
export interface Zone {
  readonly name: string;
  readonly celsius: number;
}

/** Bits of `vcgencmd get_throttled`; the same 16 higher say that it has happened since boot (Raspberry Pi documentation). */
const bits = ['undervoltage', 'frequency capped', 'throttled', 'soft temperature limit'];

/** What holds the device back now, and what has since it was started. */
export interface Throttling {
  readonly now: readonly string[];
  readonly since: readonly string[];
}

/** Thermal zones in millidegrees; a sensor that is off (-256 degrees on Jetson) is left out. */
export function parseZones(text: string | undefined): Zone[] {
  const files = new Map(filesOf(text));
  return [...files].flatMap(([path, name]) => {
    if (!path.endsWith('/type')) return [];
    const temp = files.get(path.replace(/type$/, 'temp'));
    const celsius = Number(temp) / 1000;
    return temp !== undefined && celsius > -100 ? [{ name, celsius }] : [];
  });
}

/** Reads `throttled=0x50005`; undefined where there is no such command. */
export function parseThrottling(text: string | undefined): Throttling | undefined {
  const hex = /throttled=0x([0-9a-f]+)/i.exec(outputOf(text) ?? '')?.[1];
  if (!hex) return undefined;
  const value = Number.parseInt(hex, 16);
  const set = (shift: number) => bits.filter((_, bit) => (value >> (bit + shift)) & 1);
  return { now: set(0), since: set(16) };
}
