import type { Step } from '../step.ts';
import { distill } from './distill.ts';
import { onnxruntime } from './onnxruntime.ts';
import { optimize } from './optimize.ts';
import { prune } from './prune.ts';
import { train } from './train.ts';

/** The steps of the library. A test compares this list with the folder. */
export const steps: readonly Step[] = [optimize, onnxruntime, train, prune, distill];
