import { create, fromBinary, type MessageShape, toBinary } from '@bufbuild/protobuf';
import { type ReflectList, type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import { ModelProtoSchema, type TensorProtoSchema } from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { check, dtypeOfCode } from '../../../src/ir/index.ts';
import { readModel, writeModel } from '../../../src/onnx/index.ts';
import { meaning, tensorData } from './meaning.ts';
import {
  dataTensors,
  everything,
  info,
  type ModelInit,
  modelOf,
  nested,
  node,
  small,
  tensorType,
  toBytes,
} from './sample-models.ts';

describe('writeModel(readModel(bytes))', () => {
  it.each(Object.entries({ small, nested, everything }))('means the same: %s', (_, make) => {
    const bytes = toBytes(make());
    const again = writeModel(readModel(bytes));
    expect(meaning(again)).toEqual(meaning(bytes));
    expect(writeModel(readModel(again))).toEqual(again);
  });

  it('keeps unknown fields of every message', () => {
    const model = create(ModelProtoSchema, everything());
    const marked = markAll(reflect(ModelProtoSchema, model));
    const bytes = toBinary(ModelProtoSchema, model);
    expect(marked).toBeGreaterThan(100);
    expect(meaning(writeModel(readModel(bytes)))).toEqual(meaning(bytes));
  });

  it('is told apart by the oracle when a byte of data changes', () => {
    const model = readModel(toBytes(everything()));
    const changed = new Uint8Array(writeModel(model));
    const at = changed.findIndex((_, i) => changed.subarray(i, i + 4).join() === '0,0,128,63');
    changed[at] = 1;
    expect(meaning(changed)).not.toEqual(meaning(toBytes(everything())));
  });
});

describe('readModel', () => {
  it.each(dataTensors().map((t) => [t.name, t] as const))('reads the data of tensor %s', (_, init) => {
    const bytes = toBytes(modelOf({ initializer: [init] }));
    const tensor = readModel(bytes).graph.initializers.get(init.name ?? '')?.tensor;
    const oracle: MessageShape<typeof TensorProtoSchema> = fromBinary(ModelProtoSchema, bytes).graph!
      .initializer[0]!;
    expect(tensor?.dtype).toBe(dtypeOfCode(oracle.dataType));
    expect(tensor?.shape).toEqual(oracle.dims.map(Number));
    if (oracle.dataType === 8) expect(tensor?.strings).toEqual(oracle.stringData);
    else expect([...tensor!.bytes]).toEqual([...tensorData(oracle)]);
  });

  it('makes raw data a view of the file', () => {
    const rawData = new Uint8Array(4096).fill(7);
    const bytes = toBytes(modelOf({ initializer: [{ name: 'w', dataType: 2, dims: [4096n], rawData }] }));
    expect(readModel(bytes).graph.initializers.get('w')?.tensor?.bytes.buffer).toBe(bytes.buffer);
  });

  it('tracks uses across subgraphs', () => {
    const { graph } = readModel(toBytes(nested()));
    const uses = (name: string) => graph.value(name)!.uses.map((use) => use.node.opType);
    expect(uses('h')).toEqual(['Add', 'Add']);
    expect(uses('w')).toEqual(['Add', 'Add']);
    expect(uses('c')).toEqual(['If', 'If', 'If']);
    expect(graph.value('h')!.uses[0]!.node.outputs[0]!.name).toBe('deep');
  });

  it('passes check for what it reads', () => {
    check(readModel(toBytes(nested())));
    check(readModel(toBytes(everything())));
  });

  it('gives values their types, and left out inputs undefined', () => {
    const { graph, functions } = readModel(toBytes(everything()));
    expect(graph.value('hidden')?.type).toEqual({ dtype: 'float32', shape: [3] });
    expect(graph.value('negative')?.type).toEqual({ dtype: 'float32', shape: [null, 0, null] });
    expect(graph.value('seq')?.type).toBeUndefined();
    expect(graph.nodes[0]!.inputs.map((value) => value?.name)).toEqual(['x', undefined, 'scalar']);
    expect(graph.feeds.map((value) => value.name)).toEqual(['x', 'seq', 'map', 'any']);
    expect(functions[0]!.graph.nodes[0]!.attributes.get('alpha')).toMatchObject({
      type: 'reference',
      value: 'alpha',
      of: 1,
    });
    expect([...functions[0]!.attributes.keys()]).toEqual(['alpha', 'beta']);
  });
});

describe('writeModel', () => {
  it('writes a type that was changed instead of the one that was read', () => {
    const model = readModel(toBytes(everything()));
    model.graph.value('hidden')!.type = { dtype: 'int8', shape: [1] };
    const again = readModel(writeModel(model));
    expect(again.graph.value('hidden')?.type).toEqual({ dtype: 'int8', shape: [1] });
  });

  it('drops what a file said about values that are gone', () => {
    const model = readModel(toBytes(nested()));
    model.graph.nodes[0]!.outputs[0]!.name = 'renamed';
    const written = fromBinary(ModelProtoSchema, writeModel(model)).graph!;
    expect(written.valueInfo.map((value) => value.name)).toEqual(['renamed']);
  });
});

/** Gives each message of a model an unknown field; returns how many there are. */
function markAll(message: ReflectMessage): number {
  message.message.$unknown = [{ no: 4000, wireType: 0, data: new Uint8Array([7]) }];
  let count = 1;
  for (const field of message.fields) {
    if (!message.isSet(field)) continue;
    if (field.fieldKind === 'message') count += markAll(message.get(field));
    if (field.fieldKind === 'list' && field.listKind === 'message')
      for (const one of message.get(field) as ReflectList) count += markAll(one as ReflectMessage);
  }
  return count;
}

const y = info('y');
const relu = node('Relu', ['x'], ['y']);
const weight = { name: 'w', dataType: 1, dims: [2n], floatData: [1, 2] };

const malformed: Record<string, [ModelInit, RegExp]> = {
  'no graph': [{ irVersion: 8n }, /must have a graph, has none/],
  'an output defined twice': [
    modelOf({ input: [info('x')], node: [relu, node('Abs', ['x'], ['y'])] }),
    /Node Abs 'y' defines 'y', which graph 'main' has already/,
  ],
  'an input defined twice': [modelOf({ input: [y, y] }), /An input defines 'y'/],
  'an initializer defined twice': [modelOf({ initializer: [weight, weight] }), /An initializer defines 'w'/],
  'an undefined input': [modelOf({ node: [relu] }), /Node Relu 'y' of graph 'main' uses 'x', which no input/],
  'a use before the definition': [
    modelOf({ node: [relu, node('Abs', [], ['x'])] }),
    /uses 'x', before the node that makes it; nodes must be in topological order/,
  ],
  'a cycle': [modelOf({ node: [node('Relu', ['y'], ['y'])] }), /uses 'y', before the node that makes it/],
  'an output that is not made': [modelOf({ output: [y] }), /An output of graph 'main' uses 'y'/],
  'an unknown type': [
    modelOf({ initializer: [{ ...weight, dataType: 77 }] }),
    /Initializer 'w': its type .* is 77/,
  ],
  'no type': [modelOf({ initializer: [{ name: 'w' }] }), /Initializer 'w': its type .* is 0/],
  'too little data': [
    modelOf({ initializer: [{ ...weight, dims: [3n] }] }),
    /'w': .* must have 12 bytes, has 8/,
  ],
  'a negative dimension': [
    modelOf({ initializer: [{ ...weight, dims: [-2n] }] }),
    /'w': a dimension .* is -2/,
  ],
  'a huge shape': [
    modelOf({ initializer: [{ ...weight, dims: [2n ** 40n, 2n ** 40n] }] }),
    /'w': its shape .* is too large/,
  ],
  'a huge rank': [
    modelOf({ initializer: [{ ...weight, dims: Array.from({ length: 99 }, () => 1n) }] }),
    /'w': it must have 64 dimensions at most, has 99/,
  ],
  'too few strings': [
    modelOf({ initializer: [{ name: 'w', dataType: 8, dims: [9n] }] }),
    /must have 9 strings, has 0/,
  ],
  'no op_type': [modelOf({ node: [node('', [], ['y'])] }), /must have an op_type/],
  'an attribute twice': [
    modelOf({
      node: [
        node('A', [], ['y'], {
          attribute: [
            { name: 'a', type: 2 },
            { name: 'a', type: 2 },
          ],
        }),
      ],
    }),
    /Node A 'y' has attribute 'a' twice/,
  ],
  'a tensor attribute without tensor': [
    modelOf({ node: [node('A', [], ['y'], { attribute: [{ name: 'a', type: 4 }] })] }),
    /Node A 'y' attribute 'a' must have a tensor, has none/,
  ],
  'external data without a file': [
    modelOf({
      initializer: [
        { name: 'w', dataType: 1, dataLocation: 1, externalData: [{ key: 'location', value: 'w.bin' }] },
      ],
    }),
    /Initializer 'w': its data is in the file 'w.bin' .* load the model by its path/,
  ],
  'a huge opset version': [
    modelOf({}, { opsetImport: [{ domain: 'a', version: 2n ** 60n }] }),
    /opset of 'a' must be below 2\^53/,
  ],
};

describe('readModel refuses', () => {
  it.each(Object.entries(malformed))('%s', (_, [model, message]) => {
    expect(() => readModel(toBytes(model))).toThrowError(message);
    expect(() => readModel(toBytes(model))).toThrowError(expect.objectContaining({ name: 'ModelError' }));
  });

  it('a use in a subgraph before its definition outside', () => {
    const then = { name: 't', node: [node('Relu', ['late'], ['r'])], output: [info('r')] };
    const graph = {
      input: [info('c', tensorType(9, []))],
      node: [
        node('If', ['c'], ['y'], { attribute: [{ name: 'then_branch', type: 5, g: then }] }),
        node('Abs', ['y'], ['late']),
      ],
    };
    expect(() => readModel(toBytes(modelOf(graph)))).toThrowError(/graph 't' uses 'late', before the node/);
  });
});
