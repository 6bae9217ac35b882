import { UsageError } from '../../src/errors.ts';
import { readConnectionFile } from '../jupyter/connection.ts';
import { JupyterKernel } from '../jupyter/kernel.ts';
import { watchParent } from '../jupyter/parent-watch.ts';

/** `edgebook kernel CONNECTION_FILE`: serves until it is shut down or its parent is gone. Further arguments are ignored. */
export async function kernelCommand([connectionFile]: string[]): Promise<never> {
  if (connectionFile === undefined) throw new UsageError('Usage: edgebook kernel CONNECTION_FILE');
  const kernel = await JupyterKernel.start(readConnectionFile(connectionFile));
  watchParent(() => kernel.shutDown());
  process.on('SIGTERM', () => kernel.shutDown());
  process.on('SIGINT', () => kernel.session.interrupt());
  await kernel.ended;
  process.exit(0);
}
