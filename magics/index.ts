import { attach } from './attach.ts';
import { bench } from './bench.ts';
import { calibrate } from './calibrate.ts';
import { cd } from './cd.ts';
import { choose } from './choose.ts';
import { codeMagics } from './code-magics.ts';
import { compare } from './compare.ts';
import { data } from './data.ts';
import { deploy } from './deploy.ts';
import { deployments } from './deployments.ts';
import { detach } from './detach.ts';
import { devices } from './devices.ts';
import { diff } from './diff.ts';
import { distill } from './distill.ts';
import { doctor } from './doctor.ts';
import { env } from './env.ts';
import { estimate } from './estimate.ts';
import { explain } from './explain.ts';
import { fuse } from './fuse.ts';
import { graph } from './graph.ts';
import { help } from './help.ts';
import { history } from './history.ts';
import { html } from './html.ts';
import { install } from './install.ts';
import { javascript } from './javascript.ts';
import { latex } from './latex.ts';
import { load } from './load.ts';
import { lsmagic } from './lsmagic.ts';
import type { Magic } from './magic.ts';
import { markdown } from './markdown.ts';
import { on } from './on.ts';
import { optimize } from './optimize.ts';
import { optimizeGraph } from './optimize-graph.ts';
import { plot } from './plot.ts';
import { profile } from './profile.ts';
import { prune } from './prune.ts';
import { pull } from './pull.ts';
import { push } from './push.ts';
import { quantize } from './quantize.ts';
import { recipe } from './recipe.ts';
import { reset } from './reset.ts';
import { rollback } from './rollback.ts';
import { run } from './run.ts';
import { save } from './save.ts';
import { sensitivity } from './sensitivity.ts';
import { simulate } from './simulate.ts';
import { summary } from './summary.ts';
import { svg } from './svg.ts';
import { targets } from './targets.ts';
import { train } from './train.ts';
import { types } from './types.ts';
import { weights } from './weights.ts';
import { who } from './who.ts';
import { writefile } from './writefile.ts';

/** Every magic. A test compares this list with the folder. */
export const magics: readonly Magic[] = [
  data,
  train,
  load,
  save,
  summary,
  graph,
  diff,
  weights,
  calibrate,
  quantize,
  distill,
  prune,
  sensitivity,
  simulate,
  explain,
  targets,
  optimize,
  optimizeGraph,
  fuse,
  bench,
  profile,
  compare,
  recipe,
  plot,
  devices,
  attach,
  detach,
  on,
  push,
  pull,
  deploy,
  rollback,
  deployments,
  estimate,
  choose,
  types,
  ...codeMagics,
  who,
  reset,
  history,
  run,
  cd,
  env,
  install,
  writefile,
  html,
  svg,
  markdown,
  latex,
  javascript,
  doctor,
  lsmagic,
  help,
];
