import { elementwise } from '../elementwise.ts';

export const qLinearAdd = elementwise('QLinearAdd', 'adder');
