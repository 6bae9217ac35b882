import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Name under which Jupyter knows the kernel. */
export const kernelName = 'edgebook';

/** The user's own Jupyter data folder, by Jupyter's rules (`jupyter --paths` lists the results). */
export function userDataFolder(env: NodeJS.ProcessEnv): string {
  if (env.JUPYTER_DATA_DIR) return env.JUPYTER_DATA_DIR;
  const home = env.HOME || homedir();
  if (process.platform === 'darwin') return join(home, 'Library', 'Jupyter');
  if (process.platform === 'win32') return join(env.APPDATA ?? join(home, 'AppData', 'Roaming'), 'jupyter');
  return join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'jupyter');
}

export interface ActiveEnvironment {
  /** The variable that names it. */
  readonly variable: 'VIRTUAL_ENV' | 'CONDA_PREFIX';
  readonly folder: string;
}

/** The Python environment that is active in this terminal: a venv's before conda's, as Python itself has it. */
export function activeEnvironment(env: NodeJS.ProcessEnv): ActiveEnvironment | undefined {
  if (env.VIRTUAL_ENV) return { variable: 'VIRTUAL_ENV', folder: env.VIRTUAL_ENV };
  if (env.CONDA_PREFIX) return { variable: 'CONDA_PREFIX', folder: env.CONDA_PREFIX };
  return undefined;
}

/** Where Jupyter may find the kernelspec, first place first. */
export function kernelSpecFolders(env: NodeJS.ProcessEnv): string[] {
  const environment = activeEnvironment(env);
  const system = process.platform === 'win32' ? [] : ['/usr/local/share/jupyter', '/usr/share/jupyter'];
  const data = [
    ...(env.JUPYTER_PATH ?? '').split(delimiter).filter(Boolean),
    userDataFolder(env),
    ...(environment ? [join(environment.folder, 'share', 'jupyter')] : []),
    ...system,
  ];
  return data.map((folder) => join(folder, 'kernels', kernelName));
}
