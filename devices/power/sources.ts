import { hwmon } from './hwmon.ts';
import { ina3221 } from './ina3221.ts';
import type { PowerSource } from './power-source.ts';
import { rapl } from './rapl.ts';
import { raspberryPiPmic } from './raspberry-pi-pmic.ts';
import { tegrastats } from './tegrastats.ts';

/** Every power source; of those that a device has, the first is used. */
export const powerSources: readonly PowerSource[] = [tegrastats, ina3221, raspberryPiPmic, rapl, hwmon];
