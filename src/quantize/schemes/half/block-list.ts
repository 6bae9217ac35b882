/**
 * Operators of the ONNX domain that stay float32, and why. Those that onnxruntime has no float16 kernel for need not:
 * it casts around them itself, and other runtimes may have kernels.
 */
export const blockList: Readonly<Record<string, string>> = {
  Celu: 'ONNX defines it for float32 only',
  Range: 'ONNX defines it for no float16',
  NonMaxSuppression: 'ONNX defines it for float32 only',
  MelWeightMatrix: 'it makes numbers of the type of an attribute',
  ConstantOfShape: 'it makes numbers of the type of an attribute',
  EyeLike: 'it makes numbers of the type of an attribute',
  RandomNormal: 'it makes numbers of the type of an attribute',
  RandomNormalLike: 'it makes numbers of the type of an attribute',
  RandomUniform: 'it makes numbers of the type of an attribute',
  RandomUniformLike: 'it makes numbers of the type of an attribute',
  Bernoulli: 'it makes numbers of the type of an attribute',
  HannWindow: 'it makes numbers of the type of an attribute',
  HammingWindow: 'it makes numbers of the type of an attribute',
  BlackmanWindow: 'it makes numbers of the type of an attribute',
};

/** Inputs that ONNX defines as float32 whatever the type of the others. */
export const alwaysFloat32: Readonly<Record<string, readonly number[]>> = {
  Resize: [1, 2],
  Upsample: [1],
};
