import { defineConfig } from 'vitest/config';

/**
 * Emulated arm64 boards (QEMU, Debian's packages). They need both processors to themselves, since limits of time are a part of
 * what is tested: by `npm run test:boards`, apart from all other suites.
 */
export default defineConfig({
  test: {
    name: 'boards',
    include: ['test/live-devices/qemu*.test.ts'],
    maxWorkers: 1,
    testTimeout: 300_000,
    hookTimeout: 120_000,
    env: { ORT_DISABLE_TELEMETRY: '1', EDGEBOOK_HISTORY: ':memory:' },
  },
});
