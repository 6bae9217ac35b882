import { targets } from '../src/targets/index.ts';
import type { Flag } from './magic.ts';

/** The flags of `%deploy`. */
export const deployFlags: readonly Flag[] = [
  {
    name: 'data',
    kind: 'string',
    completes: 'dataset',
    summary: 'data set whose test split it is checked with on the device; default: the one it was trained on',
  },
  {
    name: 'samples',
    kind: 'number',
    integer: true,
    min: 1,
    summary: 'samples of the check; default 256, or as many as 16 MB hold',
  },
  {
    name: 'min-score',
    kind: 'string',
    summary:
      'least accuracy on the device, as in 97%; without labels how alike the outputs must be, as in 30dB',
  },
  {
    name: 'max-drop',
    kind: 'string',
    summary: 'how much less accurate than here it may be on the device, as in 0.5%; default 1%',
  },
  { name: 'name', kind: 'string', summary: 'what to serve it as, for several on one device; default main' },
  {
    name: 'target',
    kind: 'choice',
    choices: targets.map(({ name }) => name),
    summary: "whose rules it must keep; default: onnxruntime's for the device's processor",
  },
  {
    name: 'no-engine',
    kind: 'switch',
    summary: 'build no TensorRT engine, where the device has trtexec',
  },
];
