import { expect, test } from 'vitest';
import { shortNames } from '../../../src/report/short-names.ts';

test('names that fit stay as they are', () => {
  expect(shortNames(['conv1', '😀😀😀'], 5)).toEqual(['conv1', '😀😀😀']);
});

test('what all long names begin with goes first, up to a separator', () => {
  expect(shortNames(['x', 'network/block1/conv', 'network/block2/conv'], 14)).toEqual([
    'x',
    '…/block1/conv',
    '…/block2/conv',
  ]);
});

test('then the middle goes: names differ at their ends', () => {
  expect(shortNames(['abcdefghijklmnop'], 10)).toEqual(['abc…klmnop']);
  expect(shortNames(['😀'.repeat(20)], 7)).toEqual([`😀😀…${'😀'.repeat(4)}`]);
});
