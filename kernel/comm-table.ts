import type { CommMessage } from './comm.ts';

/** The comms that are open. */
export class CommTable {
  /** What each goes to, by its id. */
  readonly targets = new Map<string, string>();

  /** To be told of every message, whoever sends it. */
  note({ kind, id, target = '' }: CommMessage): void {
    if (kind === 'open') this.targets.set(id, target);
    if (kind === 'close') this.targets.delete(id);
  }

  /** Forgets all, as the user's code has. */
  clear(): void {
    this.targets.clear();
  }
}
