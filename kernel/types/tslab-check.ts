import { createRequire } from 'node:module';
import type { Magic } from '../../magics/magic.ts';
import { magicEdits } from '../magics-transform.ts';
import { viewCell } from './cell-view.ts';
import type { Mistake } from './types-protocol.ts';

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

const ambient = `declare function $magic(name: string, ...line: string[]): Promise<any>;
declare function $show<T>(value: T): T;
declare let display: any;
`;

/** Checks cells as tslab does: by its own converter, with its own compiler. Needs the package `tslab`. */
export class TslabCheck {
  readonly #converter: Converter;
  readonly #magics: readonly Magic[];
  #earlier = ambient;

  private constructor(converter: Converter, magics: readonly Magic[]) {
    this.#converter = converter;
    this.#magics = magics;
  }

  /** Loads tslab's compiler and libraries, which takes about a second. */
  static async load({ magics }: { magics: readonly Magic[] }): Promise<TslabCheck> {
    const require = createRequire(import.meta.url);
    const { createConverter } = require('tslab/dist/converter') as { createConverter(): Converter };
    return new TslabCheck(createConverter(), magics);
  }

  /** The mistakes of a cell; if there are none, its declarations are known to the next. */
  check(code: string): Mistake[] {
    const edits = magicEdits(code, this.#magics);
    const view = viewCell(code, edits, { prefix: '', suffix: '' });
    const { declOutput, diagnostics } = this.#converter.convert(this.#earlier, view.text);
    if (diagnostics.length === 0) this.#earlier = declOutput ?? this.#earlier;
    return diagnostics.map(({ start, end, messageText, code: number }) => {
      const position = view.toCell(start.offset) ?? 0;
      const before = code.slice(0, position);
      return {
        message: messageText,
        code: number,
        line: before.split('\n').length,
        column: position - before.lastIndexOf('\n'),
        length: Math.max(1, end.offset - start.offset),
      };
    });
  }

  /** Begins anew. */
  forget(): void {
    this.#earlier = ambient;
  }
}
