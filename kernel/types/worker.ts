import { parentPort, workerData } from 'node:worker_threads';
import type { Magic } from '../../magics/magic.ts';
import { silenceOwnWarnings } from '../engine/own-warnings.ts';
import type { TypesAnswer, TypesRequest, TypesWorkerData } from './types-protocol.ts';
import { TypesServer } from './types-server.ts';

silenceOwnWarnings();
const { cwd, magicsUrl } = workerData as TypesWorkerData;
const { magics } = (await import(magicsUrl)) as { magics: readonly Magic[] };
const server = new TypesServer({ cwd, magics });
server.warmUp();

parentPort!.on('message', async ({ id, type, ask }: TypesRequest) => {
  let answer: TypesAnswer;
  try {
    answer = { id, answer: await server[type](ask as never) };
  } catch (error) {
    answer = { id, failure: (error as Error).stack ?? String(error) };
  }
  parentPort!.postMessage(answer);
});
parentPort!.postMessage('ready');
