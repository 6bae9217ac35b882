import { UsageError } from '../../src/errors.ts';
import { amd } from './amd.ts';
import { coral } from './coral.ts';
import { gyrfalcon } from './gyrfalcon.ts';
import { hailo } from './hailo.ts';
import { intel } from './intel.ts';
import { jetson } from './jetson.ts';
import { microcontrollers } from './microcontrollers.ts';
import type { Profile } from './profile.ts';
import { raspberryPi } from './raspberry-pi.ts';
import { servers } from './servers.ts';

export type {
  EfficiencyClass,
  Engine,
  Memory,
  Peak,
  Power,
  Precision,
  Price,
  Profile,
  Quoted,
  Source,
} from './profile.ts';
export { profileReport, profilesReport } from './profiles-report.ts';

/** All profiles, a family after the other. */
export const profiles: readonly Profile[] = [
  ...jetson,
  ...raspberryPi,
  ...coral,
  ...intel,
  ...amd,
  ...hailo,
  ...gyrfalcon,
  ...microcontrollers,
  ...servers,
];

/** The profile called `name`. Throws UsageError for an unknown one. */
export function profileOf(name: string): Profile {
  const found = profiles.find((profile) => profile.name === name);
  if (found) return found;
  throw UsageError.unknown(
    'device profile',
    name,
    profiles.map((profile) => profile.name),
  );
}
