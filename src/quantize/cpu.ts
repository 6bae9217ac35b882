export { lacksVnni, thisCpuLacksVnni } from '../targets/index.ts';
