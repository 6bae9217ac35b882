import { adam, backward, type Optimizer } from '../../../autodiff/index.ts';
import { type Graph, type Model, Tensor, type Value } from '../../../ir/index.ts';
import { createBuilder } from '../../../ops/index.ts';
import { reshape } from '../../../ops/sum-to.ts';
import { layerConstants, layerModel, writeLayer } from '../layers/layer-graph.ts';
import type { WeightedLayer } from '../layers/weighted-layer.ts';
import { writeRegularizerGradient, writeSoftRounding } from './soft-rounding.ts';

export interface RoundingProblem {
  readonly layer: WeightedLayer;
  /** Operator set of the layer's model. */
  readonly opset: number;
  /** Rows that there are. */
  readonly rows: number;
  readonly batchSize: number;
  /** Integers below the weights, [groups, columns, channels]. */
  readonly floor: Float32Array;
  /** All [groups, channels]. */
  readonly scales: Float32Array;
  readonly bias: Float32Array | undefined;
  /** What errors are multiplied by before they are squared. */
  readonly weights: Float32Array;
}

export const optimizer: Optimizer = adam();

/** Scalars of one step besides those of the optimizer. */
export const regularizerNames = ['exponent', 'factor'] as const;

/**
 * A model that takes K steps of AdaRound: feed `input` [groups, rows, columns], `target` [groups, rows, channels], `chosen`
 * int64 [K, B] rows, the state `variables`, `mean`, `variance` [P], and the rates, float32 [K]. It returns the state with a
 * prime and `loss` [K], without the regularizer. `regularized`: with the regularizer, whose rates it then takes.
 */
export function roundingGraph(problem: RoundingProblem, regularized: boolean): Model {
  const { layer, rows, batchSize, floor, opset } = problem;
  const { groups, columns, channels } = layer;
  const g = createBuilder({ name: 'ada-round' });
  const input = g.input('input', 'float32', [groups, rows, columns]);
  const target = g.input('target', 'float32', [groups, rows, channels]);
  const chosen = g.input('chosen', 'int64', ['steps', batchSize]);
  const names = [...Object.keys(optimizer.rates(1, 1)), ...(regularized ? regularizerNames : [])];
  const rates = new Map(names.map((name) => [name, g.input(name, 'float32', ['steps'])]));
  const stateNames = ['variables', ...optimizer.states];
  const states = stateNames.map((name) => g.input(name, 'float32', [floor.length]));
  const shape = [groups, columns, channels];
  const outer: Outer = {
    ...{ input, target, chosen, rates },
    floor: g.initializer('floor', Tensor.of('float32', floor, shape)),
    weights: g.initializer('weights', Tensor.of('float32', problem.weights, [groups, 1, channels])),
    constants: layerConstants(g, layer, problem),
  };
  const body = stepBody(problem, outer, regularized);
  const steps = g.op('Gather', [g.op('Shape', [chosen]), g.constant('int64', [0], [])]);
  const results = g.node(
    'Loop',
    [steps, g.constant('bool', [1], []), ...states],
    { body },
    states.length + 1,
  );
  for (const [i, name] of [...stateNames.map((state) => `${state}'`), 'loss'].entries())
    g.output(results[i]!, name);
  return layerModel(g.graph, { opset });
}

interface Outer {
  readonly input: Value;
  readonly target: Value;
  readonly chosen: Value;
  readonly rates: ReadonlyMap<string, Value>;
  readonly floor: Value;
  readonly weights: Value;
  readonly constants: ReturnType<typeof layerConstants>;
}

/** (i, condition, variables, ...moments) -> (condition, the same states, loss). */
function stepBody({ layer, batchSize, floor }: RoundingProblem, outer: Outer, regularized: boolean): Graph {
  const g = createBuilder({ name: 'step', prefix: 'step/' });
  const i = g.input('step/i', 'int64', []);
  const condition = g.input('step/condition', 'bool', []);
  const [variables, ...states] = ['variables', ...optimizer.states].map((name) =>
    g.input(`step/${name}`, 'float32', [floor.length]),
  );
  const at = (value: Value): Value => g.op('Gather', [value, i], { axis: 0 });
  const rates = Object.fromEntries([...outer.rates].map(([name, value]) => [name, at(value)]));
  const chosen = at(outer.chosen);
  const [x, target] = [outer.input, outer.target].map((value) =>
    g.op('Gather', [value, chosen], { axis: 1 }),
  );
  const { h, chain } = writeSoftRounding(g, variables!);
  const w = g.op('Add', [reshape(g, h, [layer.groups, layer.columns, layer.channels]), outer.floor]);
  const y = writeLayer(g, layer, { x: x!, w, constants: outer.constants });
  const error = g.op('Mul', [g.op('Sub', [y, target]), outer.weights]);
  const sum = g.op('ReduceSum', [g.op('Mul', [error, error]), g.int64s([0, 1, 2])], { keepdims: 0 });
  const loss = g.op('Mul', [sum, g.scalar(1 / batchSize)]);
  const byWeight = reshape(g, backward(g, loss, [w])[0]!, [floor.length]);
  const { exponent, factor } = rates;
  const pull = regularized && writeRegularizerGradient(g, h, { exponent: exponent!, factor: factor! });
  const gradient = chain(pull ? g.op('Add', [byWeight, pull]) : byWeight);
  const next = optimizer.update(g, { parameters: variables!, gradient, states, rates });
  for (const [n, value] of [condition, next.parameters, ...next.states, loss].entries())
    g.output(value, `step/out_${n}`);
  return g.graph;
}
