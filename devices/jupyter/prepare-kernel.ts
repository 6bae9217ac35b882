import { RemoteError } from '../agent/remote-error.ts';
import type { KernelSession } from './kernel-session.ts';
import { pythonGuard } from './python-guard.ts';
import { pythonCell } from './python-processes.ts';

/** The process of a session's kernel that is ready. */
const ready = new WeakMap<KernelSession, string>();

/** What a kernel of a language runs before its first cell, by the number under which its server knows it. */
const preludes: Readonly<Record<string, (id: string) => string>> = {
  // It ends itself when the notebook has gone for good.
  python: (id) =>
    `${pythonCell('_edgebook_guard', pythonGuard)}\n__import__("_edgebook_guard").guard(${JSON.stringify(id)})`,
  // Cells have what those of an agent have.
  typescript: () => `let edge = await (async () => {
  const entry = import.meta.resolve('edgebook');
  return import(new URL('../devices/agent/edge' + entry.slice(entry.lastIndexOf('.')), entry).href);
})()`,
};

/** Readies a kernel for cells, once in the life of its process. A kernel that cannot be is left as it is. */
export async function prepareKernel(session: KernelSession, language: string): Promise<void> {
  const { id } = await session.connected();
  const { process = id } = session;
  if (ready.get(session) === process) return;
  ready.set(session, process);
  const prelude = preludes[language];
  try {
    if (prelude) await session.execute(prelude(id), { silent: true });
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
  }
}
