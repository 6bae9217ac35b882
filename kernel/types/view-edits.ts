import ts from 'typescript';
import type { Magic } from '../../magics/magic.ts';
import type { Edit } from '../engine/edits.ts';
import type { MagicText, ShellText } from '../magics-scanner.ts';
import { magicEdits, type SpecialEdit, shellCalls } from '../magics-transform.ts';
import { splitCommand } from '../shell-text.ts';
import { codeParts, type Span } from './code-parts.ts';

interface Known {
  readonly magics: readonly Magic[];
  /** Variables that earlier cells have declared. */
  readonly variables: ReadonlySet<string>;
}

/**
 * The edits that turn a cell into what the compiler is to see. They differ from those of the runtime where TypeScript
 * stands in what is replaced: the code in `%time code`, below `%%timeit`, in the braces of `!echo {x}` stays as it is.
 *
 *     %time const a = f()        const a = f();
 *     const a = %time f()        const a = (await (f()));
 *     const t = %timeit f(a)     const t = (await $magic("timeit", "")); { f(a);}
 *     !echo {a.b}                void (await $shell(["echo ", ""], a.b));
 */
export function viewEdits(code: string, known: Known): Edit[] {
  return magicEdits(code, known.magics, known.variables).flatMap((edit) => {
    const { special } = edit;
    if ('command' in special) return commandEdits(code, edit, special);
    return 'line' in special ? codeEdits(code, edit, { text: special, known }) : [edit];
  });
}

/** The edits that leave of a text only spans of code. Each part of code may hold special texts itself. */
function keepCode(
  code: string,
  { start, end }: Span,
  { spans, between, known }: { spans: readonly Span[]; between: readonly string[]; known?: Known },
): Edit[] {
  const edits: Edit[] = [];
  let position = start;
  for (const [i, span] of spans.entries()) {
    edits.push({ start: position, end: span.start, text: between[i]! });
    if (known) edits.push(...innerEdits(code, span, known));
    position = span.end;
  }
  return [...edits, { start: position, end, text: between[spans.length]! }];
}

function innerEdits(code: string, { start, end }: Span, known: Known): Edit[] {
  return viewEdits(code.slice(start, end), known).map((edit) => ({
    text: edit.text,
    start: edit.start + start,
    end: edit.end + start,
  }));
}

function commandEdits(code: string, edit: SpecialEdit, { kind, command }: ShellText): Edit[] {
  const { texts, expressions, starts } = splitCommand(command);
  if (expressions.length === 0) return [edit];
  const offset = code.indexOf(command, edit.start + 1);
  const spans = starts.map((start, i) => ({
    start: offset + start,
    end: offset + start + expressions[i]!.length,
  }));
  const [before, after] = shellCalls[kind];
  const first = `${before}${JSON.stringify(texts)}, `;
  const between = [first, ...spans.slice(1).map(() => '\n, '), `\n${after}`];
  return keepCode(code, edit, { spans, between });
}

function codeEdits(
  code: string,
  edit: SpecialEdit,
  { text, known }: { text: MagicText; known: Known },
): Edit[] {
  const magic = known.magics.find(({ name }) => name === text.name);
  const parts = codeParts(code, text, magic);
  if (!magic || !parts) return [edit];
  const { line, body } = parts;
  const call = `await $magic(${JSON.stringify(text.name)}, "")`;
  const shown = text.kind === 'assigned' ? `(${call});` : `void $show(${call});`;
  if (body) {
    const between = magic.runs === 'here' ? ['', ';', ''] : ['', `;${shown} {`, '\n;}'];
    return keepCode(code, edit, { spans: [line, body], between, known });
  }
  const spans = [line];
  if (magic.runs === 'apart') return keepCode(code, edit, { spans, between: [`${shown} {`, '\n;}'], known });
  if (text.kind === 'statement') return keepCode(code, edit, { spans, between: ['', '\n;'], known });
  const between = isExpression(code.slice(line.start, line.end)) ? ['(await (', '\n));'] : [shown, '\n;'];
  return keepCode(code, edit, { spans, between, known });
}

function isExpression(code: string): boolean {
  const file = ts.createSourceFile('code.tsx', `(${code}\n)`, ts.ScriptTarget.ESNext);
  const { parseDiagnostics } = file as unknown as { parseDiagnostics: readonly unknown[] };
  return parseDiagnostics.length === 0 && file.statements.length === 1;
}
