import { describe, expect, test } from 'vitest';
import { attentionTransfer } from '../../../../src/distill/losses/attention.ts';
import { featureDifference } from '../../../../src/distill/losses/feature.ts';
import { relational } from '../../../../src/distill/losses/relational.ts';
import type { GraphBuilder, Value } from '../../../../src/ir/index.ts';
import { worstGradientError } from '../../../support/finite-differences.ts';

const cases: [
  name: string,
  write: (g: GraphBuilder, student: Value, teacher: Value) => Value,
  shapes: number[][],
][] = [
  [
    'features',
    featureDifference,
    [
      [2, 3, 4, 4],
      [2, 3, 4, 4],
    ],
  ],
  [
    'attention of images',
    attentionTransfer,
    [
      [3, 2, 3, 4],
      [3, 5, 3, 4],
    ],
  ],
  [
    'attention of tokens',
    attentionTransfer,
    [
      [3, 6, 2],
      [3, 6, 4],
    ],
  ],
  [
    'relations',
    relational,
    [
      [4, 3],
      [4, 5],
    ],
  ],
  [
    'relations of images',
    relational,
    [
      [3, 2, 2, 2],
      [3, 1, 3, 3],
    ],
  ],
];

describe('gradients agree with finite differences through onnxruntime', () => {
  test.each(cases)('%s', async (name, write, shapes) => {
    const error = await worstGradientError({
      name,
      shapes,
      // Times 10, so that a small loss does not drown in the rounding of its differences.
      build: (g, [student, teacher]) =>
        g.op('Reshape', [g.op('Mul', [write(g, student!, teacher!), g.scalar(10)]), g.int64s([1])]),
      skip: [1],
    });
    expect(error).toBeLessThan(2e-3);
  });
});
