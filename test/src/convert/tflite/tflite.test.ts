import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readTflite } from '../../../../src/convert/index.ts';
import { constantData } from '../../../../src/convert/tflite/constant.ts';
import { operatorNames } from '../../../../src/convert/tflite/operator-names.ts';
import { optionsNames, schema } from '../../../../src/convert/tflite/schema.ts';
import { type Model, Tensor } from '../../../../src/ir/index.ts';
import { writeModel } from '../../../../src/onnx/index.ts';
import { InferenceSession } from '../../../../src/runtime/index.ts';
import { cases, modelOf } from './operator-cases.ts';
import { writeTflite } from './write-tflite.ts';

const fixture = (name: string): Uint8Array => readFileSync(`test/fixtures/tflite/${name}.tflite`);
const nodes = (model: Model, opType: string) => model.graph.nodes.filter((node) => node.opType === opType);

describe('the schema', () => {
  test('has every table that it refers to, and no field id twice', () => {
    for (const [name, fields] of Object.entries(schema)) {
      const ids = Object.values(fields).map(({ id }) => id);
      expect(new Set(ids).size, name).toBe(ids.length);
      for (const type of Object.values(fields))
        if (type.kind === 'table' || type.kind === 'tables') expect(Object.keys(schema)).toContain(type.of);
    }
    for (const name of optionsNames.values()) expect(Object.keys(schema)).toContain(name);
  });

  test('has the numbers of operators that LiteRT has', () => {
    const numbers = {
      CONV_2D: 3,
      CUSTOM: 32,
      MEAN: 40,
      TRANSPOSE_CONV: 67,
      QUANTIZE: 114,
      BATCH_MATMUL: 126,
      GELU: 150,
    };
    for (const [name, number] of Object.entries(numbers)) expect(operatorNames[number]).toBe(name);
  });
});

describe('full int8', () => {
  test('becomes pairs of QuantizeLinear and DequantizeLinear, weights with a scale per channel', () => {
    const { model, report } = readTflite(fixture('mixed-int8'));
    expect(model.graph.inputs.map(({ dtype, shape }) => [dtype, shape])).toEqual([
      ['float32', [1, 3, 16, 16]],
    ]);
    expect(model.graph.outputs[0]!.dtype).toBe('float32');
    const convolutions = nodes(model, 'Conv');
    expect(convolutions).toHaveLength(4);
    for (const conv of convolutions) {
      const weight = conv.input(1).producer!;
      expect(weight.opType).toBe('DequantizeLinear');
      expect([weight.input(0).dtype, weight.input(0).shape![0]]).toEqual(['int8', weight.input(1).shape![0]]);
      expect(weight.int('axis', 1)).toBe(0);
      expect(conv.input(2).producer!.input(0).dtype).toBe('int32');
    }
    const [transposed] = nodes(model, 'ConvTranspose');
    expect(transposed!.input(1).producer!.int('axis', 0)).toBe(1);
    expect(nodes(model, 'Transpose')).toEqual([]);
    expect(report.rows.find(({ operator }) => operator === 'CONV_2D')!.count).toBe(3);
  });

  test('keeps the integers of its interface on request', async () => {
    const { model } = readTflite(fixture('mixed-uint8-io'), { interface: 'quantized', layout: 'nhwc' });
    const ends = [...model.graph.inputs, ...model.graph.outputs].map(({ dtype, shape }) => [dtype, shape]);
    expect(ends).toEqual([
      ['uint8', [1, 16, 16, 3]],
      ['uint8', [1, 10]],
    ]);
    const session = await InferenceSession.create(writeModel(model));
    const input = Tensor.of('uint8', new Uint8Array(768).fill(100), [1, 16, 16, 3]);
    const results = await session.run({ [session.inputNames[0]!]: input });
    await session.release();
    const sum = Object.values(results)[0]!
      .toNumbers()
      .reduce((a, b) => a + b, 0);
    // The softmax's scale is 1/256, and each of ten elements is rounded.
    expect(Math.abs(sum - 256)).toBeLessThanOrEqual(5);
  });
});

test('dynamic range keeps int8 weights and says what differs', () => {
  const { model, report } = readTflite(fixture('mixed-dynamic'));
  expect(nodes(model, 'QuantizeLinear')).toEqual([]);
  expect(nodes(model, 'DequantizeLinear').length).toBeGreaterThan(0);
  expect(report.warnings.join()).toMatch(/Dynamic range: weights stay int8/);
});

test('float16 weights become float32', () => {
  const { model, report } = readTflite(fixture('mixed-fp16'));
  expect(report.warnings).toEqual(['Constants stored as float16 became float32']);
  expect([...model.graph.initializers.values()].filter(({ dtype }) => dtype === 'float16')).toEqual([]);
});

test('constants of 4 bits are unpacked, the low half of each byte first', () => {
  const record = { name: 'w', shape: [3], quantization: undefined, isVariable: false, sparsity: undefined };
  const data = Uint8Array.of(0x81, 0x07);
  expect(constantData({ ...record, type: 17, data }).toNumbers()).toEqual([1, -8, 7]);
  expect(constantData({ ...record, type: 20, data }).toNumbers()).toEqual([1, 8, 7]);
});

test('16-bit models keep their precision, and say what became of their biases', () => {
  const { model, report } = readTflite(fixture('mixed-int16'));
  expect(nodes(model, 'QuantizeLinear')[0]!.input(2).dtype).toBe('int16');
  expect(report.warnings).toEqual(['Biases stored as 64-bit integers became float32']);
});

describe('what cannot be converted', () => {
  const tensors = ['a', 'b', 'c', 'd'].map((name) => ({ name, shape: [2] }));

  test('is listed at once, with its counts', () => {
    const chain = (op: string, from: string, to: string) => ({ op, inputs: [from], outputs: [to] });
    const operators = [chain('UNIQUE', 'a', 'b'), chain('NMS_of_mine', 'b', 'c'), chain('UNIQUE', 'c', 'd')];
    const bytes = writeTflite({ tensors, operators, inputs: ['a'], outputs: ['d'] });
    expect(() => readTflite(bytes)).toThrow(
      /2 operators that Edgebook cannot convert: UNIQUE \(2\), NMS_of_mine \(1\)/,
    );
  });

  test('names the operator, the tensor and the place', () => {
    const conv = modelOf(cases.find(({ op }) => op === 'CONV_2D')!);
    const wrong = conv.tensors.map((tensor) =>
      tensor.name === 'x1' ? { ...tensor, shape: [3, 3, 2, 5] } : tensor,
    );
    expect(() => readTflite(writeTflite({ ...conv, tensors: wrong }))).toThrow(
      /CONV_2D 'y0' Tensor 'x1' of shape \[3,3,2,5\] must have 360 bytes, has 288/,
    );
    expect(() => readTflite(Buffer.from('not a model'))).toThrow(/must have 'TFL3' at byte 4/);
  });
});
