import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { activeEnvironment, userDataFolder } from '../../magics/checks/jupyter-paths.ts';
import { UsageError } from '../../src/errors.ts';
import { svgToPng } from '../../src/plot/index.ts';
import { kernelName, kernelSpec, logo } from './kernel-spec.ts';

export type InstallPlace =
  /** The user's own Jupyter data folder. */
  | { readonly kind: 'user' }
  /** `DIR/share/jupyter`, where Jupyter looks if DIR is its installation prefix. */
  | { readonly kind: 'prefix'; readonly folder: string }
  /** The Python environment that is active: conda's or a venv's. */
  | { readonly kind: 'sys-prefix' };

/** All that `installKernelSpec` writes. Jupyter's front ends look for logos of these names. */
const files = ['kernel.json', 'logo-svg.svg', 'logo-32x32.png', 'logo-64x64.png'];

/** Writes the kernelspec and its logos; resolves to the folder. Rejects with UsageError if the place is unknown. */
export async function installKernelSpec(
  place: InstallPlace,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const folder = specFolder(place, env);
  const contents: Record<string, string | Uint8Array> = {
    'logo-svg.svg': logo,
    'logo-32x32.png': await svgToPng(logo, 32),
    'logo-64x64.png': await svgToPng(logo, 64),
    'kernel.json': `${JSON.stringify(kernelSpec(), null, 2)}\n`,
  };
  try {
    makeFolder(folder);
    for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, name), content);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw new UsageError(
      `The kernel cannot be installed in ${folder} (${code}): name a folder in which you may write, --prefix DIR`,
      { cause },
    );
  }
  return folder;
}

/** One folder after the other: in a file system that takes none, such as /proc, Node's recursive way never ends. */
function makeFolder(folder: string): void {
  const missing: string[] = [];
  for (let one = folder; !existsSync(one); one = dirname(one)) missing.unshift(one);
  for (const one of missing) mkdirSync(one);
}

export interface Uninstalled {
  readonly folder: string;
  /** Names of files that others have put there; they stay. */
  readonly left: readonly string[];
}

/** Removes what `installKernelSpec` wrote. Throws UsageError if there is no kernelspec of Edgebook. */
export function uninstallKernelSpec(place: InstallPlace, env: NodeJS.ProcessEnv = process.env): Uninstalled {
  const folder = specFolder(place, env);
  const file = join(folder, 'kernel.json');
  if (!existsSync(file))
    throw new UsageError(
      `The kernel is not installed in ${folder}. If it is elsewhere, say where: --sys-prefix or --prefix DIR`,
    );
  if (!isOurs(file))
    throw new UsageError(`${file} is not Edgebook's: it stays. Remove it yourself if you mean it`);
  for (const name of files) rmSync(join(folder, name), { force: true });
  const left = readdirSync(folder);
  if (left.length === 0) rmdirSync(folder);
  return { folder, left };
}

function isOurs(file: string): boolean {
  try {
    const { metadata } = JSON.parse(readFileSync(file, 'utf8')) as { metadata?: { edgebook?: unknown } };
    return metadata?.edgebook !== undefined;
  } catch {
    return false;
  }
}

function specFolder(place: InstallPlace, env: NodeJS.ProcessEnv): string {
  return join(dataFolder(place, env), 'kernels', kernelName);
}

function dataFolder(place: InstallPlace, env: NodeJS.ProcessEnv): string {
  if (place.kind === 'prefix') return join(resolve(place.folder), 'share', 'jupyter');
  if (place.kind === 'user') return userDataFolder(env);
  const active = activeEnvironment(env);
  if (active) return join(active.folder, 'share', 'jupyter');
  throw new UsageError(
    '--sys-prefix needs an active Python environment (VIRTUAL_ENV or CONDA_PREFIX), there is none. ' +
      'Activate it, or name its folder: --prefix DIR',
  );
}
