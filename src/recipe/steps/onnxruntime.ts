import { readModel, writeModel } from '../../onnx/index.ts';
import { optimizedByOnnxruntime } from '../../runtime/index.ts';
import { checkOptions, type Step } from '../step.ts';

type Level = Parameters<typeof optimizedByOnnxruntime>[1];

/** onnxruntime's own graph; option `level`. What it makes depends on its version and the processor. */
export const onnxruntime: Step = {
  name: 'onnxruntime',
  summary: "take the graph that onnxruntime's own optimizer makes",
  needsData: false,
  async run(model, options) {
    checkOptions('onnxruntime', options, ['level']);
    return { model: readModel(await optimizedByOnnxruntime(writeModel(model), options.level as Level)) };
  },
};
