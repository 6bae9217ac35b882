import { describe, it } from 'vitest';
import { print } from '../../../src/ir/index.ts';
import { readModel } from '../../../src/onnx/index.ts';
import { expectGolden } from '../../golden.ts';
import { everything, nested, small, toBytes } from '../onnx/sample-models.ts';

describe('print', () => {
  it.each(Object.entries({ small, nested, everything }))('shows the model %s', (name, make) => {
    expectGolden(print(readModel(toBytes(make()))), `print/${name}.txt`);
  });
});
