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

  /** Sends after all that was sent before, and `first` just before it. Resolves when it is with ZeroMQ; never rejects. */
  send(frames: Buffer[], first?: () => void): Promise<void> {
    const sent = this.#last.then(() => {
      first?.();
      return this.#socket.send(frames);
    });
    this.#last = sent.catch(logFailure);
    return this.#last;
  }

  /** Resolves when all that was sent so far is with ZeroMQ. */
  drained(): Promise<void> {
    return this.#last;
  }
}

function logFailure(error: Error): void {
  process.stderr.write(`edgebook: a message could not be sent: ${error.message}\n`);
}
