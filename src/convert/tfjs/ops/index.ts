import type { Mapping } from '../graph-node.ts';
import { convolutionOps } from './convolution.ts';
import { elementwiseOps } from './elementwise.ts';
import { imageOps } from './image.ts';
import { matrixOps } from './matrix.ts';
import { reductionOps } from './reduction.ts';
import { shapeOps } from './shape.ts';

/** How each operator of a tfjs graph model is written, by its name. Const and Placeholder are the reader's own. */
export const graphOps: ReadonlyMap<string, Mapping> = new Map(
  [convolutionOps, elementwiseOps, imageOps, matrixOps, reductionOps, shapeOps].flatMap((table) =>
    Object.entries(table),
  ),
);
