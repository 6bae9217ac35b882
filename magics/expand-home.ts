import { homedir } from 'node:os';

/** `~/models` with the user's home folder in place of `~`. */
export const expandHome = (path: string): string => path.replace(/^~(?=[/\\]|$)/, () => homedir());
