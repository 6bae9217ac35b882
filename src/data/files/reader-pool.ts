import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { loadSharp } from '../image/sharp.ts';
import type { FileFormat, ReadAnswer, ReadTask } from './reader-protocol.ts';

const mostThreads = 2;

interface Waiting {
  readonly resolve: (answer: ReadAnswer) => void;
  readonly reject: (error: Error) => void;
}

interface Reader {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

const readers: Reader[] = [];
let nextId = 0;

/**
 * Reads files in one of at most two threads, which all data sets share; they keep no program alive that has no more to
 * read. Files that cannot be read are told in the answer. Rejects if the thread itself dies.
 */
export async function readFiles(files: readonly string[], format: FileFormat): Promise<ReadAnswer> {
  // Its documentation: the main thread must load it before any other does.
  if (format.kind === 'image') await loadSharp();
  const reader = leastBusy();
  const task: ReadTask = { id: nextId++, files, format };
  reader.worker.ref();
  return new Promise((resolve, reject) => {
    reader.waiting.set(task.id, { resolve, reject });
    reader.worker.postMessage(task);
  });
}

/** A thread without work, a new one while there may be more, or the one with the shortest queue. */
function leastBusy(): Reader {
  const best = readers.toSorted((a, b) => a.waiting.size - b.waiting.size)[0];
  if (best?.waiting.size === 0) return best;
  if (best && readers.length >= Math.min(mostThreads, availableParallelism())) return best;
  return startReader();
}

function startReader(): Reader {
  const worker = new Worker(new URL(`./reader-worker${extname(import.meta.url)}`, import.meta.url));
  const reader: Reader = { worker, waiting: new Map() };
  worker.on('message', (answer: ReadAnswer) => {
    const { resolve } = reader.waiting.get(answer.id)!;
    reader.waiting.delete(answer.id);
    if (reader.waiting.size === 0) worker.unref();
    resolve(answer);
  });
  const end = (cause: unknown): void => {
    const position = readers.indexOf(reader);
    if (position >= 0) readers.splice(position, 1);
    for (const { reject } of reader.waiting.values())
      reject(new Error('The thread that reads the files of a data set ended', { cause }));
    reader.waiting.clear();
  };
  worker.on('error', end);
  worker.on('exit', end);
  readers.push(reader);
  return reader;
}
