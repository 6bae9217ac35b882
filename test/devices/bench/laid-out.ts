import { createHash } from 'node:crypto';
import type { BenchOnOptions } from '../../../devices/bench/bench-on.ts';
import type { Measured } from '../../../devices/bench/runtime-job.ts';
import { ownAgentProgram } from '../../../devices/bootstrap/parts.ts';
import { runtimeOf } from '../../../devices/runtimes/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { type Board, fixtureBoard } from '../../support/board-transport.ts';
import { reluModel } from '../relu-model.ts';

const boards: Board[] = [];

export async function removeBoards(): Promise<void> {
  for (const board of boards.splice(0)) {
    await board.transport.close();
    board.remove();
  }
}

const command = [process.execPath, '--disable-warning=ExperimentalWarning', ownAgentProgram()];
export const content = writeModel(reluModel());
export const id = createHash('sha256').update(content).digest('hex');

/** A board with the files of a fixture, and what measures a small model on it. */
export function laidOut(name: string): { board: Board; device: Measured; job: BenchOnOptions } {
  const board = fixtureBoard(`test/fixtures/${name}.txt`);
  boards.push(board);
  const opened = { transport: board.transport, meet: async () => {}, agent: async () => command };
  return {
    board,
    device: { name: 'board', url: 'local:', opened },
    job: {
      runtime: runtimeOf('onnxruntime'),
      model: { id, content: () => content },
      options: { threads: 1, minTime: 300 },
      watch: {},
      ...{ rest: 0.05, interval: 20, root: board.root },
    },
  };
}
