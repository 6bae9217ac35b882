import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { RotatingLog } from '../../../devices/service/rotating-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'edgebook-log-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the last lines are kept in files of bounded size', () => {
  const path = join(folder, 'deep/log.jsonl');
  const log = new RotatingLog(path, { maxBytes: 1000, files: 3 });
  for (let i = 0; i < 500; i++) log.add({ i });
  log.close();
  const names = readdirSync(join(folder, 'deep')).toSorted();
  expect(names).toEqual(['log.jsonl', 'log.jsonl.1', 'log.jsonl.2']);
  for (const name of names) expect(statSync(join(folder, 'deep', name)).size).toBeLessThanOrEqual(1000);
  const lines = names.toReversed().flatMap((name) =>
    readFileSync(join(folder, 'deep', name), 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { i: number }).i),
  );
  expect(lines).toEqual(Array.from({ length: lines.length }, (_, i) => 500 - lines.length + i));
  expect(lines.length).toBeGreaterThan(150);
});

test('what cannot be written stops nothing', () => {
  const path = join(folder, 'taken');
  const log = new RotatingLog(path);
  rmSync(folder, { recursive: true, force: true });
  log.add({ a: 1 });
  expect(() => log.close()).not.toThrow();
});
