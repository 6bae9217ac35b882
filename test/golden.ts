import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';

/** Compares `text` with the file `test/golden/NAME`. `UPDATE_GOLDEN=1` writes the file instead; then read its diff. */
export function expectGolden(text: string, name: string): void {
  const file = path.join(import.meta.dirname, 'golden', name);
  const content = text.endsWith('\n') ? text : `${text}\n`;
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  expect(existsSync(file), `${name} is missing: run the tests once with UPDATE_GOLDEN=1`).toBe(true);
  expect(content).toBe(readFileSync(file, 'utf8'));
}
