import { recurrent } from './recurrent.ts';

export const lstm = recurrent('LSTM', { gates: 4, cells: true });
