interface Sender {
  send(frames: Buffer[]): Promise<void>;
}

/** Sends messages one after the other: ZeroMQ refuses a send while many others are under way. */
export class SendQueue {
  readonly #socket: Sender;
  #last: Promise<void> = Promise.resolve();

  constructor(socket: Sender) {
    this.#socket = socket;
  }

  send(frames: Buffer[]): void {
    this.#last = this.#last.then(() => this.#socket.send(frames)).catch(logFailure);
  }

  /** Resolves when all that was sent so far is with ZeroMQ. */
  drained(): Promise<void> {
    return this.#last;
  }
}

function logFailure(error: Error): void {
  process.stderr.write(`edgebook: a message could not be sent: ${error.message}\n`);
}
