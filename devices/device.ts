/** How a command on a device ended, with all that it has written. */
export interface ExecResult {
  /** The exit code; 128 + the signal's number where a signal ended it, as shells count. */
  readonly code: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

export interface ExecOptions {
  /** Ends the command: the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly stdin?: Uint8Array | AsyncIterable<Uint8Array>;
  /** Milliseconds after which the command is ended and a DeviceError thrown. Without: no limit. */
  readonly timeoutMs?: number;
}

export interface PutOptions {
  readonly signal?: AbortSignal;
  /** Bytes that have left this machine so far, of how many. */
  readonly onProgress?: (sent: number, total: number) => void;
  /** Permission bits of the file; 0o644 without. */
  readonly mode?: number;
}

/** A command that runs on the device, with its streams. */
export interface Spawned {
  /** Rejected with a DeviceError when the way to the device is lost. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends the command's input. */
  end(): void;
  /** What it writes to stdout; ends with the command. */
  readonly stdout: AsyncIterable<Uint8Array>;
  readonly stderr: AsyncIterable<Uint8Array>;
  /** The exit code. Rejected with a DeviceError when the command could not be started or the way to it was lost. */
  readonly exit: Promise<number>;
  /** Ends it at once, whatever it does. */
  kill(): void;
}

/**
 * The way to a machine that can run programs and keep files: few primitives, from which all else is derived. Each
 * transport has its own file, and the conformance suite runs on all of them. Everything that goes wrong on the way is
 * a DeviceError that names the device; a command that fails is none: `exec` gives its exit code.
 */
export interface Transport {
  /** The device's name, for messages. */
  readonly name: string;
  /** Runs a program by its arguments, no shell between: `['sh', '-c', script]` where one is wanted. */
  exec(argv: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  spawn(argv: readonly string[]): Spawned;
  /**
   * Writes a file whole or not at all: to a temporary beside it, whose sha256 the device computes, then renamed. Paths
   * without a leading `/` are below the user's home folder there; missing folders are made.
   */
  put(path: string, bytes: Uint8Array, options?: PutOptions): Promise<void>;
  /** Reads a file, checked by its sha256 on the device. */
  get(path: string, options?: { readonly signal?: AbortSignal }): Promise<Uint8Array>;
  /** Ends everything that was started through it. */
  close(): Promise<void>;
}
