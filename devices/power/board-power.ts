import type { PowerReading } from './power-source.ts';

/** Rails of Jetsons that feed the whole board. */
const inputs = ['VDD_IN', 'POM_5V_IN', 'VIN'];

export type BoardPower = Pick<PowerReading, 'watts' | 'covers' | 'from' | 'warning'>;

/** A Jetson's power of its rails, in watts: its input rail where it has one, else their sum; undefined if nothing flows. */
export function boardPower(rails: Readonly<Record<string, number>>): BoardPower | undefined {
  const names = Object.keys(rails);
  const input = inputs.find((name) => name in rails);
  const parts = Object.entries(rails).filter(([name]) => name !== input);
  if (input) {
    const watts = rails[input]!;
    const [larger] = parts.filter(([, part]) => part > watts);
    const warning =
      larger &&
      `${larger[0]} (${larger[1]} W) is above ${input} (${watts} W), of which it is a part: this board's rail labels are swapped`;
    return watts > 0 ? { watts, covers: 'board', from: input, ...(warning && { warning }) } : undefined;
  }
  const watts = parts.reduce((sum, [, part]) => sum + part, 0);
  return watts > 0 ? { watts, covers: 'rails', from: `sum of ${names.join(', ')}` } : undefined;
}
