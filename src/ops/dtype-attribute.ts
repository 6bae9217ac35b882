import { type DType, dtypeOfCode, type Node } from '../ir/index.ts';

/** The element type whose ONNX code the attribute holds, or the fallback. Throws ModelError for no such code. */
export function attributeDtype<T extends DType | undefined>(
  node: Node,
  name: string,
  fallback: T,
): DType | T {
  const code = node.int(name, 0);
  const dtype = code ? dtypeOfCode(code) : fallback;
  if (code === 0 || dtype) return dtype as DType | T;
  throw node.error(`attribute '${name}' must be the code of an element type, is ${code}`);
}
