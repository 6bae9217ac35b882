/** A thread that turns files into samples, one after the other, while the main thread computes. */
import { parentPort } from 'node:worker_threads';
import { readSound } from '../audio/read-sound.ts';
import { readImage } from '../image/read-image.ts';
import type { Samples } from '../sample-source.ts';
import type { FileFormat, ReadAnswer, ReadFailure, ReadTask } from './reader-protocol.ts';

let work: Promise<void> = Promise.resolve();

parentPort?.on('message', (task: ReadTask) => {
  // In turn: a thread has one file in memory at a time.
  work = work.then(() => answer(task));
});

async function answer({ id, files, format }: ReadTask): Promise<void> {
  const samples: Samples =
    format.kind === 'image'
      ? new Uint8Array(files.length * format.size)
      : new Float32Array(files.length * format.size);
  const failures: ReadFailure[] = [];
  for (const [index, file] of files.entries()) {
    const place = { start: index * format.size, end: (index + 1) * format.size };
    try {
      await read(file, format, samples.subarray(place.start, place.end));
    } catch (error) {
      failures.push({ index, reason: (error as Error).message });
    }
  }
  const message: ReadAnswer = { id, samples, failures };
  parentPort?.postMessage(message, [samples.buffer as ArrayBuffer]);
}

const read = (file: string, format: FileFormat, out: Samples): Promise<void> =>
  format.kind === 'image'
    ? readImage(file, format, out as Uint8Array)
    : readSound(file, format, out as Float32Array);
