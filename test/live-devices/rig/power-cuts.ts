import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { deploy, type Health, type SlotState, slotState } from '../../../devices/deploy/index.ts';
import type { Board } from '../../../devices/qemu/board.ts';
import { SshTransport } from '../../../devices/ssh/ssh.ts';
import { dense, flatten, relu, sequential } from '../../../src/layers/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { random as seeded } from '../../../src/random.ts';
import { startBoard } from './board.ts';

/** What a board has after its power was cut. */
export interface Cut {
  /** Milliseconds after the deployment's begin. */
  readonly at: number;
  readonly isDone: boolean;
  /** The model that is served, by its file's sha256 as the board's own sha256sum tells: none of both is a failure. */
  readonly served: 'old' | 'new' | 'broken';
}

export interface CutOptions {
  readonly count: number;
  readonly seed: number;
  readonly onCut?: (cut: Cut, index: number) => void;
}

const root = '.edgebook/deploy';
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const healthy = async (): Promise<Health> => ({ isHealthy: true, told: '8 of 8 outputs alike' });

/** About 900 kB. */
function network(seed: number): Uint8Array {
  return writeModel(
    sequential([1, 28, 28], [flatten(), dense(256), relu(), dense(64), relu(), dense(10)], { seed }),
  );
}

/**
 * Deploys two models in turn on an emulated board, whose power goes at a random moment of each deployment: from before
 * its first step until after its last. Then the board starts from what its disk has.
 */
export async function powerCuts({ count, seed, onCut }: CutOptions): Promise<Cut[]> {
  const random = seeded(seed);
  const files = [network(1), network(2)];
  // One processor boots sooner, where it is emulated.
  const { transport, board, qmp } = await startBoard('board', 'qemu:arm64?cpus=1');
  const cuts: Cut[] = [];
  let way = connection(board.sshOptions);
  try {
    let duration = await usualDuration(files, way);
    let now = 0;
    for (let i = 0; i < count; i++) {
      const next = 1 - now;
      const at = random.uniform() * 1.1 * duration;
      const done = await deployAndCut(files[next]!, { way, at, reset: () => qmp.reset() });
      // How busy this machine is changes: about as many moments are to be before the end as near it.
      duration = done ?? duration * 1.1;
      way = await connectedAgain(board);
      const which = files.map(sha256).indexOf(await servedThere(way));
      const served = which === next ? 'new' : which === now ? 'old' : 'broken';
      const cut: Cut = { at, isDone: done !== undefined, served };
      cuts.push(cut);
      onCut?.(cut, i);
      if (served === 'broken') return cuts;
      now = which;
    }
    return cuts;
  } finally {
    await way.close();
    await transport.close();
  }
}

const connection = (sshOptions: readonly string[]): SshTransport =>
  new SshTransport('board', { host: 'board', port: undefined, user: undefined }, sshOptions);

/** Waits until it is up again. */
async function connectedAgain(board: Board, patience = 120_000): Promise<SshTransport> {
  const deadline = Date.now() + patience;
  for (;;) {
    const way = connection(board.sshOptions);
    try {
      await way.connect();
      return way;
    } catch (error) {
      await way.close();
      if (Date.now() > deadline)
        throw new Error(`The board has not come up; its console:\n${board.console}`, { cause: error });
    }
  }
}

/** Deploys both, and takes the time of the second, which ends with the first being served. */
async function usualDuration(files: readonly Uint8Array[], way: SshTransport): Promise<number> {
  await deploy(way, files[1]!, { name: 'first', check: healthy });
  const begin = performance.now();
  await deploy(way, files[0]!, { name: 'second', check: healthy });
  return performance.now() - begin;
}

interface CutAt {
  readonly way: SshTransport;
  readonly at: number;
  reset(): Promise<void>;
}

/** How long the deployment took, in ms, if it was done before the power went. */
async function deployAndCut(file: Uint8Array, { way, at, reset }: CutAt): Promise<number | undefined> {
  let taken: number | undefined;
  const begin = performance.now();
  const deploying = deploy(way, file, { name: 'next', check: healthy }).then(
    () => {
      taken = performance.now() - begin;
    },
    () => {},
  );
  await sleep(at);
  const done = taken;
  await reset();
  // Its own patience is another test's matter.
  await way.close();
  await deploying;
  return done;
}

/** The sha256 of what is served, as the board's own sha256sum tells; its manifest must say the same. */
async function servedThere(way: SshTransport): Promise<string> {
  const script = `cd ${root} && sha256sum "$(cat current)/model.onnx"`;
  const { stdout } = await way.exec(['sh', '-c', script]);
  const hash = Buffer.from(stdout).toString().split(' ')[0]!;
  const { current, slots } = await slotState(way, root).catch(noState);
  return current && slots[current]?.model === hash ? hash : 'none';
}

const noState = (): SlotState => ({ current: undefined, slots: {}, log: [] });
