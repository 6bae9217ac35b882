import { type AnyNode, type Program, parse } from 'acorn';
import { applyEdits, blank, type Edit } from './edits.ts';
import { internalsName } from './internals.ts';
import { type Declarations, rewriteStatement } from './rewrite-statements.ts';
import { givenName, renameShadowing } from './shadowing.ts';
import { identifiers, walk } from './syntax-walk.ts';

export interface Rewritten {
  /** Scripts to run one after the other: hoisted functions, if there are any, then the rest. */
  readonly scripts: readonly string[];
  /** Names the cell declares at its top level. */
  readonly declares: readonly string[];
}

/**
 * Rewrites an ES module into scripts for V8's REPL mode, in which `let` may be declared again any number of
 * times: every top-level declaration becomes `let`, imports become `await` of a dynamic import, `export` goes,
 * the last expression is kept for display. Line numbers stay. Throws acorn's SyntaxError.
 *
 * Functions are hoisted by a script of their own, run first, in which all else is blank: so a function may be
 * called above its declaration and still be a `let`. `known`: names that earlier cells have declared.
 */
export function rewrite(source: string, known: ReadonlySet<string>): Rewritten {
  const original = parseModule(source);
  const code = renameShadowing(source, original, known);
  const program = code === source ? original : parseModule(code);
  const declared: Declarations = { code, names: new Set(), reset: new Set(), used: identifiers(program) };
  const functions: Edit[] = [];
  const rest: Edit[] = [];
  for (const statement of program.body) {
    const { hoisted, edits } = rewriteStatement(statement, declared);
    (hoisted ? functions : rest).push(...edits);
    if (hoisted) rest.push({ start: statement.start, end: statement.end, text: '' });
    const inner = rewriteImportExpressions(statement);
    (hoisted ? functions : rest).push(...inner);
  }
  rest.push(...keepLastValue(program));
  const main = `'use strict';${declareReset(declared)} ${applyEdits(code, rest)}`;
  const scripts = functions.length > 0 ? [functionScript(code, program, functions), main] : [main];
  return { scripts, declares: [...declared.names].map(givenName) };
}

/** Whether `code` can be rewritten as it is. */
export function isJavaScript(code: string): boolean {
  try {
    parseModule(code);
    return true;
  } catch {
    return false;
  }
}

function parseModule(code: string): Program {
  return parse(code, {
    ecmaVersion: 'latest',
    sourceType: 'module',
    allowAwaitOutsideFunction: true,
    // For the analysis of scopes.
    ranges: true,
  });
}

/** `import()` does not work in code evaluated by the inspector, nor does `import.meta`. */
function rewriteImportExpressions(statement: AnyNode): Edit[] {
  const edits: Edit[] = [];
  walk(statement, (node) => {
    if (node.type === 'ImportExpression')
      edits.push({ start: node.start, end: node.start + 'import'.length, text: `${internalsName}.import` });
    if (node.type === 'MetaProperty' && node.meta.name === 'import')
      edits.push({ start: node.start, end: node.end, text: `${internalsName}.meta` });
  });
  return edits;
}

function keepLastValue(program: Program): Edit[] {
  const last = program.body.at(-1);
  const expression = lastExpression(last);
  if (!expression) return [];
  return [
    { start: expression.start, end: expression.start, text: `${internalsName}.last = (` },
    { start: expression.end, end: expression.end, text: ')' },
  ];
}

function lastExpression(last: AnyNode | undefined): AnyNode | undefined {
  if (last?.type === 'ExpressionStatement') return last.expression;
  if (last?.type !== 'ExportDefaultDeclaration') return undefined;
  return /Declaration$/.test(last.declaration.type) ? undefined : last.declaration;
}

function declareReset({ reset }: Declarations): string {
  return reset.size > 0 ? `let ${[...reset].join(', ')};` : '';
}

/** The cell with everything blank but its function declarations. */
function functionScript(code: string, program: Program, functions: readonly Edit[]): string {
  const others: Edit[] = [];
  let position = 0;
  for (const statement of program.body.filter(isFunction)) {
    others.push({
      start: position,
      end: statement.start,
      text: blank(code.slice(position, statement.start)),
    });
    position = statement.end;
  }
  others.push({ start: position, end: code.length, text: blank(code.slice(position)) });
  return `'use strict'; ${applyEdits(code, [...others, ...functions])}`;
}

function isFunction(statement: AnyNode): boolean {
  const declaration = /^Export(Named|Default)/.test(statement.type)
    ? (statement as { declaration?: AnyNode | null }).declaration
    : statement;
  return declaration?.type === 'FunctionDeclaration' && declaration.id !== null;
}
