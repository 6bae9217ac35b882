import { conv } from './conv.ts';
import { gather } from './gather.ts';
import { lstm } from './lstm.ts';
import { gemm, matMul } from './mat-mul.ts';
import type { DynamicRule } from './rule.ts';

/** Operators that compute in int8 with activations quantized at run time. */
export const dynamicRules: readonly DynamicRule[] = [conv, gather, gemm, lstm, matMul];
