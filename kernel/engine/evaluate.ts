import inspector from 'node:inspector';
import { internalsName } from './internals.ts';

const session = new inspector.Session();
session.connect();
// Node waits for sessions at exit, and says so.
process.on('exit', () => session.disconnect());

/** What user code threw, as it threw it. */
export class Thrown {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/** Thrown when V8 stopped the code on the kernel's demand. */
export class Terminated extends Error {}

/**
 * Runs a script on this thread in V8's REPL mode and waits for its top-level awaits.
 * The inspector session must be one of this thread: only then can another session stop the script.
 * Throws Thrown or Terminated.
 */
export async function evaluate(script: string): Promise<void> {
  // A group of its own: what an interrupt left pending must stay held when another is released. The inspector calls
  // back when the promise of such a script is collected, in the midst of the collection, which aborts the process.
  const objectGroup = `evaluation ${++evaluations}`;
  const { exceptionDetails } = await post(script, objectGroup);
  try {
    if (!exceptionDetails) return;
    const { exception } = exceptionDetails;
    if (!exception) throw new Terminated(exceptionDetails.text);
    throw new Thrown(await exceptionValue(exception));
  } finally {
    session.post('Runtime.releaseObjectGroup', { objectGroup });
  }
}

let evaluations = 0;

/**
 * Runs `work` such that an interrupt ends it alone, not the kernel's code around it: user code (getters,
 * `inspect` hooks, callbacks) may loop in it. Throws what `work` throws, or Terminated.
 */
export function guarded(work: () => void): void {
  let end: 'terminated' | 'ok' | Thrown = 'terminated';
  guardedWork = () => {
    try {
      work();
      end = 'ok';
    } catch (error) {
      end = new Thrown(error);
    }
  };
  session.post('Runtime.evaluate', { expression: `${internalsName}.guarded()`, silent: true });
  const how = end as 'terminated' | 'ok' | Thrown;
  if (how === 'terminated') throw new Terminated();
  if (how !== 'ok') throw how.value;
}

let guardedWork: (() => void) | undefined;

/** For `__edgebook`: what `guarded` has the inspector call. */
export function runGuarded(): void {
  const work = guardedWork;
  guardedWork = undefined;
  work?.();
}

let takenValue: unknown;

/** For `__edgebook`: receives the value behind an inspector handle. */
export function take(value: unknown): void {
  takenValue = value;
}

function post(expression: string, objectGroup: string): Promise<inspector.Runtime.EvaluateReturnType> {
  return new Promise((resolve, reject) => {
    const parameters = { expression, replMode: true, awaitPromise: true, objectGroup };
    session.post('Runtime.evaluate', parameters, (error, result) => {
      if (error) reject(new Terminated(error.message));
      else resolve(result as inspector.Runtime.EvaluateReturnType);
    });
  });
}

async function exceptionValue(remote: inspector.Runtime.RemoteObject): Promise<unknown> {
  const { objectId, value, unserializableValue } = remote;
  if (objectId === undefined) return unserializableValue === undefined ? value : remote.description;
  return new Promise((resolve) => {
    const functionDeclaration = `function (value) { ${internalsName}.take(value) }`;
    const parameters = { functionDeclaration, objectId, arguments: [{ objectId }] };
    session.post('Runtime.callFunctionOn', parameters, () => {
      resolve(takenValue);
      takenValue = undefined;
    });
  });
}
