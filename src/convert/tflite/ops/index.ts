import type { Mapping } from '../call.ts';
import { convolutionOps } from './convolution.ts';
import { customOps } from './custom.ts';
import { elementwiseOps } from './elementwise.ts';
import { reductionOps } from './reduction.ts';
import { shapeOps } from './shape.ts';

/** How each TFLite operator is written, by its name. */
export const tfliteOps: ReadonlyMap<string, Mapping> = new Map(
  [convolutionOps, customOps, elementwiseOps, reductionOps, shapeOps].flatMap((table) =>
    Object.entries(table),
  ),
);
