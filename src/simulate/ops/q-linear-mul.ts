import { elementwise } from '../elementwise.ts';

export const qLinearMul = elementwise('QLinearMul', 'multiplier');
