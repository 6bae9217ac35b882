import { uninstallKernelSpec } from '../jupyter/install.ts';
import { readPlace } from './place.ts';

/** `edgebook uninstall [--user | --sys-prefix | --prefix DIR]`: removes what `edgebook install` wrote there. */
export async function uninstallCommand(args: string[]): Promise<number> {
  const { folder, left } = uninstallKernelSpec(readPlace('uninstall', args));
  const kept = left.length > 0 ? ` Files that Edgebook did not write stay there: ${left.join(', ')}` : '';
  process.stdout.write(`Removed the kernel 'edgebook' from ${folder}.${kept}\n`);
  return 0;
}
