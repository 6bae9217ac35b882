import type { Magic, TypesMode } from '../../magics/magic.ts';
import { type Completeness, isComplete } from '../engine/is-complete.ts';
import { CellProject } from './cell-project.ts';
import { isUnchecked, mistakesOf } from './check-cell.ts';
import { completeCell } from './complete-cell.ts';
import { completeMagic } from './complete-magic.ts';
import { codeInBraces, commandAt, completeCommand } from './complete-shell.ts';
import { inspectCell } from './inspect-cell.ts';
import { explainMagic, magicAt } from './inspect-magic.ts';
import { moduleExports } from './module-exports.ts';
import { NotebookNames } from './notebook-names.ts';
import { signatureHelp } from './signature-help.ts';
import { TslabCheck } from './tslab-check.ts';
import type { Completion, Explanation, Mistake, Signature, TypesRequests } from './types-protocol.ts';

interface ServerOptions {
  readonly cwd: string;
  readonly magics: readonly Magic[];
}

type Handlers = {
  [K in keyof TypesRequests]: (
    ask: TypesRequests[K]['ask'],
  ) => TypesRequests[K]['answer'] | Promise<TypesRequests[K]['answer']>;
};

/** Answers all questions about the cells of one session. */
export class TypesServer implements Handlers {
  readonly #options: ServerOptions;
  #project: CellProject;
  #tslab: TslabCheck | undefined;
  readonly #names: NotebookNames;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#project = new CellProject(options);
    this.#names = new NotebookNames(options.cwd, () => this.#project.names);
  }

  /** Has the compiler read its libraries, which the first question would wait for. */
  warmUp(): void {
    const code = 'const a = [0];\na.';
    mistakesOf(this.#project, this.#project.open('0'));
    this.complete({ code, position: code.length });
    this.inspect({ code, position: 'const a'.length, detail: false });
    this.#project.open('');
  }

  cell({ code, mode }: { code: string; mode: TypesMode }): readonly Mistake[] | Promise<readonly Mistake[]> {
    const cell = this.#project.open(code, { exporting: true });
    const mistakes = mode === 'warn' || mode === 'strict' ? mistakesOf(this.#project, cell) : [];
    if (mode === 'tslab') return this.#checkByTslab(code);
    if (mode !== 'strict' || mistakes.length === 0) this.#project.keep(cell);
    return mistakes;
  }

  complete({ code, position }: { code: string; position: number }): Completion {
    const { magics, cwd } = this.#options;
    const inMagic = completeMagic({ code, position, magics, cwd, names: this.#names });
    if (inMagic) return inMagic;
    const command = commandAt(code, position, new Set(this.#project.names.keys()));
    const braces = command && codeInBraces(code, position, command);
    if (braces) {
      const inner = this.complete({ code: braces.code, position: position - braces.shift });
      return { ...inner, start: inner.start + braces.shift, end: inner.end + braces.shift };
    }
    if (command) return completeCommand(code, position, { start: command.start, cwd, names: this.#names });
    return completeCell({ project: this.#project, cell: this.#project.open(code), position, cwd });
  }

  inspect(ask: { code: string; position: number; detail: boolean }): Explanation | undefined {
    const { code, position, detail } = ask;
    const { magics, cwd } = this.#options;
    const place = magicAt(code, position, magics);
    if (!place) {
      const cell = this.#project.open(code);
      return inspectCell({ project: this.#project, cell, position, cwd }, { detail });
    }
    if (place.word === undefined || !this.#project.names.has(place.word)) return explainMagic(place);
    const cell = this.#project.open(place.word);
    return inspectCell({ project: this.#project, cell, position: 0, cwd }, { detail });
  }

  signature({ code, position }: { code: string; position: number }): Signature | undefined {
    const { magics, cwd } = this.#options;
    if (magicAt(code, position, magics)) return undefined;
    return signatureHelp({ project: this.#project, cell: this.#project.open(code), position, cwd });
  }

  completeness({ code }: { code: string }): Completeness {
    return isComplete(code);
  }

  names({ names }: { names: readonly string[] }): undefined {
    this.#project.addRuntimeNames(names);
  }

  reset(): undefined {
    this.#project.forget();
    this.#tslab?.forget();
  }

  async #checkByTslab(code: string): Promise<readonly Mistake[]> {
    this.#tslab ??= await TslabCheck.load({
      magics: this.#options.magics,
      library: moduleExports(this.#project, 'edgebook'),
    });
    const mistakes = isUnchecked(code) ? [] : this.#tslab.check(code);
    if (mistakes.length === 0) this.#project.keep(this.#project.open(code, { exporting: true }));
    return mistakes;
  }
}
