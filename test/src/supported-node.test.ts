import { expect, test, vi } from 'vitest';
import { isSupportedNode } from '../../src/supported-node.ts';

test.each([
  ['20.19.5', false],
  ['22.12.0', false],
  ['22.13.0', true],
  ['24.0.0', true],
])('Node %s: %s', (version, supported) => {
  expect(isSupportedNode(version)).toBe(supported);
});

test('the library refuses an older Node at once, with one sentence', async () => {
  // Other files of this process have loaded it.
  vi.resetModules();
  vi.stubGlobal('process', Object.create(process, { versions: { value: { node: '20.19.5' } } }));
  const error = await import('../../src/index.ts').catch((e: Error) => e);
  vi.unstubAllGlobals();
  vi.resetModules();
  expect(error).toMatchObject({
    name: 'UsageError',
    message: expect.stringMatching(
      /^The library 'edgebook' needs Node 22\.13 or newer, this is 20\.19\.5.*npx node/,
    ),
  });
});
