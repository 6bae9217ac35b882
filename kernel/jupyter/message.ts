import { randomUUID } from 'node:crypto';

/** Field names are those of the Jupyter protocol. */
export interface Header {
  readonly msg_id: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly msg_type: string;
  readonly version: string;
  /** The subshell that a request is for; none is the main shell. */
  readonly subshell_id?: string | null;
}

export type Content = Readonly<Record<string, unknown>>;

export interface Message {
  /** Routing prefix: who sent it, or the topic of a broadcast. */
  readonly identities: readonly Buffer[];
  readonly header: Header;
  readonly parent_header: Header | Record<string, never>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly content: Content;
  readonly buffers: readonly Buffer[];
}

/** 5.5 is the first with `iopub_welcome` and `supported_features`. */
export const protocolVersion = '5.5';

const session = randomUUID();

export interface NewMessage {
  readonly type: string;
  readonly content: Content;
  readonly parent?: Header | undefined;
  readonly identities?: readonly Buffer[];
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly buffers?: readonly Buffer[];
}

/** A message of this kernel. */
export function createMessage({
  type,
  content,
  parent,
  identities = [],
  metadata = {},
  buffers = [],
}: NewMessage): Message {
  const header: Header = {
    msg_id: randomUUID(),
    session,
    username: 'edgebook',
    date: new Date().toISOString(),
    msg_type: type,
    version: protocolVersion,
  };
  return { identities, header, parent_header: parent ?? {}, metadata, content, buffers };
}
