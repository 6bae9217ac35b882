import { moves } from './cost.ts';
import { inferTest } from './elementwise.ts';
import { sameChannels } from './elementwise-channels.ts';
import type { Op } from './op.ts';

export const isInf: Op = { type: 'IsInf', infer: inferTest('float'), cost: moves, channels: sameChannels };
