import { displaySymbol } from '../src/report.ts';
import type { Magic } from './magic.ts';

type ContentMagic = Magic<void>;

interface Kind {
  /** As people call it. */
  readonly what: string;
  readonly mime: string;
  readonly verb?: string;
}

/** The record of a magic that shows the rest of its cell as one kind of content. */
export function shownAs(name: string, { what, mime, verb = 'Show' }: Kind): ContentMagic {
  return {
    name,
    form: 'cell',
    summary: `${verb} the rest of the cell as ${what}${verb === 'Run' ? ' in the page' : ''}`,
    positionals: [],
    flags: [],
    examples: [`%%${name}`],
    result: 'void',
    async run({ body = '' }, { display }) {
      display({ [displaySymbol]: () => ({ [mime]: body, 'text/plain': body }) });
    },
  };
}
