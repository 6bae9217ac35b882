import { create, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';

type Shape = readonly (number | string)[];

/** Bytes of a model made without our own codec: float32 inputs and outputs by name, nodes of the default domain. */
export function onnxFile(graph: {
  readonly inputs: Readonly<Record<string, Shape>>;
  readonly outputs: Readonly<Record<string, Shape>>;
  readonly nodes: readonly { opType: string; input: string[]; output: string[] }[];
}): Uint8Array {
  const ports = (list: Readonly<Record<string, Shape>>) =>
    Object.entries(list).map(([name, shape]) => ({ name, type: floatTensor(shape) }));
  const model = create(ModelProtoSchema, {
    irVersion: 10n,
    opsetImport: [{ domain: '', version: 21n }],
    graph: {
      name: 'test',
      input: ports(graph.inputs),
      output: ports(graph.outputs),
      node: [...graph.nodes],
    },
  });
  return toBinary(ModelProtoSchema, model);
}

function floatTensor(shape: Shape) {
  const dim = shape.map((size) => ({
    value:
      typeof size === 'number'
        ? { case: 'dimValue' as const, value: BigInt(size) }
        : { case: 'dimParam' as const, value: size },
  }));
  return { value: { case: 'tensorType' as const, value: { elemType: 1, shape: { dim } } } };
}

/** Scores of [batch, 1, 1, classes] pixels: the pixels themselves. */
export const flattenModel = (batch: number | string, classes: number, opType = 'Flatten'): Uint8Array =>
  onnxFile({
    inputs: { pixels: [batch, 1, 1, classes] },
    outputs: { scores: [batch, classes] },
    nodes:
      opType === 'Flatten'
        ? [{ opType: 'Flatten', input: ['pixels'], output: ['scores'] }]
        : [
            { opType: 'Flatten', input: ['pixels'], output: ['flat'] },
            { opType, input: ['flat'], output: ['scores'] },
          ],
  });
