import type { Dim } from '../ir/index.ts';
import { constantOf } from './constant.ts';
import { moves } from './cost.ts';
import { attributeDtype } from './dtype-attribute.ts';
import type { Op } from './op.ts';

/** Inputs mel bins, DFT length, sample rate, lowest and highest frequency; a matrix [DFT length / 2 + 1, mel bins]. */
export const melWeightMatrix: Op = {
  type: 'MelWeightMatrix',
  infer(node) {
    const [bins, length] = [0, 1].map((i) => constantOf(node.input(i))?.toNumbers()[0]);
    const rows: Dim = length === undefined ? null : Math.floor(length / 2) + 1;
    return [{ dtype: attributeDtype(node, 'output_datatype', 'float32'), shape: [rows, bins ?? null] }];
  },
  cost: moves,
  parameters: [],
};
