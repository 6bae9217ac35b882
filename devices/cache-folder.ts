import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where things are kept that can be fetched or made again: `$XDG_CACHE_HOME/edgebook`, else `~/.cache/edgebook`. */
export const cacheFolder = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'edgebook');
