import { dtypeCode, type GraphBuilder, type Value } from '../ir/index.ts';

/** A value, or a number that becomes a float32 scalar. */
export type Term = Value | number;

type Unary = (x: Term) => Value;
type Binary = (a: Term, b: Term) => Value;

/** Short names for the formulas of gradients. */
export interface Arithmetic {
  readonly add: Binary;
  readonly sub: Binary;
  readonly mul: Binary;
  readonly div: Binary;
  readonly neg: Unary;
  readonly exp: Unary;
  readonly sqrt: Unary;
  readonly tanh: Unary;
  readonly sigmoid: Unary;
  readonly sign: Unary;
  readonly square: Unary;
  /** 1 where `a > b`, else 0. */
  readonly greater: Binary;
  /** 1 where `a < b`, else 0. */
  readonly less: Binary;
  /** 1 where `a = b`, else 0. */
  readonly equal: Binary;
  /** Sum over `axes`, which stay as size 1. */
  sum(x: Term, axes: readonly number[]): Value;
  /** Mean over `axes`, which stay as size 1. */
  mean(x: Term, axes: readonly number[]): Value;
}

/** Writes each formula as nodes of `g`. */
export function arithmetic(g: GraphBuilder): Arithmetic {
  const value = (term: Term): Value => (typeof term === 'number' ? g.scalar(term) : term);
  const unary =
    (op: string): Unary =>
    (x) =>
      g.op(op, [value(x)]);
  const binary =
    (op: string): Binary =>
    (a, b) =>
      g.op(op, [value(a), value(b)]);
  const compare =
    (op: string): Binary =>
    (a, b) =>
      g.op('Cast', [binary(op)(a, b)], { to: dtypeCode('float32') });
  const reduce = (op: string) => (x: Term, axes: readonly number[]) =>
    g.op(op, [value(x), g.int64s(axes)], { keepdims: 1 });
  const mul = binary('Mul');
  return {
    ...{ add: binary('Add'), sub: binary('Sub'), mul, div: binary('Div') },
    ...{ neg: unary('Neg'), exp: unary('Exp'), sqrt: unary('Sqrt'), tanh: unary('Tanh') },
    ...{ sigmoid: unary('Sigmoid'), sign: unary('Sign'), square: (x: Term) => mul(x, x) },
    ...{ greater: compare('Greater'), less: compare('Less'), equal: compare('Equal') },
    ...{ sum: reduce('ReduceSum'), mean: reduce('ReduceMean') },
  };
}
