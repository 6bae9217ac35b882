import { installKernelSpec } from '../jupyter/install.ts';
import { environmentNote, readPlace } from './place.ts';

/** `edgebook install [--user | --sys-prefix | --prefix DIR]`; says where the kernelspec is. */
export async function installCommand(args: string[]): Promise<number> {
  const place = readPlace('install', args);
  const folder = await installKernelSpec(place);
  process.stdout.write(
    `Installed the kernel 'edgebook' in ${folder}\n${environmentNote(place, process.env)}` +
      'Start Jupyter and choose Edgebook (TypeScript).\n',
  );
  return 0;
}
