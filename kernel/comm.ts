/** One message of a comm: a channel between a cell's code and a view in the front end. The words are Jupyter's. */
export interface CommMessage {
  readonly kind: 'open' | 'message' | 'close';
  readonly id: string;
  /** Who shall answer, by the name it is registered under; only of `open`. */
  readonly target?: string;
  /** Plain JSON. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Raw bytes that go beside the JSON. */
  readonly buffers: readonly Uint8Array[];
}

/** The end of a comm that nobody answers. */
export function closeOf(id: string): CommMessage {
  return { kind: 'close', id, data: {}, metadata: {}, buffers: [] };
}
