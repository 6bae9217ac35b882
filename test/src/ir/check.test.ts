import { describe, expect, it } from 'vitest';
import { check, Graph, Model, Node, Tensor, Value } from '../../../src/ir/index.ts';
import { readModel } from '../../../src/onnx/index.ts';
import { everything, nested, toBytes } from '../onnx/sample-models.ts';

const base = () => readModel(toBytes(nested()));
const full = () => readModel(toBytes(everything()));
const relu = (input: Value, output: Value) =>
  new Node({ opType: 'Relu', inputs: [input], outputs: [output] });

/** Each case breaks one rule of a good model. */
const cases: Record<string, [() => Model, (model: Model) => void, RegExp]> = {
  'a name twice': [
    base,
    ({ graph }) => graph.inputs.push(new Value('h')),
    /must have a name of its own, 'h' is taken/,
  ],
  'an input without name': [
    base,
    ({ graph }) => graph.inputs.push(new Value('')),
    /input '' .* must have a name/,
  ],
  'a name of an outer graph': [
    base,
    ({ graph }) => {
      graph.nodes[1]!.subgraphs()[0]!.nodes[0]!.outputs[0]!.name = 'x';
    },
    /output 'x' of If '.*' of graph 'a' must have a name of its own/,
  ],
  'a use before the definition': [
    base,
    ({ graph }) => graph.nodes.reverse(),
    /Add 'deep' uses 'h', which is not defined, or not before/,
  ],
  'a use of a removed node': [
    base,
    ({ graph }) => graph.remove(graph.nodes[0]!),
    /uses 'h', which is not defined/,
  ],
  'another value of the same name': [
    base,
    ({ graph }) => graph.nodes[0]!.setInput(0, new Value('x')),
    /uses another value 'x' than the one/,
  ],
  'a use that the value does not know': [
    base,
    ({ graph }) => graph.inputs[0]!.uses.pop(),
    /Relu 'h' uses 'x' as input 0, which 'x' does not know/,
  ],
  'a use of no node': [
    base,
    ({ graph }) => relu(graph.inputs[0]!, new Value('stray')),
    /'x' is used by Relu 'stray', which is not in the graph/,
  ],
  'a use twice': [
    base,
    ({ graph }) => graph.inputs[0]!.uses.push(graph.inputs[0]!.uses[0]!),
    /'x' lists input 0 of Relu 'h' twice/,
  ],
  'a use at another place': [
    base,
    ({ graph }) => graph.inputs[0]!.uses.push({ node: graph.nodes[0]!, index: 3 }),
    /'x' lists input 3 of Relu 'h', which is ''/,
  ],
  'a wrong producer': [
    base,
    ({ graph }) => {
      graph.value('h')!.producer = undefined;
    },
    /Relu 'h' makes 'h', whose producer is none/,
  ],
  'an output that holds a tensor': [
    base,
    ({ graph }) => {
      graph.value('h')!.tensor = Tensor.scalar('float32', 1);
    },
    /makes 'h', which must not hold a tensor/,
  ],
  'a node twice': [base, ({ graph }) => graph.insert(graph.nodes[0]!), /Relu 'h' stands twice/],
  'an output that is not made': [
    base,
    ({ graph }) => graph.outputs.push(new Value('z')),
    /has output 'z', which it does not make/,
  ],
  'an output of an outer graph': [
    base,
    ({ graph }) => graph.nodes[1]!.subgraphs()[0]!.outputs.push(graph.inputs[0]!),
    /has output 'x' of a graph around it; put an Identity/,
  ],
  'an initializer of another type': [
    base,
    ({ graph }) => {
      graph.value('w')!.tensor = Tensor.of('float32', [1, 2]);
    },
    /initializer 'w' has type w: float32\[4\], its tensor float32\[2\]/,
  ],
  'an initializer without tensor': [
    base,
    ({ graph }) => graph.addInitializer(new Value('k')),
    /initializer 'k' has no tensor/,
  ],
  'an initializer under another name': [
    base,
    ({ graph }) => {
      graph.value('w')!.name = 'v';
    },
    /initializer 'v' of graph 'main' is listed as 'w'/,
  ],
  'a domain without operator set': [
    base,
    ({ graph }) => {
      graph.nodes[0]!.domain = 'com.example';
    },
    /the model must import an operator set of domain 'com.example' for com.example.Relu 'h'/,
  ],
  'a function without operator set': [
    full,
    (model) => model.functions[0]!.opsets.clear(),
    /function 'Twice' must import .* domain ''/,
  ],
  'a function twice': [
    full,
    (model) => model.functions.push(model.functions[0]!),
    /function 'local.Twice.fast' is there twice/,
  ],
  'a function that is missing': [
    full,
    (model) => model.functions.pop(),
    /calls function 'local.Twice.fast', which the model has not/,
  ],
  'a function that calls itself': [
    full,
    ({ functions: [twice] }) => {
      Object.assign(twice!.graph.nodes[1]!, { domain: 'local', opType: 'Twice', overload: 'fast' });
    },
    /function 'local.Twice.fast' must not call itself/,
  ],
  'a call with too many inputs': [
    full,
    ({ graph }) => graph.nodes[1]!.setInput(1, graph.inputs[0]),
    /local.Twice 'h2' must have 1 inputs at most, has 2/,
  ],
  'a call without an attribute': [
    full,
    ({ graph }) => graph.nodes[1]!.attributes.clear(),
    /local.Twice 'h2' must have attribute 'alpha'/,
  ],
  'a reference outside a function': [
    base,
    ({ graph }) => graph.nodes[0]!.attributes.set('alpha', { type: 'reference', value: 'a', of: 1 }),
    /attribute 'alpha' refers to 'a', which no function around it has/,
  ],
};

describe('check', () => {
  it('accepts good models', () => {
    check(base());
    check(full());
    check(new Model());
  });

  it.each(Object.entries(cases))('finds %s', (_, [make, spoil, message]) => {
    const model = make();
    spoil(model);
    expect(() => check(model)).toThrowError(message);
    expect(() => check(model)).toThrowError(expect.objectContaining({ name: 'ModelError' }));
  });

  it('lists ten problems at most', () => {
    const graph = new Graph();
    for (let i = 0; i < 13; i++) graph.outputs.push(new Value(`y${i}`));
    expect(() => check(new Model(graph))).toThrowError(/breaks 13 rules:\n(- graph .*\n){10}- and 3 more$/);
  });
});
