import type { Context, TypesMode } from '../../magics/magic.ts';
import { report } from './report.ts';

let current: TypesMode = 'off';

/** The kernel says with each cell how the session checks types. */
export function tellTypesMode(mode: TypesMode): void {
  current = mode;
}

/** For magics: how types are checked; a change is the kernel's to make. */
export const typesMode: Context['types'] = {
  get mode() {
    return current;
  },
  set(mode) {
    current = mode;
    report({ type: 'types', mode });
  },
};
