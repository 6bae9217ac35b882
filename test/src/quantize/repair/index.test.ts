import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { repairs, repairsByName } from '../../../../src/quantize/repair/index.ts';

test('the list has every repair of the folder, float ones first, each with a summary of its own', () => {
  const folder = new URL('../../../../src/quantize/repair/', import.meta.url);
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(new URL(file, folder), 'utf8'));
  const declared = sources.flatMap((source) =>
    [...source.matchAll(/: (?:Float|Encodings)Repair = \{[^}]*?name: '([^']+)'/g)].map((match) => match[1]!),
  );
  expect(repairs.map(({ name }) => name).toSorted()).toEqual(declared.toSorted());
  const stages = repairs.map(({ stage }) => stage);
  expect(stages.lastIndexOf('float')).toBeLessThan(stages.indexOf('encodings'));
  expect(new Set(repairs.map(({ summary }) => summary)).size).toBe(repairs.length);
});

test('repairs are found by name, in the order in which they are applied', () => {
  expect(repairsByName(['bias-correction', 'cle']).map(({ name }) => name)).toEqual([
    'cle',
    'bias-correction',
  ]);
  expect(() => repairsByName(['bias-corection'])).toThrow(
    "Unknown repair 'bias-corection'. Did you mean 'bias-correction'?",
  );
});
