import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Node, Value } from '../../../src/ir/index.ts';
import { createBuilder, infer, type Op, opOf, ops } from '../../../src/ops/index.ts';

const folder = new URL('../../../src/ops/', import.meta.url);
const isOp = (x: unknown): x is Op => typeof x === 'object' && x !== null && 'infer' in x && 'type' in x;
const kebab = (type: string): string =>
  type
    .replace('NaN', 'Nan')
    .replace(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '-')
    .toLowerCase();
const node = (opType: string, domain = ''): Node =>
  new Node({ opType, domain, name: 'n1', inputs: [], outputs: [new Value('y')] });

test('the lists hold every operator of the folders, each once, in the file of its name', async () => {
  const found: Op[] = [];
  for (const [domain, path] of [
    [undefined, ''],
    ['com.microsoft', 'com-microsoft/'],
  ] as const) {
    const files = readdirSync(new URL(path, folder)).filter((name) => name.endsWith('.ts'));
    for (const file of files.filter((name) => name !== 'index.ts' && name !== 'operators.ts')) {
      const exported = Object.entries(await import(new URL(path + file, folder).href));
      for (const [name, op] of exported.filter((entry): entry is [string, Op] => isOp(entry[1]))) {
        expect(`${kebab(op.type)}.ts`).toBe(file);
        expect(name.toLowerCase()).toBe(op.type.toLowerCase());
        expect(op.domain).toBe(domain);
        found.push(op);
      }
    }
  }
  expect(new Set(ops)).toEqual(new Set(found));
  expect(ops).toHaveLength(found.length);
});

test('the README counts them right', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const [gradients, rules] = [ops.filter((op) => op.grad), ops.filter((op) => op.quantize)];
  const channels = ops.filter((op) => op.channels);
  expect(readme).toContain(
    `${ops.length} ONNX operators with shape inference and cost, ${gradients.length} of them with a gradient, ` +
      `${rules.length} with a rule for int8, ${channels.length} with one for the removal of channels`,
  );
});

test('an operator is known by domain and type', () => {
  expect(opOf(node('Relu'))?.type).toBe('Relu');
  expect(opOf(node('Relu', 'ai.onnx'))?.type).toBe('Relu');
  expect(opOf(node('Relu', 'com.example'))).toBeUndefined();
  expect(opOf(node('Gelu', 'com.microsoft'))).not.toBe(opOf(node('Gelu')));
  expect(opOf(node('NoSuchOp'))).toBeUndefined();
});

test('an unknown operator is named with its node', () => {
  expect(() => infer(node('Frobnicate', 'com.example'))).toThrow(/com\.example\.Frobnicate 'n1'/);
  expect(() => createBuilder().op('Frobnicate', [])).toThrow(/Frobnicate/);
});
