import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Board } from '../../../devices/qemu/board.ts';
import { QemuTransport } from '../../../devices/qemu/qemu-transport.ts';
import { missingForBoard } from '../../../devices/qemu/requirements.ts';
import type { Requirement } from '../../support/requirement.ts';
import { Qmp } from './qmp.ts';

// Tests that have a home folder of their own make the image but once all the same.
process.env.XDG_CACHE_HOME ??= join(homedir(), '.cache');

/** What an emulated board needs here. */
export const boardRequirement = (): Requirement => {
  const missing = missingForBoard();
  return { path: 'qemu-system-aarch64', ...(missing !== undefined && { missing }) };
};

/** A board that runs, the way to it, and what can be done to it from outside. */
export interface BoardRig {
  readonly transport: QemuTransport;
  readonly board: Board;
  readonly qmp: Qmp;
}

export async function startBoard(name: string, url = 'qemu:arm64'): Promise<BoardRig> {
  const transport = new QemuTransport(name, url);
  await transport.started();
  const board = transport.board!;
  return { transport, board, qmp: new Qmp(board.qmp) };
}

const run = promisify(execFile);

/** Runs a shell script on a board by ssh itself, without anything of Edgebook; its output. */
export async function bySsh(options: readonly string[], script: string): Promise<Buffer> {
  const argv = [...options, '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=5', '-T', 'board', script];
  const { stdout } = await run('ssh', argv, { encoding: 'buffer', maxBuffer: 1 << 28 });
  return stdout;
}

/** Waits until ssh leads to the board again. */
export async function untilUp(options: readonly string[], patience = 90_000): Promise<void> {
  const deadline = Date.now() + patience;
  for (;;) {
    try {
      await bySsh(options, 'true');
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}
