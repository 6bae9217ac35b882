import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSafetensors } from '../../src/convert/index.ts';
import { readNpz } from '../../src/data/index.ts';
import { describeWith } from '../support/describe-with.ts';
import { python } from '../support/requirement.ts';

const peer = python('EDGEBOOK_PYTHON', ['numpy', 'safetensors']);

/** Writes the same arrays by numpy and by safetensors, and prints what is in them. */
const script = `
import json, sys
import numpy as np
from safetensors.numpy import save_file
random = np.random.default_rng(1)
arrays = {
    "conv.weight": random.normal(size=(4, 3, 2, 2)).astype(np.float32),
    "half": random.normal(size=(5,)).astype(np.float16),
    "double": random.normal(size=(2, 3)),
    "bytes": np.arange(6, dtype=np.uint8).reshape(2, 3),
    "whole": np.array([-1, 2**40]),
    "flags": np.array([True, False]),
    "number": np.array(1.5, dtype=np.float32),
    "empty": np.zeros((0, 3), dtype=np.float32),
}
folder = sys.argv[1]
np.savez(folder + "/plain.npz", **arrays, fortran=np.asfortranarray(arrays["double"]))
np.savez_compressed(folder + "/packed.npz", **arrays, fortran=np.asfortranarray(arrays["double"]))
save_file(arrays, folder + "/w.safetensors", {"format": "pt"})
print(json.dumps({k: [list(a.shape), a.astype(float).ravel().tolist()] for k, a in arrays.items()}))
`;

describeWith('Weights that Python wrote', [peer], () => {
  const folder = mkdtempSync(join(tmpdir(), 'edgebook-peer-'));
  let expected: Record<string, [number[], number[]]>;
  beforeAll(() => {
    expected = JSON.parse(execFileSync(peer.path, ['-c', script, folder], { encoding: 'utf8' }));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ['plain.npz', readNpz],
    ['packed.npz', readNpz],
    ['w.safetensors', readSafetensors],
  ] as const)('%s', (file, read) => {
    const tensors = read(readFileSync(join(folder, file)), file);
    for (const [name, [shape, values]] of Object.entries(expected)) {
      const tensor = tensors.get(name)!;
      expect(tensor.shape, name).toEqual(shape);
      if (tensor.dtype !== 'float16') expect(tensor.toNumbers(), name).toEqual(values);
    }
    if (file.endsWith('npz')) expect(tensors.get('fortran')!.toNumbers()).toEqual(expected.double![1]);
    expect(tensors.get('half')!.dtype).toBe('float16');
  });
});
