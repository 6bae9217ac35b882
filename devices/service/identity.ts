import { createHash } from 'node:crypto';
import { homedir } from 'node:os';

/** What each answer of a service carries: a port of the loopback may be another user's service. */
export const identityHeader = 'edgebook-service';

/** Tells the service of this home folder from others. */
export const serviceIdentity = (): string =>
  createHash('sha256')
    .update(process.env.HOME || homedir())
    .digest('hex')
    .slice(0, 16);
