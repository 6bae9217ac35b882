import { tracebackSymbol } from '../../src/errors.ts';
import type { RemoteFailure } from './protocol.ts';

/** What a cell has thrown on a device: its name, its text, and the cell's lines as they are over there. */
export class RemoteError extends Error {
  readonly device: string;
  readonly [tracebackSymbol]: readonly string[];

  constructor(device: string, { ename, evalue, traceback }: RemoteFailure) {
    super(evalue);
    this.name = ename;
    this.device = device;
    const [head = '', ...lines] = traceback;
    this[tracebackSymbol] = [`${head} [on ${device}]`, ...lines];
  }
}
