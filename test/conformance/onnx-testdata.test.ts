import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/ir/index.ts';
import { readModel, writeModel } from '../../src/onnx/index.ts';
import { meaning } from '../src/onnx/meaning.ts';
import { groups, testdata } from '../support/onnx-testdata.ts';

const { files, present, why } = testdata;

describe.skipIf(!present)(`the models of libonnx-testdata${why}`, () => {
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
