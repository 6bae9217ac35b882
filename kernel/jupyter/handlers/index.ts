import type { Handler } from '../handler.ts';
import { commClose, commMessage, commOpen } from './comm.ts';
import { commInfo } from './comm-info.ts';
import { complete } from './complete.ts';
import { execute } from './execute.ts';
import { history } from './history.ts';
import { inspect } from './inspect.ts';
import { interrupt } from './interrupt.ts';
import { isComplete } from './is-complete.ts';
import { kernelInfo } from './kernel-info.ts';
import { shutdown } from './shutdown.ts';
import { createSubshell, deleteSubshell, listSubshell } from './subshells.ts';

/** Every request that the kernel answers. */
export const handlers: readonly Handler[] = [
  kernelInfo,
  execute,
  isComplete,
  complete,
  inspect,
  history,
  commInfo,
  commOpen,
  commMessage,
  commClose,
  createSubshell,
  deleteSubshell,
  listSubshell,
  interrupt,
  shutdown,
];
