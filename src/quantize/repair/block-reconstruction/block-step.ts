import { adam, backward, type Optimizer, Tape } from '../../../autodiff/index.ts';
import { float, type Graph, type GraphBuilder, type Model, type Value } from '../../../ir/index.ts';
import { createBuilder } from '../../../ops/index.ts';
import { staticShape } from '../../../ops/static-shape.ts';
import { writeRegularizerGradient } from '../ada-round/soft-rounding.ts';
import { layerModel } from '../layers/layer-graph.ts';
import { type BlockForward, type BlockProblem, writeBlock } from './block-graph.ts';

export const optimizer: Optimizer = adam();

export interface BlockShapes {
  /** Of one sample. */
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly batchSize: number;
  /** Operator set of the model. */
  readonly opset: number;
  /** Whether squared errors are multiplied by an `importance`. */
  readonly weighted?: boolean;
}

export interface StepSetup {
  readonly problem: BlockProblem;
  readonly shapes: BlockShapes;
  readonly samples: number;
  /** What the squared error of a sample is multiplied by. */
  readonly weight: number;
  /** Share of the activations that stay unrounded. */
  readonly drop: number;
  readonly seed: number;
}

/** Elements of V, and the number of scales. */
export const sizesOf = ({ weights, learned }: BlockProblem) => ({
  variables: weights.reduce((sum, { soft }) => sum + soft.floor.length, 0),
  changes: learned.length,
});

/** The vectors that steps change, with their sizes. */
export function stateSizes(problem: BlockProblem): Map<string, number> {
  const { variables, changes } = sizesOf(problem);
  const names = (prefix: string) => optimizer.states.map((name) => `${prefix}/${name}`);
  return new Map([
    ...['variables', ...names('variables')].map((name) => [name, variables] as const),
    ...(changes ? ['changes', ...names('changes')].map((name) => [name, changes] as const) : []),
  ]);
}

/** Scalars that a step takes. */
export const rateNames = ['rate', 'changeRate', 'varianceCorrection', 'exponent', 'factor'] as const;

/**
 * A model that takes K steps: feed `x`, `exact`, `target` (and `importance`) of all samples, `chosen` int64 [K, B], the state and the
 * rates, float32 [K]. It returns the state with a prime and `loss` [K], without the regularizer.
 */
export function blockStepGraph(setup: StepSetup): Model {
  const { problem, shapes, samples } = setup;
  const g = createBuilder({ name: 'reconstruction' });
  const data = ['x', 'exact', 'target', ...importanceNames(shapes)].map((name) =>
    g.input(name, 'float32', [samples, ...(/^(x|exact)$/.test(name) ? shapes.input : shapes.output)]),
  );
  const chosen = g.input('chosen', 'int64', ['steps', shapes.batchSize]);
  const rates = new Map(rateNames.map((name) => [name, g.input(name, 'float32', ['steps'])]));
  const sizes = stateSizes(problem);
  const states = [...sizes].map(([name, size]) => g.input(name, 'float32', [size]));
  const body = stepBody(setup, { data, chosen, rates });
  const steps = g.op('Gather', [g.op('Shape', [chosen]), g.constant('int64', [0], [])]);
  const results = g.node(
    'Loop',
    [steps, g.constant('bool', [1], []), ...states],
    { body },
    states.length + 1,
  );
  for (const [i, name] of [...[...sizes.keys()].map((state) => `${state}'`), 'loss'].entries())
    g.output(results[i]!, name);
  return layerModel(g.graph, shapes);
}

const importanceNames = ({ weighted }: BlockShapes): string[] => (weighted ? ['importance'] : []);

interface Outer {
  readonly data: readonly Value[];
  readonly chosen: Value;
  readonly rates: ReadonlyMap<string, Value>;
}

function stepBody(setup: StepSetup, outer: Outer): Graph {
  const { problem, drop, seed } = setup;
  const g = createBuilder({ name: 'step', prefix: 'step/' });
  const i = g.input('step/i', 'int64', []);
  const condition = g.input('step/condition', 'bool', []);
  const state = new Map(
    [...stateSizes(problem)].map(([name, size]) => [name, g.input(`step/${name}`, 'float32', [size])]),
  );
  const at = (value: Value): Value => g.op('Gather', [value, i], { axis: 0 });
  const rates = Object.fromEntries([...outer.rates].map(([name, value]) => [name, at(value)]));
  const chosen = at(outer.chosen);
  const [x, exact, target, importance] = outer.data.map((value) =>
    g.op('Gather', [value, chosen], { axis: 0 }),
  );
  let noises = 0;
  const noise = (like: Value) => g.op('RandomUniformLike', [like], { seed: float(seed + 1 + noises++) });
  const tape = new Tape();
  const forward = writeBlock(g, tape, problem, {
    ...{ x: x!, variables: state.get('variables')!, changes: state.get('changes') },
    ...(drop > 0 && { drop: { exact: exact!, share: drop, noise } }),
  });
  const loss = writeLoss(g, setup, { output: forward.output, target: target!, importance });
  const gradients = flatGradients(g, { loss, tape, forward, rates });
  const next = new Map(
    ['variables', 'changes'].flatMap((name) =>
      state.has(name) ? [...update(g, name, { state, gradients, rates })] : [],
    ),
  );
  const results = [...state.keys()].map((name) => next.get(name)!);
  for (const [n, value] of [condition, ...results, loss].entries()) g.output(value, `step/out_${n}`);
  return g.graph;
}

