import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ops } from '../../../src/ops/index.ts';
import { targetOf, targets, thisMachine } from '../../../src/targets/index.ts';

test('the list has every target of the folder, each in the file of its name', () => {
  const files = globSync('src/targets/*.ts').filter((path) =>
    /: Target = \{/.test(readFileSync(path, 'utf8')),
  );
  expect(targets.map(({ name }) => name).toSorted()).toEqual(files.map((p) => basename(p, '.ts')).toSorted());
});

describe.each(targets.map((target) => [target.name, target] as const))('%s', (_, target) => {
  const known = new Set(ops.filter(({ domain }) => !domain).map(({ type }) => type));

  test('names operators that there are', () => {
    const named = [
      ...Object.keys(target.operators),
      ...Object.keys(target.float ?? {}),
      ...target.fused.flat(),
    ];
    expect(named.filter((op) => !known.has(op))).toEqual([]);
  });

  test('has no operator both in int8 and float, and fuses only int8 ones', () => {
    expect(Object.keys(target.float ?? {}).filter((op) => op in target.operators)).toEqual([]);
    expect(target.fused.flat().filter((op) => !(op in target.operators))).toEqual([]);
  });

  test('says where its rules are written', () => {
    expect(target.sources.length).toBeGreaterThan(1);
    for (const source of target.sources) expect(source).toMatch(/^https:\/\/[a-z]/);
  });

  test('fixes outputs to integers of its activations', () => {
    const [min, max] = target.activations.dtype === 'uint8' ? [0, 255] : [-128, 127];
    for (const { output } of Object.values(target.operators)) {
      if (!output) continue;
      expect(output.zeroPoint).toBeGreaterThanOrEqual(min);
      expect(output.zeroPoint).toBeLessThanOrEqual(max);
    }
  });
});

test('an unknown target names the nearest', () => {
  expect(() => targetOf('tensort')).toThrow("Unknown target 'tensort'. Did you mean 'tensorrt'?");
});

test('this machine is one of the onnxruntime targets', () => {
  expect(['ort-cpu-vnni', 'ort-cpu-avx2', 'ort-arm']).toContain(thisMachine().name);
  expect(targets).toContain(thisMachine());
});
