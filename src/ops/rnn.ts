import { recurrent } from './recurrent.ts';

export const rnn = recurrent('RNN', { gates: 1, cells: false });