function writeLoss(g: GraphBuilder, { shapes, weight }: StepSetup, parts: ErrorParts): Value {
  const squares = writeSquares(g, parts);
  const axes = g.int64s(staticShape(squares).map((_, axis) => axis));
  const sum = g.op('ReduceSum', [squares, axes], { keepdims: 0 });
  return g.op('Mul', [sum, g.scalar(weight / shapes.batchSize)]);
}

interface ErrorParts {
  readonly output: Value;
  readonly target: Value;
  readonly importance: Value | undefined;
}

function writeSquares(g: GraphBuilder, { output, target, importance }: ErrorParts): Value {
  const error = g.op('Sub', [output, target]);
  const square = g.op('Mul', [error, error]);
  return importance ? g.op('Mul', [square, importance]) : square;
}

interface Backward {
  readonly loss: Value;
  readonly tape: Tape;
  readonly forward: BlockForward;
  readonly rates: Readonly<Record<string, Value>>;
}

/** Gradients of both vectors, that of V with the regularizer. */
function flatGradients(g: GraphBuilder, { loss, tape, forward, rates }: Backward): Map<string, Value> {
  const { roundings, changes } = forward;
  const wrt = [...roundings.map(({ h }) => h), ...changes];
  const found = backward(g, loss, wrt, tape).map((value, n) => value ?? g.op('Mul', [wrt[n], g.scalar(0)]));
  const { exponent, factor } = rates as { exponent: Value; factor: Value };
  const variables = roundings.map(({ h, chain }, n) =>
    chain(g.op('Add', [found[n], writeRegularizerGradient(g, h, { exponent, factor })])),
  );
  const join = (values: readonly Value[]): Value =>
    values.length === 1 ? values[0]! : g.op('Concat', values, { axis: 0 });
  return new Map([
    ['variables', join(variables)],
    ...(changes.length ? ([['changes', join(found.slice(roundings.length))]] as const) : []),
  ]);
}

interface UpdateParts {
  readonly state: ReadonlyMap<string, Value>;
  readonly gradients: ReadonlyMap<string, Value>;
  readonly rates: Readonly<Record<string, Value>>;
}

/** The next values of one vector and its moments, by name. */
function update(g: GraphBuilder, name: string, { state, gradients, rates }: UpdateParts): Map<string, Value> {
  const moments = optimizer.states.map((moment) => `${name}/${moment}`);
  const rate = name === 'changes' ? rates.changeRate! : rates.rate!;
  const next = optimizer.update(g, {
    parameters: state.get(name)!,
    gradient: gradients.get(name)!,
    states: moments.map((moment) => state.get(moment)!),
    rates: { rate, varianceCorrection: rates.varianceCorrection! },
  });
  return new Map([
    [name, next.parameters],
    ...moments.map((moment, i) => [moment, next.states[i]!] as const),
  ]);
}

/** A model of the block with given V and changes: `error` [] is the mean squared error of `x` against `target`. */
export function blockErrorGraph(problem: BlockProblem, shapes: BlockShapes): Model {
  const g = createBuilder({ name: 'block' });
  const x = g.input('x', 'float32', [shapes.batchSize, ...shapes.input]);
  const target = g.input('target', 'float32', [shapes.batchSize, ...shapes.output]);
  const sizes = sizesOf(problem);
  const variables = g.input('variables', 'float32', [sizes.variables]);
  const changes = sizes.changes ? g.input('changes', 'float32', [sizes.changes]) : undefined;
  const { output } = writeBlock(g, new Tape(), problem, { x, variables, changes });
  const [importance] = importanceNames(shapes).map((name) => g.input(name, 'float32', target.shape!));
  const squares = writeSquares(g, { output, target, importance });
  const axes = g.int64s(staticShape(squares).map((_, axis) => axis));
  g.output(g.op('ReduceMean', [squares, axes], { keepdims: 0 }), 'error');
  return layerModel(g.graph, shapes);
}
