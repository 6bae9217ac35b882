import type { RemoteOutput } from './agent/protocol.ts';
import type { InstallOptions } from './bootstrap/install.ts';

export interface CellOptions {
  /** The cell's number here, which errors show. */
  readonly count: number;
  onOutput(output: RemoteOutput): void;
  /** Answers what the cell asks its user. */
  readonly onInput?: (question: string, password: boolean) => Promise<string>;
  /** Told what the user must know before the cell runs: that variables are lost. */
  readonly onNote?: (text: string) => void;
  readonly signal?: AbortSignal;
}

export interface CellsOptions extends InstallOptions {
  /** Cells in Python, whatever language the device's other cells are in. */
  readonly language?: 'python' | undefined;
}

export interface Pushed {
  /** Bytes that have travelled; a model that was there already takes none. */
  readonly bytes: number;
}

/** Where a device's cells run, if that is not the agent: a session of its own, in its own language. */
export interface Cells {
  /**
   * Runs a cell. Throws RemoteError with what it threw, the signal's reason, or DeviceError where the session or the way
   * to it is lost.
   */
  execute(code: string, options: CellOptions): Promise<void>;
  /** Declares a variable there. Throws UsageError for what cannot be sent. */
  push(name: string, value: unknown, options: InstallOptions): Promise<Pushed>;
  /** The value of an expression there. */
  pull(expression: string, options: InstallOptions): Promise<unknown>;
}
