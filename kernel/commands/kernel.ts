import { UsageError } from '../../src/errors.ts';
import { silenceOwnWarnings } from '../engine/own-warnings.ts';
import { History } from '../history.ts';
import { readConnectionFile } from '../jupyter/connection.ts';
import { watchParent } from '../jupyter/parent-watch.ts';
import { Session } from '../session.ts';

/** `edgebook kernel CONNECTION_FILE`: serves until it is shut down or its parent is gone. Further arguments are ignored. */
export async function kernelCommand([connectionFile]: string[]): Promise<never> {
  if (connectionFile === undefined) throw new UsageError('Usage: edgebook kernel CONNECTION_FILE');
  silenceOwnWarnings();
  const info = readConnectionFile(connectionFile);
  // The runtime child starts while this process loads ZeroMQ.
  const session = new Session({ comms: true, types: 'warn', history: new History() });
  const { JupyterKernel } = await import('../jupyter/kernel.ts');
  const kernel = await JupyterKernel.start(info, session);
  watchParent(() => kernel.shutDown());
  process.on('SIGTERM', () => kernel.shutDown());
  process.on('SIGINT', () => kernel.session.interrupt());
  await kernel.ended;
  process.exit(0);
}
