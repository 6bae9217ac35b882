import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { installKernelSpec } from '../../kernel/jupyter/install.ts';
import { notebookFolder } from '../kernel/notebook-folder.ts';

/** A folder in which Jupyter finds this kernel and none of the user's files, with the environment that says so. */
export async function installedKernel(): Promise<{ folder: string; env: NodeJS.ProcessEnv }> {
  const folder = notebookFolder();
  await installKernelSpec({ kind: 'prefix', folder });
  for (const name of ['runtime', 'config', 'ipython']) mkdirSync(join(folder, name));
  const env = {
    ...process.env,
    JUPYTER_PATH: join(folder, 'share', 'jupyter'),
    JUPYTER_RUNTIME_DIR: join(folder, 'runtime'),
    JUPYTER_CONFIG_DIR: join(folder, 'config'),
    IPYTHONDIR: join(folder, 'ipython'),
  };
  return { folder, env };
}
