import { floats, Tensor } from '../../../../src/ir/index.ts';
import { fed, type OpCase, scalar } from '../../../support/one-node.ts';

/** Five steps of two sequences of three features; four hidden. */
const recurrent = (op: string, gates: number, attributes = {}): OpCase[] => {
  const directions = 'direction' in attributes && attributes.direction === 'bidirectional' ? 2 : 1;
  const weights = [
    [directions, gates * 4, 3],
    [directions, gates * 4, 4],
  ];
  const biases = [directions, 2 * gates * 4];
  const outputs = op === 'LSTM' ? 3 : 2;
  return [
    { op, inputs: [[5, 2, 3], ...weights], attributes: { hidden_size: 4, ...attributes } },
    { op, inputs: [[5, 2, 3], ...weights, biases], attributes: { hidden_size: 4, ...attributes }, outputs },
    {
      op,
      inputs: [[5, 2, 3], ...weights, biases, Tensor.of('int32', [5, 3]), [directions, 2, 4]],
      attributes: { hidden_size: 4, ...attributes },
      outputs,
    },
  ];
};

const einsum = (equation: string, ...inputs: number[][]): OpCase => ({
  op: 'Einsum',
  inputs,
  attributes: { equation },
});

export const sequenceCases: OpCase[] = [
  ...Object.entries({ LSTM: 4, GRU: 3, RNN: 1 }).flatMap(([op, gates]) => [
    ...recurrent(op, gates),
    ...recurrent(op, gates, { direction: 'reverse' }),
    ...recurrent(op, gates, { direction: 'bidirectional' }),
  ]),
  einsum('ij,jk->ik', [3, 4], [4, 5]),
  einsum('ij , jk', [3, 4], [4, 5]),
  einsum('ij->ji', [3, 4]),
  einsum('ba', [3, 4]),
  einsum('ii->i', [3, 3]),
  einsum('ij->', [3, 4]),
  einsum('...ij,...jk->...ik', [2, 1, 3, 4], [1, 6, 4, 5]),
  einsum('b...i,...->b...', [2, 3, 4, 5], [3, 4]),
  einsum('bhqd,bhkd->bhqk', [2, 2, 3, 4], [2, 2, 5, 4]),
  einsum('i,j,k->kji', [2], [3], [4]),
  { op: 'HannWindow', inputs: [scalar('int64', 10)] },
  { op: 'HammingWindow', inputs: [scalar('int64', 10)], attributes: { output_datatype: 11 } },
  { op: 'BlackmanWindow', inputs: [scalar('int32', 8)] },
  {
    op: 'MelWeightMatrix',
    inputs: [
      scalar('int64', 8),
      scalar('int64', 16),
      scalar('int64', 8192),
      scalar('float32', 0),
      scalar('float32', 4096),
    ],
  },
  { op: 'DFT', inputs: [[2, 8, 1]], opset: 17 },
  { op: 'DFT', inputs: [[2, 8, 1]], attributes: { onesided: 1 }, opset: 17 },
  { op: 'DFT', inputs: [[2, 8, 2], scalar('int64', 6)], attributes: { inverse: 1 }, opset: 17 },
  { op: 'DFT', inputs: [[2, 8, 4, 1]], attributes: { axis: 2 }, opset: 17 },
  { op: 'DFT', inputs: [[2, 8, 1], undefined, scalar('int64', 1)], attributes: { onesided: 1 } },
  { op: 'DFT', inputs: [[2, 8, 4, 1], undefined, scalar('int64', -2)] },
  { op: 'DFT', inputs: [[2, 8, 4, 1]] },
  { op: 'STFT', inputs: [[1, 128, 1], scalar('int64', 8), undefined, scalar('int64', 16)] },
  { op: 'STFT', inputs: [[1, 128, 1], scalar('int64', 8), [16]] },
  {
    op: 'STFT',
    inputs: [[2, 128, 1], scalar('int64', 7), [16], scalar('int64', 16)],
    attributes: { onesided: 0 },
  },
  {
    op: 'TfIdfVectorizer',
    inputs: [fed('int64', 2, 6)],
    attributes: {
      mode: 'TF',
      min_gram_length: 1,
      max_gram_length: 1,
      max_skip_count: 0,
      ngram_counts: [0],
      ngram_indexes: [0, 2, 1],
      pool_int64s: [2, 3, 5],
      weights: floats([1, 1, 1]),
    },
  },
];
