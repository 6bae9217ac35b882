import { UsageError } from '../../src/errors.ts';
import { packValue, unpackValue } from '../agent/values.ts';
import { pythonCell } from './python-processes.ts';
import { pythonValues } from './python-values.ts';
import { fromPython, toPython } from './python-wire.ts';
import { typescriptValues } from './typescript-values.ts';
import type { ValueBox } from './value-box.ts';

type Run = (code: string) => Promise<void>;

/** How values come and go in a kernel of one language. */
export interface ValueLanguage {
  /** A cell that readies the kernel; it may run again. */
  readonly program: string;
  /** Declares a variable; gives the bytes that have travelled. Throws UsageError for what cannot be sent. */
  push(target: { readonly box: ValueBox; readonly run: Run }, name: string, value: unknown): Promise<number>;
  pull(target: { readonly box: ValueBox; readonly run: Run }, expression: string): Promise<unknown>;
}

const python: ValueLanguage = {
  program: pythonCell('_edgebook_values', pythonValues),
  async push({ box, run }, name, value) {
    const bytes = toPython(value, name);
    const id = await box.number();
    await box.put(id, bytes);
    await run(`${name} = __import__("_edgebook_values").take(${id})`);
    return bytes.length;
  },
  async pull({ box, run }, expression) {
    const id = await box.number();
    await run(`__import__("_edgebook_values").give(${id}, (${expression}\n))`);
    return fromPython(await box.take(id));
  },
};

const own = "globalThis[Symbol.for('edgebook.values')]";

const typescript: ValueLanguage = {
  program: typescriptValues,
  async push({ box, run }, name, value) {
    const { bytes, models } = packValue(value, name);
    const id = await box.number();
    await box.put(id, bytes);
    const numbers: Record<string, number> = {};
    let sent = bytes.length;
    for (const [hash, content] of models) {
      numbers[hash] = await box.number();
      await box.put(numbers[hash], content);
      sent += content.length;
    }
    await run(`let ${name} = await ${own}.take(${id}, ${JSON.stringify(numbers)})`);
    return sent;
  },
  async pull({ box, run }, expression) {
    const id = await box.number();
    await run(`await ${own}.give(${id}, (${expression}\n))`);
    const [value, models] = partsOf(await box.take(id));
    return unpackValue(value, async (hash) => models.get(hash)!);
  },
};

/** The packed value, and the models that go with it by their hashes. */
function partsOf(bytes: Uint8Array): [Uint8Array, ReadonlyMap<string, Uint8Array>] {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 8 + Number(all.readBigUInt64LE(0));
  const head = JSON.parse(all.toString('utf8', 8, at)) as { hashes: string[]; lengths: number[] };
  const parts = head.lengths.map((length) => {
    at += length;
    return all.subarray(at - length, at);
  });
  return [parts[0]!, new Map(head.hashes.map((hash, i) => [hash, parts[i + 1]!]))];
}

const languages: Readonly<Record<string, ValueLanguage>> = { python, typescript };

/** Throws UsageError for a language whose variables Edgebook does not reach. */
export function valueLanguage(device: string, language: string): ValueLanguage {
  const found = languages[language];
  if (found) return found;
  throw new UsageError(
    `${device}: values go to and from kernels of Python and of Edgebook; its cells are in ${language}. Attach it with ?kernel=python3, or let a cell read a file`,
  );
}

const slashes = [
  'typescript',
  'javascript',
  'c++',
  'c',
  'c#',
  'java',
  'kotlin',
  'scala',
  'rust',
  'go',
  'swift',
];
const hashes = ['python', 'r', 'julia', 'ruby', 'bash', 'perl', 'octave'];

/** What stands for the line `%%on NAME` in the code that is sent, so that errors name the lines of the cell. */
export function firstLine(language: string, code: string): string {
  // A cell magic there must be in the first line.
  if (/^\s*%%/.test(code)) return '';
  if (slashes.includes(language)) return '// %%on\n';
  return hashes.includes(language) ? '# %%on\n' : '\n';
}
