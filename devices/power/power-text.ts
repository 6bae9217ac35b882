import type { Coverage, PowerReading } from './power-source.ts';

const words: Readonly<Record<Coverage, string>> = {
  board: 'whole board',
  package: 'processor package',
  rails: 'not the whole board',
};

/** `whole board: VDD_IN by tegrastats`. */
export const coverageText = (
  { covers, from }: Pick<PowerReading, 'covers' | 'from'>,
  source: string,
): string => `${words[covers]}: ${from} by ${source}`;

/** What the figure is and covers: `12.5 W (whole board: VDD_IN by tegrastats)`. */
export function powerText(reading: PowerReading, source: string): string {
  const estimate = reading.estimate === undefined ? '' : `; estimate: ${reading.estimate}`;
  const about = reading.estimate === undefined ? '' : 'about ';
  return `${about}${reading.watts.toFixed(2)} W (${coverageText(reading, source)}${estimate})`;
}
