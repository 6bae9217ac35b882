import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where Edgebook keeps what belongs to a user and no notebook, by the rules of the platform (XDG on Linux). */
export function dataFolder(env: NodeJS.ProcessEnv = process.env): string {
  const home = env.HOME || homedir();
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support', 'edgebook');
  if (process.platform === 'win32') return join(env.APPDATA ?? join(home, 'AppData', 'Roaming'), 'edgebook');
  return join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'edgebook');
}
