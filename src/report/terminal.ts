/** What the terminal of a front end shows. */
export interface Terminal {
  readonly columns: number;
  readonly color: boolean;
}

/**
 * The terminal that values are shown in, as the front end tells it in the environment: `EDGEBOOK_TERMINAL` is `color` or
 * `plain`, `COLUMNS` its width. Undefined in a notebook, whose texts have a width of their own.
 */
export function terminal(env: NodeJS.ProcessEnv = process.env): Terminal | undefined {
  if (!env.EDGEBOOK_TERMINAL) return undefined;
  return { columns: Number(env.COLUMNS) || 80, color: env.EDGEBOOK_TERMINAL === 'color' };
}
