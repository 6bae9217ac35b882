interface Rule {
  readonly pattern: RegExp;
  readonly remedy: (match: RegExpExecArray) => string;
}

/** What trtexec and TensorRT say, as users have published it, and what helps. The first that fits is told. */
const rules: readonly Rule[] = [
  {
    pattern: /Unknown option: (\S+)/,
    remedy: ([, option]) =>
      `this TensorRT does not know ${option}: its release is newer or older than Edgebook knows`,
  },
  {
    pattern: /No importer registered for op: (\w+)|Unsupported (?:ONNX )?operator:? (\w+)/i,
    remedy: ([, first, second]) =>
      `TensorRT has no operator ${first ?? second}: use --runtime onnxruntime, or another model`,
  },
  {
    pattern: /Network has dynamic or shape inputs, but no optimization profile/,
    remedy: () => 'the model leaves dimensions open: give them by --shape',
  },
  {
    pattern: /could not find any implementation for node ([^\n]*)/i,
    remedy: ([, node]) =>
      `no kernel fits ${node?.trim()}: it may lack memory for its workspace, or a type that this GPU has not; close other programs, or try the model in float16`,
  },
  {
    pattern:
      /engine plan file is (?:not compatible|generated on an incompatible)|Serialization assertion.*[Vv]ersion/,
    remedy: () =>
      'the engine is of another TensorRT or GPU: delete ~/.edgebook/engines there, it is built anew',
  },
  {
    pattern: /out of memory|OutOfMemory|insufficient memory/i,
    remedy: () =>
      'the memory, which CPU and GPU share on a Jetson, is full: close other programs, or take a smaller batch',
  },
  {
    pattern: /CUDA driver version is insufficient|CUDA initialization failure|no CUDA-capable device/i,
    remedy: () =>
      "the GPU's driver does not answer to this CUDA: JetPack and TensorRT must be of one release",
  },
  {
    pattern: /NvRmMem|nvmap.*[Pp]ermission denied/,
    remedy: () => 'the user may not use the GPU: sudo usermod -aG video,render $USER, then log in again',
  },
];

/** Why trtexec failed, with the remedy where it is known. */
export function trtexecFailure(output: string): string {
  const error = output.split('\n').find((line) => /\[E\]/.test(line));
  const said = error?.replace(/^.*\[E\]\s*(?:\[TRT\]\s*)?/, '').trim() ?? output.trim().split('\n').at(-1);
  for (const { pattern, remedy } of rules) {
    const match = pattern.exec(output);
    if (match) return `${said || match[0]}. That is: ${remedy(match)}`;
  }
  return said || 'it said nothing';
}
