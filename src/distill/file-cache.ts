import { readFile } from 'node:fs/promises';
import { UsageError } from '../errors.ts';
import { sha256 } from '../ledger/index.ts';
import { replaceFile } from '../onnx/replace-file.ts';
import type { ScoresCache, ScoresKey } from './scores-cache.ts';

const format = 'edgebook-scores 1';

interface Header {
  readonly format: string;
  readonly key: ScoresKey;
  /** Of the bytes behind the header. */
  readonly sha256: string;
}

/**
 * Keeps the scores of one teacher for one data set in a file: a line of JSON that tells what they are of, then float32,
 * little-endian. It is replaced as a whole. `name` is what messages call it. Reading throws UsageError, which names the
 * file, where it keeps other scores, is damaged or is something else.
 */
export function fileCache(path: string, name = path): ScoresCache {
  return {
    name: `'${name}'`,
    load: async (key) => {
      const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw new UsageError(`'${name}' cannot be read: ${error.message}`, { cause: error });
      });
      return bytes && scoresIn(bytes, { key, name });
    },
    save: (key, scores) => {
      const bytes = new Uint8Array(scores.buffer, scores.byteOffset, scores.byteLength);
      const header: Header = { format, key, sha256: sha256(bytes) };
      return replaceFile(path, [Buffer.from(`${JSON.stringify(header)}\n`), bytes]);
    },
  };
}

function scoresIn(file: Buffer, { key, name }: { key: ScoresKey; name: string }): Float32Array {
  const end = file.indexOf('\n');
  const header = headerIn(file.subarray(0, Math.max(0, end)));
  if (!header)
    throw new UsageError(
      `'${name}' must be a file with the scores of a teacher, is something else: name another file`,
    );
  const different = differences(header.key, key);
  if (different.length > 0)
    throw new UsageError(
      `'${name}' keeps other scores than are needed: ${different.join('; ')}. Name another file, or remove it to compute them anew`,
    );
  const bytes = Uint8Array.from(file.subarray(end + 1));
  if (sha256(bytes) !== header.sha256)
    throw new UsageError(`'${name}' is damaged: its scores are not those that were saved. Remove it`);
  return new Float32Array(bytes.buffer);
}

function headerIn(line: Buffer): Header | undefined {
  try {
    const header = JSON.parse(line.toString()) as Partial<Header> | null;
    return header?.format === format && header.key ? (header as Header) : undefined;
  } catch {
    return undefined;
  }
}

const called: Readonly<Record<keyof ScoresKey, string>> = {
  teacher: 'teacher (sha256)',
  data: 'data (fingerprint)',
  input: 'input',
  samples: 'samples',
  batch: 'batch size',
  nodes: 'nodes that compute the scores (loss, or version of Edgebook; sha256)',
};

/** `samples: 64 in it, 128 now`. */
function differences(there: ScoresKey, here: ScoresKey): string[] {
  const fields = Object.keys(called) as (keyof ScoresKey)[];
  const differing = fields.filter((field) => there[field] !== here[field]);
  // Other nodes follow from another teacher, input or batch, and tell nothing beside it.
  const causes = differing.filter((field) => field !== 'nodes');
  return (causes.length > 0 ? causes : differing).map(
    (field) => `${called[field]}: ${short(there[field])} in it, ${short(here[field])} now`,
  );
}

const short = (value: string | number): string => String(value).replace(/^([0-9a-f]{12})[0-9a-f]{52}$/, '$1');
