import { UsageError } from '../../src/errors.ts';
import { type InstallPlace, installKernelSpec } from '../jupyter/install.ts';
import { parseOptions } from './parse-options.ts';

/** `edgebook install [--user | --sys-prefix | --prefix DIR]`; says where the kernelspec is. */
export async function installCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    user: { type: 'boolean' },
    'sys-prefix': { type: 'boolean' },
    prefix: { type: 'string' },
  });
  if (positionals.length > 0 || Object.keys(values).length > 1)
    throw new UsageError('Usage: edgebook install [--user | --sys-prefix | --prefix DIR]');
  const folder = installKernelSpec(placeOf(values));
  process.stdout.write(
    `Installed the kernel 'edgebook' in ${folder}\nStart Jupyter and choose Edgebook (TypeScript).\n`,
  );
  return 0;
}

function placeOf(values: { 'sys-prefix'?: boolean; prefix?: string }): InstallPlace {
  if (values.prefix !== undefined) return { kind: 'prefix', folder: values.prefix };
  return { kind: values['sys-prefix'] ? 'sys-prefix' : 'user' };
}
