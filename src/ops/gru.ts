import { gruGrad } from './gru-grad.ts';
import { recurrent } from './recurrent.ts';

export const gru = recurrent('GRU', { gates: 3, cells: false, cellGrad: gruGrad });
