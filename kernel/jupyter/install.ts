import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { UsageError } from '../../src/errors.ts';
import { kernelName, kernelSpec, logo } from './kernel-spec.ts';

export type InstallPlace =
  /** The user's own Jupyter data folder. */
  | { readonly kind: 'user' }
  /** `DIR/share/jupyter`, where Jupyter looks if DIR is its installation prefix. */
  | { readonly kind: 'prefix'; readonly folder: string }
  /** The Python environment that is active: conda's or a venv's. */
  | { readonly kind: 'sys-prefix' };

/** Writes the kernelspec and its logo; returns the folder. Throws UsageError if the place is unknown. */
export function installKernelSpec(place: InstallPlace, env: NodeJS.ProcessEnv = process.env): string {
  const folder = join(dataFolder(place, env), 'kernels', kernelName);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'kernel.json'), `${JSON.stringify(kernelSpec(), null, 2)}\n`);
  writeFileSync(join(folder, 'logo-svg.svg'), logo);
  return folder;
}

/** Jupyter's rules, as `jupyter --paths` lists the results. */
function dataFolder(place: InstallPlace, env: NodeJS.ProcessEnv): string {
  if (place.kind === 'prefix') return join(resolve(place.folder), 'share', 'jupyter');
  if (place.kind === 'sys-prefix') return join(activePrefix(env), 'share', 'jupyter');
  if (env.JUPYTER_DATA_DIR) return env.JUPYTER_DATA_DIR;
  const home = env.HOME || homedir();
  if (process.platform === 'darwin') return join(home, 'Library', 'Jupyter');
  if (process.platform === 'win32') return join(env.APPDATA ?? join(home, 'AppData', 'Roaming'), 'jupyter');
  return join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'jupyter');
}

function activePrefix(env: NodeJS.ProcessEnv): string {
  const prefix = env.VIRTUAL_ENV || env.CONDA_PREFIX;
  if (prefix) return prefix;
  throw new UsageError(
    '--sys-prefix needs an active Python environment (VIRTUAL_ENV or CONDA_PREFIX), there is none. ' +
      'Activate it, or name its folder: --prefix DIR',
  );
}
