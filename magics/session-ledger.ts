import { join } from 'node:path';
import { Ledger } from '../src/ledger/index.ts';
import { readModel, writeModel } from '../src/onnx/index.ts';

const opened = new Map<string, Promise<Ledger>>();

/** The ledger of a notebook's folder, `.edgebook`, opened once. */
export function sessionLedger(cwd: string): Promise<Ledger> {
  let ledger = opened.get(cwd);
  if (!ledger) {
    ledger = Ledger.open(join(cwd, '.edgebook'), { readModel, writeModel });
    opened.set(cwd, ledger);
  }
  return ledger;
}
