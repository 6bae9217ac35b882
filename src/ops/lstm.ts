import { lstmGrad } from './lstm-grad.ts';
import { recurrent } from './recurrent.ts';

export const lstm = recurrent('LSTM', { gates: 4, cells: true, cellGrad: lstmGrad });
