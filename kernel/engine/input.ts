import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { UsageError } from '../../src/errors.ts';
import type { InputAnswer } from './protocol.ts';
import { report } from './report.ts';
import { cellSignal, runningCell } from './running-cell.ts';

/** What the worker thread and this one share so that this one can sleep until the user has answered. */
export interface InputLine {
  /** Grows by one with every answer. */
  readonly answered: Int32Array<SharedArrayBuffer>;
  readonly answers: MessagePort;
}

export interface InputOptions {
  /** What an empty answer stands for. */
  readonly default?: string;
  /** The front end hides what is typed. */
  readonly password?: boolean;
}

interface Question {
  settle(answer: InputAnswer): void;
}

const open = new Map<number, Question>();
let line: InputLine | undefined;
let lastQuestion = 0;

export function connectInput(connected: InputLine): void {
  line = connected;
  line.answers.on('message', settle);
}

/** Asks the user, and stops this thread until the answer is there. Throws UsageError if nobody can be asked. */
export function prompt(message: unknown = '', defaultValue?: unknown): string {
  return askAndWait(String(message), defaultValue === undefined ? {} : { default: String(defaultValue) });
}

/** Asks for what nobody may read: the front end shows dots. */
export function promptPassword(message: unknown = 'Password:'): string {
  return askAndWait(String(message), { password: true });
}

/** Asks a yes-or-no question; only an answer that begins with y means yes. */
export function confirm(message: unknown = 'Confirm'): boolean {
  return /^\s*y/i.test(askAndWait(`${message} [y/N]`, {}));
}

/** Shows a message, and waits until the user presses Enter. */
export function alert(message: unknown = 'Alert'): void {
  askAndWait(`${message} [Enter]`, {});
}

/** Asks the user; timers and other work go on meanwhile. Rejects with UsageError if nobody can be asked. */
export async function input(message: unknown = '', options: InputOptions = {}): Promise<string> {
  const signal = cellSignal();
  const answer = await new Promise<InputAnswer>((resolve, reject) => {
    pose(String(message), options, resolve);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return textOf(answer, options);
}

function askAndWait(message: string, options: InputOptions): string {
  let answer: InputAnswer | undefined;
  pose(message, options, (given) => {
    answer = given;
  });
  const { answered, answers } = line!;
  while (!answer) {
    const seen = Atomics.load(answered, 0);
    for (let next = receiveMessageOnPort(answers); next; next = receiveMessageOnPort(answers))
      settle(next.message as InputAnswer);
    if (!answer) Atomics.wait(answered, 0, seen);
  }
  return textOf(answer, options);
}

function textOf({ value = '', error }: InputAnswer, options: InputOptions): string {
  if (error !== undefined) throw new UsageError(error);
  return value || (options.default ?? '');
}

function pose(message: string, options: InputOptions, whenAnswered: Question['settle']): void {
  const cell = runningCell();
  if (!cell) throw new UsageError('prompt() can ask only while a cell runs: await what calls it in the cell');
  if (!cell.canAsk)
    throw new UsageError(
      'prompt() must have a front end that asks the user, but this one takes no input (allow_stdin is false). ' +
        'Run the cell in a notebook or console, or set the value in the cell',
    );
  const hint = options.default === undefined ? '' : ` [${options.default}]`;
  const text = `${message}${hint}`;
  open.set(++lastQuestion, { settle: whenAnswered });
  const prompt = text && !/\s$/.test(text) ? `${text} ` : text;
  report({
    type: 'input',
    question: lastQuestion,
    cell: cell.id,
    prompt,
    password: options.password === true,
  });
}

function settle(answer: InputAnswer): void {
  const question = open.get(answer.question);
  open.delete(answer.question);
  question?.settle(answer);
}
