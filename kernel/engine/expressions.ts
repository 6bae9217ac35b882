import type { MimeBundle } from '../../src/report.ts';
import { toMimeBundle } from '../display.ts';
import { guarded, Terminated, Thrown } from './evaluate.ts';
import type { ExpressionResult, ExpressionResults } from './protocol.ts';
import { errorOutput } from './traceback.ts';

/** Evaluates what a front end wants to know after a cell; one that fails costs only itself. Throws Terminated. */
export async function evaluateExpressions(
  expressions: Readonly<Record<string, string>> | undefined,
  evaluateValue: (expression: string) => Promise<{ readonly value: unknown }>,
): Promise<{ expressions?: ExpressionResults }> {
  if (!expressions) return {};
  const results: [string, ExpressionResult][] = [];
  for (const [name, expression] of Object.entries(expressions))
    results.push([name, await evaluateOne(expression, evaluateValue)]);
  return { expressions: Object.fromEntries(results) };
}

async function evaluateOne(
  expression: string,
  evaluateValue: (expression: string) => Promise<{ readonly value: unknown }>,
): Promise<ExpressionResult> {
  try {
    return { status: 'ok', data: await bundleOf((await evaluateValue(expression)).value), metadata: {} };
  } catch (error) {
    if (error instanceof Terminated) throw error;
    const { type, ...described } = errorOutput(error instanceof Thrown ? error.value : error);
    return { status: 'error', ...described };
  }
}

async function bundleOf(value: unknown): Promise<MimeBundle> {
  let bundle: MimeBundle | Promise<MimeBundle> = {};
  guarded(() => {
    bundle = toMimeBundle(value);
  });
  return bundle;
}
