import { activeEnvironment } from '../../magics/checks/jupyter-paths.ts';
import { UsageError } from '../../src/errors.ts';
import type { InstallPlace } from '../jupyter/install.ts';
import { parseOptions } from './parse-options.ts';

/** Reads `[--user | --sys-prefix | --prefix DIR]` of a command. */
export function readPlace(command: string, args: string[]): InstallPlace {
  const { values, positionals } = parseOptions(args, {
    user: { type: 'boolean' },
    'sys-prefix': { type: 'boolean' },
    prefix: { type: 'string' },
  });
  if (positionals.length > 0 || Object.keys(values).length > 1)
    throw new UsageError(`Usage: edgebook ${command} [--user | --sys-prefix | --prefix DIR]`);
  if (values.prefix !== undefined) return { kind: 'prefix', folder: values.prefix };
  return { kind: values['sys-prefix'] ? 'sys-prefix' : 'user' };
}

/** What to know of the Python environment that is active, if one is. */
export function environmentNote(place: InstallPlace, env: NodeJS.ProcessEnv): string {
  const active = activeEnvironment(env);
  if (!active || place.kind === 'prefix') return '';
  const kind = active.variable === 'VIRTUAL_ENV' ? 'virtual environment' : 'conda environment';
  const found = `The ${kind} ${active.folder} is active (${active.variable})`;
  if (place.kind === 'sys-prefix') return `${found}: only its Jupyter sees this kernel.\n`;
  return `${found}; its Jupyter sees this kernel too, as all of yours do. For this environment alone: --sys-prefix\n`;
}
