import { expect, test } from 'vitest';
import { parseLine, usage } from '../../magics/arguments.ts';
import type { Magic } from '../../magics/magic.ts';

const magic: Magic = {
  name: 'train',
  summary: 'Train',
  positionals: [
    { name: 'model', summary: 'what to train', required: true },
    { name: 'data', summary: 'with what' },
  ],
  flags: [
    { name: 'epochs', kind: 'number', summary: 'Passes', default: 1 },
    { name: 'calib', kind: 'string', summary: 'Data set' },
    { name: 'samples', kind: 'number', summary: 'How many', min: 1, integer: true },
    { name: 'int8', kind: 'switch', summary: 'Integers' },
    { name: 'mode', kind: 'choice', choices: ['minmax', 'mse'], summary: 'Observer', default: 'minmax' },
  ],
  examples: [],
  result: 'void',
  run: async () => undefined,
};

test('defaults', () => {
  expect(parseLine(magic, 'cnn')).toEqual({
    positionals: ['cnn'],
    flags: { epochs: 1, calib: undefined, int8: false, mode: 'minmax' },
    body: undefined,
  });
});

test.each([
  ['cnn --epochs 2 --int8 mnist', ['cnn', 'mnist'], { epochs: 2, int8: true }],
  ['--epochs=1e-3 cnn', ['cnn'], { epochs: 0.001 }],
  ['cnn --epochs -1', ['cnn'], { epochs: -1 }],
  ['"a b" --calib=\'c d\'', ['a b'], { calib: 'c d' }],
  ['cnn --calib "--x"', ['cnn'], { calib: '--x' }],
  ['"say \\"hi\\"" --mode mse', ['say "hi"'], { mode: 'mse' }],
  ['"C:\\models\\net.onnx"', ['C:\\models\\net.onnx'], {}],
  ['"a\\\\b"', ['a\\b'], {}],
  ['cnn --calib=', ['cnn'], { calib: '' }],
  ['"--epochs"', ['--epochs'], {}],
])('%s', (line, positionals, flags) => {
  const parsed = parseLine(magic, line, 'body');
  expect(parsed.positionals).toEqual(positionals);
  expect(parsed.flags).toMatchObject(flags);
  expect(parsed.body).toBe('body');
});

test.each([
  [
    '',
    '%train needs MODEL: what to train. Usage: %train MODEL [DATA] [--epochs NUMBER] [--calib STRING] [--samples NUMBER] [--int8] [--mode minmax|mse]',
  ],
  ['a b c', "%train takes 2 arguments, 'c' is one too many"],
  ['a --epohcs 2', "Unknown flag of %train '--epohcs'. Did you mean '--epochs'?"],
  ['a --epochs two', "%train: --epochs must be a number, was 'two'. Passes"],
  ['a --epochs', '%train: --epochs must be a number, was nothing'],
  ['a --epochs --int8', '%train: --epochs must be a number, was nothing'],
  ['a --epochs Infinity', "%train: --epochs must be a number, was 'Infinity'"],
  ['a --samples 0', "%train: --samples must be a whole number of 1 or more, was '0'. How many"],
  ['a --samples 1.5', "%train: --samples must be a whole number of 1 or more, was '1.5'"],
  ['a --epochs ""', "%train: --epochs must be a number, was ''"],
  ['a --mode best', "%train: --mode must be one of minmax, mse, was 'best'"],
  ['a --int8=yes', '%train: --int8 takes no value, was --int8=yes'],
  ['a --int8 --int8', '%train: --int8 is given twice'],
  ['a "b', '%train: a quote " is not closed: a "b'],
])('mistake: %s', (line, message) => {
  expect(() => parseLine(magic, line)).toThrow(
    expect.objectContaining({ name: 'UsageError', message: expect.stringContaining(message) }),
  );
});

test('usage', () => {
  const rest: Magic = { ...magic, positionals: [{ name: 'models', summary: '', rest: true }], flags: [] };
  expect(usage(rest)).toBe('%train [MODELS...]');
  expect(parseLine(rest, 'a b c').positionals).toEqual(['a', 'b', 'c']);
});
