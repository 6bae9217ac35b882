import { existsSync, globSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/ir/index.ts';
import { readModel, writeModel } from '../../src/onnx/index.ts';
import { meaning } from '../src/onnx/meaning.ts';

const folder = '/usr/share/libonnx-testdata/data';
const present = existsSync(folder);
const why = present ? '' : ` (skipped: ${folder} is missing; install the Debian package libonnx-testdata)`;

describe.skipIf(!present)(`the models of libonnx-testdata${why}`, () => {
  const files = present ? globSync(`${folder}/**/*.onnx`) : [];

  it('are all there', () => {
    expect(files.length).toBeGreaterThan(1000);
  });

  it.each(groups(files))(
    'hold the invariants, and mean the same after reading and writing: %s',
    (_, group) => {
      for (const file of group) {
        const bytes = readFileSync(file);
        const model = readModel(bytes);
        check(model);
        expect(meaning(writeModel(model)), file).toEqual(meaning(bytes));
      }
    },
  );
});

/** Files by the folder and the first letter of the model, so that a failure shows where it is. */
function groups(files: readonly string[]): [string, string[]][] {
  const key = (file: string) => relative(folder, file).slice(0, 'node/test_a'.length);
  return Object.entries(Object.groupBy(files, key)) as [string, string[]][];
}
