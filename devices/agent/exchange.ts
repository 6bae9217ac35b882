import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ownModelFile } from './folders.ts';
import { packValue, unpackValue } from './values.ts';

// What the agent's session calls: values go between the agent and the process with the variables through files.

/** The value in a file that the agent has written. */
export const receiveValue = (path: string): Promise<unknown> =>
  unpackValue(readFileSync(path), async (hash) => readFileSync(ownModelFile(hash)));

/** Writes a value to a file for the agent; its models are kept where models are. */
export async function sendValue(path: string, value: unknown): Promise<void> {
  const { bytes, models } = packValue(value, 'the value');
  for (const [hash, content] of models) await keepModel(ownModelFile(hash), content);
  writeFileSync(path, bytes);
}

async function keepModel(path: string, content: Uint8Array): Promise<void> {
  if (existsSync(path)) return;
  await mkdir(dirname(path), { recursive: true });
  writeFileSync(`${path}.part`, content);
  await rename(`${path}.part`, path);
}
