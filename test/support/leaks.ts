/**
 * Unit tests share a process with the files that ran before them in it: a file that changes what all see, and does not put
 * it back, fails here instead of another one later.
 */
import { afterAll, expect, vi } from 'vitest';

interface Shared {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly globals: readonly PropertyKey[];
  readonly listeners: Readonly<Record<string, number>>;
  readonly exitCode: typeof process.exitCode;
}

const shared = (): Shared => ({
  folder: process.cwd(),
  environment: { ...process.env },
  globals: Reflect.ownKeys(globalThis).sort((a, b) => String(a).localeCompare(String(b))),
  listeners: Object.fromEntries(
    process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
  ),
  exitCode: process.exitCode,
});

// Taken before the test file is loaded, so that what its modules change counts too.
const before = shared();

afterAll(() => {
  expect(vi.isFakeTimers(), 'fake timers').toBe(false);
  expect(shared()).toEqual(before);
});
