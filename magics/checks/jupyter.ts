import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { version } from '../../src/version.ts';
import { type Check, type Finding, fail, ok, warn } from './check.ts';
import { kernelSpecFolders } from './jupyter-paths.ts';

export const kernelSpec: Check = {
  name: 'kernelspec',
  run({ env }) {
    const folder = kernelSpecFolders(env).find((candidate) => existsSync(join(candidate, 'kernel.json')));
    if (folder === undefined) return warn('Jupyter does not know the kernel', 'Run: edgebook install');
    return judgeSpec(folder);
  },
};

export const jupyter: Check = {
  name: 'jupyter',
  run: ({ env }) =>
    new Promise((resolve) => {
      execFile('jupyter', ['--version'], { env, timeout: 20_000 }, (error, stdout) => {
        const remedy = 'Install JupyterLab: pip install jupyterlab. Without it: edgebook run NOTEBOOK';
        if (error) resolve(warn('was not found on the PATH', remedy));
        else resolve(ok(versions(stdout)));
      });
    }),
};

interface Spec {
  readonly argv?: readonly string[];
  readonly metadata?: { readonly edgebook?: { readonly version?: string } };
}

function judgeSpec(folder: string): Finding {
  const remedy = 'Run: edgebook install';
  let spec: Spec;
  try {
    spec = JSON.parse(readFileSync(join(folder, 'kernel.json'), 'utf8')) as Spec;
  } catch (error) {
    return fail(`${folder} cannot be read: ${(error as Error).message}`, remedy);
  }
  const gone = spec.argv?.find((part) => isAbsolute(part) && !existsSync(part));
  if (!spec.argv || gone !== undefined)
    return fail(`${folder} points to ${gone ?? 'nothing'}, which is gone`, remedy);
  const other = spec.metadata?.edgebook?.version;
  if (other !== version())
    return warn(`${folder} is of version ${other ?? 'unknown'}, this is ${version()}`, remedy);
  return ok(folder);
}

/** `jupyterlab 4.4.1, notebook 7.4` from the list that `jupyter --version` prints. */
function versions(text: string): string {
  const found = [...text.matchAll(/^(jupyterlab|notebook|jupyter_client)\s*:\s*(\d\S*)/gm)];
  return found.map(([, name, number]) => `${name} ${number}`).join(', ') || 'found';
}
