import { bench } from './bench.ts';
import { compare } from './compare.ts';
import { data } from './data.ts';
import { help } from './help.ts';
import { load } from './load.ts';
import { lsmagic } from './lsmagic.ts';
import type { Magic } from './magic.ts';
import { plot } from './plot.ts';
import { quantize } from './quantize.ts';
import { save } from './save.ts';
import { summary } from './summary.ts';
import { train } from './train.ts';

/** Every magic. A test compares this list with the folder. */
export const magics: readonly Magic[] = [
  data,
  train,
  load,
  save,
  summary,
  quantize,
  bench,
  compare,
  plot,
  lsmagic,
  help,
];
