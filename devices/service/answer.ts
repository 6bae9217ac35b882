import { deserialize, serialize } from 'node:v8';

/** Comes before the answer: what a login shell or a library has printed before is none of it. */
const mark = Buffer.from('\0edgebook-answer 1\n');

/** How a program on the device failed. */
interface Failure {
  readonly error: { readonly name: string; readonly message: string };
}

/** Answers one request from stdin on stdout, both as V8 serializes values, and ends. */
export async function answerOnce<Q, A>(answer: (request: Q) => Promise<A>): Promise<void> {
  process.chdir(process.env.HOME || '/');
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  const result = await answer(deserialize(Buffer.concat(parts)) as Q).then(
    (value) => ({ value }),
    ({ name, message }: Error): Failure => ({ error: { name, message } }),
  );
  process.stdout.write(Buffer.concat([mark, serialize(result)]));
}

/** Reads what `answerOnce` wrote: the value, or how it failed; undefined if there is no answer. */
export function readAnswer<A>(stdout: Uint8Array): { readonly value: A } | Failure | undefined {
  const bytes = Buffer.from(stdout.buffer, stdout.byteOffset, stdout.byteLength);
  const at = bytes.indexOf(mark);
  if (at < 0) return undefined;
  return deserialize(bytes.subarray(at + mark.length)) as { readonly value: A } | Failure;
}
