import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { AnnouncedGroup, announceGroup, withoutAnnouncement } from '../../../devices/ssh/announced-group.ts';

test('the group is taken out, in whatever pieces it comes, with what a login shell says before', async () => {
  const bytes = Buffer.from('setlocale: warning\n\u00014711\nown ü\n');
  for (let cut = 1; cut < bytes.length; cut++) {
    const group = new AnnouncedGroup();
    const parts = [bytes.subarray(0, cut), bytes.subarray(cut)].map((part) => group.filter(part));
    expect(Buffer.concat(parts).toString()).toBe('own ü\n');
    expect(await group.number).toBe('4711');
  }
});

test('without one all passes, after so much that it cannot come any more', () => {
  const group = new AnnouncedGroup();
  expect(group.filter(Buffer.alloc(70_000, 'x'))).toHaveLength(70_000);
  expect(withoutAnnouncement('\u000112\nPermission denied')).toBe('Permission denied');
});

const shells = ['sh', 'bash', 'busybox'].filter((shell) => spawnSync(shell, ['true']).error === undefined);

test.each(shells)('%s tells how a command has ended, and nothing of its own', (shell) => {
  const run = (...argv: string[]) => {
    const words = [...(shell === 'busybox' ? ['sh'] : []), '-c', announceGroup, 'sh', ...argv];
    const { status, stdout, stderr } = spawnSync(shell, words, { input: 'given', encoding: 'utf8' });
    return [status, stdout, withoutAnnouncement(stderr)];
  };
  expect(run('sh', '-c', 'cat; echo own >&2; exit 7')).toEqual([7, 'given', 'own\n']);
  expect(run('sh', '-c', 'kill -KILL $$')).toEqual([137, '', '']);
  const [status, , said] = run('no-such-command');
  expect([status, /no-such-command.*not found/.test(String(said))]).toEqual([127, true]);
});
