import { createRequire } from 'node:module';
import ts from 'typescript';
import type { Magic } from '../../magics/magic.ts';
import { viewCell } from './cell-view.ts';
import { declarationsOf } from './declarations.ts';
import { earlierPrefix, earlierUses } from './earlier-uses.ts';
import { importGlobals, offerGlobals, type TslabGlobals } from './tslab-globals.ts';
import type { Mistake } from './types-protocol.ts';
import { viewEdits } from './view-edits.ts';

/** The part of tslab's converter that is used here. */
interface Converter {
  convert(
    earlier: string,
    source: string,
  ): {
    declOutput?: string;
    diagnostics: { start: Place; end: Place; messageText: string; code: number }[];
  };
}

interface Place {
  readonly offset: number;
}

/** Checks cells as tslab does: by its own converter, with its own compiler. Needs the package `tslab`. */
export class TslabCheck {
  readonly #converter: Converter;
  readonly #magics: readonly Magic[];
  /** Declarations of the cells so far, as the converter writes them. */
  #earlier = '';

  private constructor(converter: Converter, magics: readonly Magic[]) {
    this.#converter = converter;
    this.#magics = magics;
  }

  /** Loads tslab's compiler and libraries, which takes about a second. */
  static async load(globals: TslabGlobals): Promise<TslabCheck> {
    const require = createRequire(import.meta.url);
    const { createConverter } = require('tslab/dist/converter') as { createConverter(): Converter };
    offerGlobals(globals);
    return new TslabCheck(createConverter(), globals.magics);
  }

  /** The mistakes of a cell; if there are none, its declarations are known to the next. */
  check(code: string): Mistake[] {
    const known = new Set(declarationsOf(parse(this.#earlier)).map(({ name }) => name));
    const edits = viewEdits(code, { magics: this.#magics, variables: known });
    const plain = viewCell(code, edits, { prefix: '', suffix: '' });
    const renames = earlierUses(parse(plain.text), (name) => known.has(name)).flatMap((edit) => {
      const start = plain.toCell(edit.start);
      return start === undefined ? [] : [{ ...edit, start, end: start }];
    });
    const all = [...edits, ...renames].sort((a, b) => a.start - b.start);
    const view = viewCell(code, all, { prefix: '', suffix: '' });
    const { declOutput, diagnostics } = this.#converter.convert(
      importGlobals + this.#earlier + earlierNames(view.text),
      view.text,
    );
    if (diagnostics.length === 0) this.#earlier = withoutEarlierNames(declOutput ?? this.#earlier);
    return diagnostics.map(({ start, end, messageText, code: number }) => {
      const position = view.toCell(start.offset) ?? 0;
      const before = code.slice(0, position);
      return {
        message: messageText.replaceAll(earlierPrefix, ''),
        code: number,
        line: before.split('\n').length,
        column: position - before.lastIndexOf('\n'),
        length: Math.max(1, (view.toCell(end.offset) ?? 0) - position),
      };
    });
  }

  /** Begins anew. */
  forget(): void {
    this.#earlier = '';
  }
}

const parse = (text: string): ts.SourceFile =>
  ts.createSourceFile('cell.tsx', text, ts.ScriptTarget.ESNext, true);

function earlierNames(text: string): string {
  const used = new Set(text.match(new RegExp(`${earlierPrefix}[\\p{ID_Continue}$]+`, 'gu')));
  return [...used]
    .map((name) => `declare let ${name}: typeof ${name.slice(earlierPrefix.length)};\n`)
    .join('');
}

const withoutEarlierNames = (declarations: string): string =>
  declarations
    .split('\n')
    .filter((line) => !line.startsWith(`declare let ${earlierPrefix}`) && line !== importGlobals.trim())
    .join('\n');
