import type { Session } from '../session.ts';
import type { ReplSession } from './repl-session.ts';

/** A session of this process, for the terminal. */
export function ownSession(session: Session): ReplSession {
  const { types } = session;
  return {
    get executionCount() {
      return session.executionCount;
    },
    history: session.history,
    execute: (code, options) => session.execute(code, options),
    interrupt: () => session.interrupt(),
    warm: () => types.warm(),
    complete: (code, position) => types.complete(code, position),
    inspect: (code, position) => types.inspect(code, position, false),
    signature: (code, position) => types.signature(code, position),
    completeness: (code) => types.completeness(code),
    close: () => session.close(),
  };
}
