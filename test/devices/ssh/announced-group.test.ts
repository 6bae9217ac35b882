import { expect, test } from 'vitest';
import { AnnouncedGroup, withoutAnnouncement } from '../../../devices/ssh/announced-group.ts';

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
