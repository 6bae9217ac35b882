import { moves } from './cost.ts';
import type { Op } from './op.ts';
import { sequence } from './sequence-type.ts';

/** A sequence of its inputs. */
export const sequenceConstruct: Op = { type: 'SequenceConstruct', infer: () => [sequence], cost: moves };
