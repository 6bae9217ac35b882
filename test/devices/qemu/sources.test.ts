import { expect, test } from 'vitest';
import { readTargets } from '../../../devices/qemu/sources.ts';

const stanza = (fields: Record<string, string>): string =>
  Object.entries({
    ShortDesc: 'Packages',
    Codename: 'bookworm',
    Origin: 'Debian',
    Component: 'main',
    'Repo-URI': 'http://mirror.example/debian/',
    Release: 'bookworm',
    ...fields,
  })
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');

test("the machine's Debian sources, and no others, are those of the board", () => {
  const text = [
    stanza({ Release: 'bookworm-updates' }),
    stanza({ 'Signed-By': '/usr/share/keyrings/debian-archive-keyring.gpg' }),
    stanza({ Origin: 'Node Source', 'Repo-URI': 'https://node.example/' }),
    stanza({ Component: 'contrib' }),
    stanza({ 'Signed-By': ' . mQINBFit2ioBEADhWpZ8' }),
  ].join('\n');
  expect(readTargets(text)).toEqual({
    suite: 'bookworm',
    lines: [
      'deb http://mirror.example/debian/ bookworm-updates main',
      'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/debian/ bookworm main',
      'deb http://mirror.example/debian/ bookworm main',
    ],
  });
});

test('a machine whose apt knows no Debian is told so', () => {
  expect(() => readTargets(stanza({ Origin: 'Ubuntu' }))).toThrow(
    /apt knows none on this machine. On Debian run apt-get update/,
  );
});
