import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Message } from './message.ts';

const delimiter = Buffer.from('<IDS|MSG>');
const jsonParts = 4;
/** Throws for what is not UTF-8. */
const strict = new TextDecoder('utf-8', { fatal: true });

/** A message that is malformed or not signed by the client; it must not be acted on. */
export class WireError extends Error {}

/** A message as ZeroMQ frames: identities, delimiter, signature, four JSON parts, buffers. */
export function encode(message: Message, key: string): Buffer[] {
  const { identities, header, parent_header, metadata, content, buffers } = message;
  const parts = [header, parent_header, metadata, content].map((part) => Buffer.from(JSON.stringify(part)));
  return [...identities, delimiter, sign(parts, key), ...parts, ...buffers];
}

/** Reads frames. Throws WireError if they are no message or the signature is wrong. */
export function decode(frames: readonly Buffer[], key: string): Message {
  const at = frames.findIndex((frame) => frame.equals(delimiter));
  if (at < 0) throw new WireError('no delimiter');
  const [signature, ...rest] = frames.slice(at + 1);
  const parts = rest.slice(0, jsonParts);
  if (!signature || parts.length < jsonParts) throw new WireError('too few frames');
  if (key && !isEqual(signature, sign(parts, key))) throw new WireError('bad signature');
  const [header, parent_header, metadata, content] = parts.map(parseObject);
  const isText = (field: string) => typeof header?.[field] === 'string';
  if (!['msg_id', 'msg_type', 'session'].every(isText)) throw new WireError('bad header');
  return {
    identities: frames.slice(0, at),
    header,
    parent_header,
    metadata,
    content,
    buffers: rest.slice(jsonParts),
  } as unknown as Message;
}

function sign(parts: readonly Buffer[], key: string): Buffer {
  if (!key) return Buffer.alloc(0);
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return Buffer.from(hmac.digest('hex'));
}

/** In constant time: how long it takes says nothing about how much of a forged signature is right. */
function isEqual(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function parseObject(part: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(strict.decode(part));
  } catch {
    throw new WireError('a part is no JSON in UTF-8');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new WireError('a part is no object');
  return value as Record<string, unknown>;
}
