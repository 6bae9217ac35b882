/** A message and the bytes that go with it. */
export interface Frame<M = unknown> {
  readonly message: M;
  readonly body: Uint8Array;
}

/** What an agent writes before its first frame: what comes before is the device's greeting. */
export const preamble = Buffer.from('\0edgebook-agent 1\n');

const headLength = 12;
const mark = 0x31_4b_42_45;

/** Head of a frame: a mark, then the lengths of its JSON and of its body, each a little-endian uint32. */
export function frameHead(message: object, bodyLength = 0): Buffer {
  const json = Buffer.from(JSON.stringify(message));
  const head = Buffer.allocUnsafe(headLength + json.length);
  head.writeUInt32LE(mark, 0);
  head.writeUInt32LE(json.length, 4);
  head.writeUInt32LE(bodyLength, 8);
  json.copy(head, headLength);
  return head;
}

/** Reads frames from chunks as they come, each body copied once. */
export class FrameReader<M> {
  readonly #onFrame: (frame: Frame<M>) => void;
  #rest: Buffer = Buffer.alloc(0);
  #started: boolean;
  /** The frame whose body is on its way. */
  #open: { readonly message: M; readonly body: Buffer; at: number } | undefined;

  /** `greeting`: whether a preamble comes first. */
  constructor(onFrame: (frame: Frame<M>) => void, { greeting = false } = {}) {
    this.#onFrame = onFrame;
    this.#started = !greeting;
  }

  /** Throws an Error if what comes is no frame. */
  push(chunk: Uint8Array): void {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    while (bytes.length > 0 || this.#rest.length > 0) {
      if (this.#open) {
        bytes = this.#fill(this.#open, bytes);
        if (this.#open) return;
        continue;
      }
      if (this.#rest.length > 0) bytes = Buffer.concat([this.#rest, bytes]);
      this.#rest = Buffer.alloc(0);
      const left = this.#begin(bytes);
      if (left === undefined) {
        this.#rest = bytes;
        return;
      }
      bytes = left;
    }
  }

  /** Reads the head of a frame; undefined if it is not all there. */
  #begin(bytes: Buffer): Buffer | undefined {
    if (!this.#started) {
      const at = bytes.indexOf(preamble);
      if (at < 0) return undefined;
      this.#started = true;
      return bytes.subarray(at + preamble.length);
    }
    if (bytes.length < headLength) return undefined;
    if (bytes.readUInt32LE(0) !== mark) throw new Error('What the agent sends is no frame');
    const end = headLength + bytes.readUInt32LE(4);
    if (bytes.length < end) return undefined;
    const message = JSON.parse(bytes.toString('utf8', headLength, end)) as M;
    this.#open = { message, body: Buffer.allocUnsafeSlow(bytes.readUInt32LE(8)), at: 0 };
    const left = bytes.subarray(end);
    if (this.#open.body.length === 0) this.#finish();
    return left;
  }

  #fill(open: { readonly body: Buffer; at: number }, bytes: Buffer): Buffer {
    const taken = bytes.copy(open.body, open.at);
    open.at += taken;
    if (open.at === open.body.length) this.#finish();
    return bytes.subarray(taken);
  }

  #finish(): void {
    const { message, body } = this.#open!;
    this.#open = undefined;
    this.#onFrame({ message, body });
  }
}
