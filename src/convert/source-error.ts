import { ModelError } from '../errors.ts';

/** Runs `work`; a ModelError of it comes out with the operator and the name of the source's node in front. */
export function naming<T>({ op, name }: { op: string; name: string }, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw new ModelError(`${op} '${name}' ${error.message}`, {
      op,
      node: name,
      value: error.value,
      cause: error,
    });
  }
}

/** Runs `work`; a ModelError of it comes out with the path of the file in front. */
export async function inFile<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    const { op, node, value } = error;
    throw new ModelError(`${path}: ${error.message}`, { op, node, value, cause: error });
  }
}
