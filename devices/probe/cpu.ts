import { linesOf } from './lines.ts';

/** Processor cores of one design. */
export interface Cluster {
  readonly cores: number;
  readonly name: string;
}

export interface Cpu {
  readonly cores: number;
  readonly clusters: readonly Cluster[];
  /** Those that decide how fast a network runs, as the kernel spells them. */
  readonly features: readonly string[];
}

/** MIDR implementer and part, as in Linux' arch/arm64/include/asm/cputype.h. */
const designs: Readonly<Record<string, string>> = {
  '0x41 0xd03': 'Cortex-A53',
  '0x41 0xd04': 'Cortex-A35',
  '0x41 0xd05': 'Cortex-A55',
  '0x41 0xd07': 'Cortex-A57',
  '0x41 0xd08': 'Cortex-A72',
  '0x41 0xd09': 'Cortex-A73',
  '0x41 0xd0a': 'Cortex-A75',
  '0x41 0xd0b': 'Cortex-A76',
  '0x41 0xd0c': 'Neoverse-N1',
  '0x41 0xd42': 'Cortex-A78AE',
  '0x4e 0x003': 'Denver 2',
  '0x4e 0x004': 'Carmel',
};

const decisive =
  /^(asimd|asimddp|asimdhp|fphp|i8mm|bf16|sve2?|avx2?|avx_vnni|avx512_vnni|avx512f|amx_int8|fma)$/;

/** Reads /proc/cpuinfo of arm64 and x86-64. */
export function parseCpu(text: string): Cpu {
  const blocks = text
    .split(/\n\s*\n/)
    .map((block) => new Map(linesOf(block).map((line): [string, string] => splitField(line))))
    .filter((block) => block.has('processor'));
  const counts = new Map<string, number>();
  for (const block of blocks) {
    const name = designOf(block);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const words = (blocks[0]?.get('Features') ?? blocks[0]?.get('flags') ?? '').split(/\s+/);
  return {
    cores: blocks.length,
    clusters: [...counts].map(([name, cores]) => ({ name, cores })),
    features: words.filter((word) => decisive.test(word)),
  };
}

function splitField(line: string): [string, string] {
  const colon = line.indexOf(':');
  return colon < 0 ? [line.trim(), ''] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
}

function designOf(block: ReadonlyMap<string, string>): string {
  const part = `${block.get('CPU implementer')} ${block.get('CPU part')}`;
  return (
    block.get('model name') ?? designs[part] ?? (block.has('CPU part') ? `core ${part}` : 'unknown core')
  );
}
