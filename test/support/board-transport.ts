import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Spawned } from '../../devices/device.ts';
import { LocalTransport } from '../../devices/local-transport.ts';
import { layOut } from './fixture-board.ts';

/** This machine as a board: its programs come first, and its files are below `root`. */
export class BoardTransport extends LocalTransport {
  readonly #bin: string;
  readonly #folder: string;

  /** `folder`: the home folder there. */
  constructor(name: string, bin: string, folder: string) {
    super(name, folder);
    this.#bin = bin;
    this.#folder = folder;
  }

  override spawn(argv: readonly string[]): Spawned {
    return super.spawn(['env', `HOME=${this.#folder}`, `PATH=${this.#bin}:${process.env.PATH}`, ...argv]);
  }
}

export interface Board {
  readonly transport: BoardTransport;
  readonly folder: string;
  readonly root: string;
  /** Adds a program to those of the fixture: the body of a shell script. */
  program(name: string, body: string): void;
  remove(): void;
}

/** Lays a fixture out in a folder of its own. */
export function fixtureBoard(fixture: string): Board {
  const folder = mkdtempSync(join(tmpdir(), 'edgebook-board-'));
  layOut(fixture, folder);
  const [bin, root] = [join(folder, 'bin'), join(folder, 'root')];
  return {
    transport: new BoardTransport('board', bin, folder),
    ...{ folder, root },
    program: (name, body) => writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
