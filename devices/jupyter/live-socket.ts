/** As much as is needed of a WebSocket of the package `ws`. */
interface Socket {
  on(event: string, listener: () => void): void;
  ping(): void;
  pong(): void;
  terminate(): void;
}
export type SocketClass = new (url: string, protocols?: string[], options?: object) => Socket;

/** So often the other side is asked for a sign of life, in ms. */
const interval = 1500;
/** After so many questions without an answer the link counts as lost. */
const patience = 3;
/** A handshake takes no longer, in ms: a server answers it when the kernel does, which may be starting. */
const handshakeTimeout = 60_000;
/** A message may be so large, in bytes: pictures, and values that are pulled. */
const maxPayload = 1 << 29;

/** A WebSocket that ends when the other side has gone without a word: a cable that was pulled sends no goodbye. */
export function liveSocket(Base: SocketClass): SocketClass {
  return class extends Base {
    constructor(url: string, protocols: string[] = []) {
      super(url, protocols, { handshakeTimeout, maxPayload, perMessageDeflate: false });
      let unanswered = 0;
      const heard = () => {
        unanswered = 0;
      };
      for (const event of ['pong', 'ping', 'message']) this.on(event, heard);
      // Jupyter's servers send small messages one by one, each when the one before is acknowledged (Nagle), and systems
      // put acknowledgements off for 40 ms unless something is sent: a frame without content, which asks for nothing.
      this.on('message', () => this.pong());
      this.on('open', () => {
        const timer = setInterval(() => {
          if (unanswered >= patience) this.terminate();
          else this.ping();
          unanswered += 1;
        }, interval);
        timer.unref();
        this.on('close', () => clearInterval(timer));
      });
    }
  };
}
