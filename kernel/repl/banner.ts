import { version } from '../../src/version.ts';
import type { Paint } from './theme.ts';

/** The first lines of a session. */
export const banner = (paint: Paint): string =>
  `${paint('strong', `Edgebook ${version()}`)} ${paint('quiet', `· Node ${process.versions.node} · %help tells more, Tab completes, Ctrl-D leaves`)}\n\n`;
