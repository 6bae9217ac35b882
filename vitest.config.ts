import { defineConfig } from 'vitest/config';

/**
 * The extra suites need more than npm: real Jupyter, PyTorch, Chromium, ONNX's own test data, LiteRT, sshd. They skip, with the
 * reason. The tutorials need no more, but half a minute.
 */
const extra = [
  'jupyter',
  'terminal',
  'torch',
  'pruning-peer',
  'browser',
  'conformance',
  'converters',
  'tutorials',
];

/** What needs no more than npm, but so much time that everyday's tests would be too slow: `npm run test:thorough`. */
const thorough = 'test/**/*.thorough.test.ts';

/** A mocked module must not be loaded before: these files get processes of their own. */
const mocking = ['test/src/quantize/quantize-trained.test.ts', 'test/magics/prune.test.ts'];

/** What is about times and ports of this machine: one file after another, after all others. */
const alone = { maxWorkers: 1, sequence: { groupOrder: 1 } };

const project = (name: string, include: string[], more: object = {}) => ({
  test: {
    name,
    ...more,
    include,
    exclude: [...(name === 'unit' ? mocking : []), ...(name === 'thorough' ? [] : [thorough])],
    testTimeout: name.startsWith('unit') ? 30_000 : 300_000,
    hookTimeout: 120_000,
    // Loading the modules anew for each of 170 files took longer than the tests. `test/support/leaks.ts` fails a file that
    // leaves something behind for the next one.
    ...(name === 'unit' && { isolate: false, setupFiles: ['test/support/leaks.ts'] }),
    // Nothing that tests run belongs into the history of who runs them.
    env: { ORT_DISABLE_TELEMETRY: '1', EDGEBOOK_HISTORY: ':memory:' },
  },
});

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      project('unit', ['test/{src,magics,devices,support,bench}/**/*.test.ts', 'test/*.test.ts']),
      // Sessions of a kernel share folders of packages by module.
      project('unit-kernel', ['test/kernel/**/*.test.{ts,tsx}', ...mocking]),
      project('thorough', [thorough]),
      ...extra.map((name) => project(name, [`test/${name}/**/*.test.ts`])),
      project('live-devices', ['test/live-devices/**/!(qemu)*.test.ts'], alone),
    ],
  },
});
