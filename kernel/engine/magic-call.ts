import { join } from 'node:path';
import { parseLine } from '../../magics/arguments.ts';
import type { Context, Magic } from '../../magics/magic.ts';
import { UsageError } from '../../src/errors.ts';
import type { Ledger } from '../../src/ledger/index.ts';
import { progressBar } from './progress-bar.ts';
import { display } from './show-value.ts';
import { cooperative, type TerminationGuard } from './termination-guard.ts';
import { variables } from './variables.ts';

let loaded: Promise<readonly Magic[]> | undefined;

/** The list that the module at `url` exports as `magics`, loaded at its first use. */
export function loadMagics(url: string): Promise<readonly Magic[]> {
  loaded ??= import(url).then((module: { magics: readonly Magic[] }) => module.magics);
  return loaded;
}

export interface MagicHost {
  /** Module that exports `magics`. */
  readonly magicsUrl: string;
  readonly cwd: string;
  readonly guard: TerminationGuard;
  /** The signal of the cell that runs. */
  signal(): AbortSignal;
}

/** The `$magic` that transformed cells call: `$magic('train', 'cnn --epochs 2')`. */
export function createMagicCall(host: MagicHost) {
  return async (name: string, line: string, body?: string): Promise<unknown> => {
    const magics = await loadMagics(host.magicsUrl);
    const magic = magics.find((candidate) => candidate.name === name);
    if (!magic) {
      const known = magics.map((candidate) => `%${candidate.name}`);
      throw UsageError.unknown('magic', `%${name}`, known);
    }
    const parsed = parseLine(magic, line, body);
    return cooperative(host.guard, () => magic.run(parsed, createContext(host)));
  };
}

function createContext(host: MagicHost): Context {
  const ledger = () => openLedger(join(host.cwd, '.edgebook'));
  return { variables, cwd: host.cwd, ledger, signal: host.signal(), display, progress: progressBar };
}

let opened: Promise<Ledger> | undefined;

function openLedger(folder: string): Promise<Ledger> {
  opened ??= Promise.all([import('../../src/ledger/index.ts'), import('../../src/onnx/index.ts')]).then(
    ([{ Ledger }, { readModel, writeModel }]) => Ledger.open(folder, { readModel, writeModel }),
  );
  // What hindered it may be gone the next time.
  opened.catch(() => {
    opened = undefined;
  });
  return opened;
}
