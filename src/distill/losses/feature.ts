import type { GraphBuilder, Value } from '../../ir/index.ts';
import { meanSquares } from './mean-squares.ts';

/**
 * The mean squared difference of two features of one shape (FitNets, Romero et al. 2015, arXiv 1412.6550). The
 * student's comes out of a projector where the channels differ.
 */
export const featureDifference = (g: GraphBuilder, student: Value, teacher: Value): Value =>
  meanSquares(g, g.op('Sub', [student, teacher]));
