import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tarOf } from '../../../devices/bootstrap/tar.ts';

test("the system's tar unpacks it: contents, long paths, permissions", () => {
  const folder = mkdtempSync(join(tmpdir(), 'edgebook-tar-'));
  const long = `${'d'.repeat(60)}/${'e'.repeat(60)}/${'f'.repeat(90)}.js`;
  const entries = [
    { path: 'empty', content: new Uint8Array() },
    { path: 'a/block', content: new Uint8Array(512).fill(7) },
    { path: long, content: Buffer.from('long') },
    { path: 'bin/node', content: Buffer.from('x'), executable: true },
  ];
  execFileSync('tar', ['xf', '-', '-C', folder], { input: tarOf(entries) });
  for (const { path, content } of entries)
    expect(readFileSync(join(folder, path)).equals(content)).toBe(true);
  expect([
    statSync(join(folder, 'bin/node')).mode & 0o111,
    statSync(join(folder, 'empty')).mode & 0o111,
  ]).toEqual([0o111, 0]);
  rmSync(folder, { recursive: true });
});

test('a path that the format cannot hold is an error', () => {
  expect(() => tarOf([{ path: 'x'.repeat(101), content: new Uint8Array() }])).toThrow(
    /too long for a tar archive/,
  );
});
