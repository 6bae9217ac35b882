import { readModel } from '../../src/onnx/index.ts';
import { runBench } from '../bench/run-bench.ts';
import { feedsFor } from './feeds.ts';
import type { Runtime } from './runtime.ts';

/** onnxruntime on the device's processor: there wherever the agent is. */
export const onnxruntime: Runtime = {
  name: 'onnxruntime',
  soaks: true,
  missing: () => undefined,
  bench: ({ transport, command, model, options, watch }) =>
    runBench(transport, { command, model, options: { ...options, device: transport.name } }, watch),
  layers: ({ profile, content, options }) => profile(content(), feedsFor(readModel(content()), options)),
};
