/**
 * Unit tests share a process with the files that ran before them in it: a file that changes what all see, and does not put
 * it back, fails here instead of another one later.
 */
import { afterAll, expect, vi } from 'vitest';

/** libvips sets VIPSHOME once it is loaded, for itself. */
const shared = () => ({
  folder: process.cwd(),
  environment: { ...process.env, VIPSHOME: undefined },
  exitCode: process.exitCode,
});

// Taken before the test file is loaded, so that what its modules change counts too.
const before = shared();

afterAll(() => {
  expect(vi.isFakeTimers(), 'fake timers').toBe(false);
  expect(shared()).toEqual(before);
});
