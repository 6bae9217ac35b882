import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { parseLine } from '../../magics/arguments.ts';
import { magics } from '../../magics/index.ts';
import type { Context } from '../../magics/magic.ts';
import { Ledger } from '../../src/ledger/index.ts';
import { readModel, writeModel } from '../../src/onnx/index.ts';

/** A session without a kernel: its variables, and what magics showed and said. */
export interface MagicSession {
  readonly variables: Map<string, unknown>;
  readonly shown: unknown[];
  readonly bars: string[];
  readonly context: Context;
  /** Runs `%name args` as a cell does, and declares the variable that it binds; in another context if one is given. */
  run(line: string, other?: Context): Promise<unknown>;
}

/** A session in a folder of its own, which goes with the test file. */
export async function magicSession(): Promise<MagicSession> {
  const folder = mkdtempSync(join(tmpdir(), 'edgebook-magics-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const ledger = await Ledger.open(join(folder, '.edgebook'), { readModel, writeModel });
  const variables = new Map<string, unknown>();
  const [shown, bars]: [unknown[], string[]] = [[], []];
  const context: Context = {
    variables: {
      get: (name) => variables.get(name),
      names: () => [...variables.keys()],
      forget: (name) => void variables.delete(name),
    },
    folder,
    cwd: folder,
    inputs: () => [],
    evaluate: async () => undefined,
    call: async (work) => work(),
    print: () => {},
    ledger: async () => ledger,
    types: { mode: 'warn', set: () => {} },
    signal: new AbortController().signal,
    display: (value) => {
      shown.push(value);
      return { update: () => {} };
    },
    progress: (label) => ({ update: () => {}, done: (message) => bars.push(`${label}: ${message}`) }),
  };
  return { variables, shown, bars, context, run: (line, other = context) => runLine(line, other, variables) };
}

async function runLine(line: string, context: Context, variables: Map<string, unknown>): Promise<unknown> {
  const [, name, rest = ''] = /^%([\w-]+)\s*(.*)$/.exec(line)!;
  const magic = magics.find((candidate) => candidate.name === name)!;
  const parsed = parseLine(magic, rest);
  const result = await magic.run(parsed, context);
  const bound = magic.binds?.(parsed);
  if (bound) variables.set(bound, result);
  return result;
}
