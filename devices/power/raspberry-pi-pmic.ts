import type { PowerReading, PowerSample, PowerSource } from './power-source.ts';

/** `real = 1.1451 * sum + 0.5879 W`, fitted to a meter at the plug by jfikar/RPi5-power. */
const fit = { factor: 1.1451, offset: 0.5879 };

/**
 * The power chip of a Raspberry Pi 5: voltage and current of the rails behind it. What 5 V feeds directly (USB, HATs, NVMe)
 * is not among them, so that the board's power is an estimate.
 */
export const raspberryPiPmic: PowerSource = {
  name: 'Raspberry Pi PMIC',
  sample: 'command -v vcgencmd >/dev/null 2>&1 && $T vcgencmd pmic_read_adc 2>/dev/null',
  samples: 1,
  read: (samples) => samples.flatMap(readingOf),
};

function readingOf({ at, text }: PowerSample): PowerReading[] {
  const rails = railsOf(text);
  const sum = Object.values(rails).reduce((total, watts) => total + watts, 0);
  if (sum <= 0) return [];
  return [
    {
      at,
      watts: fit.factor * sum + fit.offset,
      covers: 'board',
      from: `${Object.keys(rails).length} rails`,
      rails,
      estimate: `${fit.factor} × the rails' ${sum.toFixed(2)} W + ${fit.offset} W, as published for one board; what hangs on 5 V is not measured`,
    },
  ];
}

/** `NAME_A current(7)=1.5A` and `NAME_V volt(15)=0.9V` belong together by name: the numbers are channels. */
function railsOf(text: string): Record<string, number> {
  const values = new Map(
    [...text.matchAll(/^\s*(\w+_[AV]) (?:current|volt)\(\d+\)=([\d.]+)[AV]\s*$/gm)].map(
      ([, name, value]): [string, number] => [name!, Number(value)],
    ),
  );
  return Object.fromEntries(
    [...values].flatMap(([key, amperes]): [string, number][] => {
      const name = key.slice(0, -2);
      const volts = values.get(`${name}_V`);
      return key.endsWith('_A') && volts !== undefined ? [[name, amperes * volts]] : [];
    }),
  );
}
