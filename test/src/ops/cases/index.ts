import type { OpCase } from '../../../support/one-node.ts';
import { activationCases } from './activations.ts';
import { arithmeticCases } from './arithmetic.ts';
import { indexCases } from './indices.ts';
import { matrixCases } from './matrices.ts';
import { fusedCases, quantizedCases } from './quantized.ts';
import { selectionCases } from './selections.ts';
import { sequenceCases } from './sequences.ts';
import { shapeCases } from './shapes.ts';
import { windowCases } from './windows.ts';

/** Calls of single operators that onnxruntime accepts. */
export const opCases: readonly OpCase[] = [
  ...[...activationCases, ...arithmeticCases, ...indexCases, ...matrixCases, ...shapeCases, ...windowCases],
  ...[...selectionCases, ...sequenceCases, ...quantizedCases, ...fusedCases],
];
