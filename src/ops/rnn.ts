import { recurrent } from './recurrent.ts';
import { rnnGrad } from './rnn-grad.ts';

export const rnn = recurrent('RNN', { gates: 1, cells: false, cellGrad: rnnGrad });
