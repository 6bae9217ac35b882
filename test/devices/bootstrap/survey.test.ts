import { expect, test } from 'vitest';
import { readSurvey } from '../../../devices/bootstrap/survey.ts';

const said = (changes: Readonly<Record<string, string>> = {}): string =>
  Object.entries({
    system: 'Linux',
    machine: 'aarch64',
    home: '/home/me',
    libc: 'glibc 2.35',
    free: '2000',
    ...changes,
  })
    .map(([key, value]) => `${key} ${value}`)
    .join('\n');

test('a bare board: nothing there, everything possible', () => {
  expect(readSurvey('edge', said())).toEqual({
    arch: 'arm64',
    node: undefined,
    home: '/home/me',
    free: 2_048_000,
    present: [],
  });
});

test('a Node of its own is used if it is new enough, also behind an old one', () => {
  const nodes = '\nnode /usr/bin/node 18.19.0\nnode /opt/my node/bin/node 22.13.0\nnode /x/node 24.0.0';
  expect(readSurvey('edge', said() + nodes).node).toBe('/opt/my node/bin/node');
  expect(
    readSurvey('edge', `${said()}\nnode /usr/bin/node 22.11.0\nnode /broken/node `).node,
  ).toBeUndefined();
});

test('what was sent before is found', () => {
  const text = `${said()}\npresent /home/me/.edgebook/node/24.21.0-linux-arm64\npresent /home/me/.edgebook/edgebook/abc`;
  expect(readSurvey('edge', text).present).toEqual(['node/24.21.0-linux-arm64', 'edgebook/abc']);
});

test.each([
  [{ machine: 'armv7l' }, /edge is a armv7l machine, for which there is no Node .* and no onnxruntime/],
  [{ libc: 'musl libc (aarch64)', musl: '/lib/ld-musl-aarch64.so.1' }, /edge has the C library musl/],
  [{ libc: 'glibc 2.27' }, /edge has glibc 2.27. Cells run on 64-bit Linux with glibc 2.28 or newer/],
  [{ libc: 'ldd (Ubuntu GLIBC 2.23-0ubuntu11) 2.23' }, /edge has glibc 2.23/],
  [{ system: 'Darwin' }, /edge runs Darwin/],
])('%o is refused, with what works', (changes, message) => {
  expect(() => readSurvey('edge', said(changes))).toThrow(message);
  expect(() => readSurvey('edge', said(changes))).toThrow(/%%on edge --shell works all the same/);
});

test('a glibc system that has musl beside is no musl system', () => {
  expect(readSurvey('edge', said({ musl: '/lib/ld-musl-x86_64.so.1', machine: 'x86_64' })).arch).toBe('x64');
});
