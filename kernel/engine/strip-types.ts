import { stripTypeScriptTypes } from 'node:module';
import { isJavaScript } from './rewrite.ts';

/**
 * The code with its types blanked, which keeps every position. Plain JavaScript comes back as it is, without
 * a wait for Node's TypeScript parser. Throws a SyntaxError on what only a compiler can take away, such as an enum.
 */
export function stripTypes(code: string): string {
  return !mayHoldTypeArguments(code) && isJavaScript(code)
    ? code
    : stripTypeScriptTypes(code, { mode: 'strip' });
}

/** JavaScript has its own reading of `f<T>(x)`: two comparisons. All other types are errors to it. */
function mayHoldTypeArguments(code: string): boolean {
  return /<[\s\S]*>/.test(code.replaceAll('=>', ''));
}
