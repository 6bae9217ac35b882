/** How one thing is: `warn` works with limits, `fail` does not work. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail';
  /** What was found. */
  readonly text: string;
  /** What to do about it. */
  readonly remedy?: string;
}

/** The machine and installation that is looked at; tests give their own. */
export interface CheckHost {
  readonly env: NodeJS.ProcessEnv;
  /** Folder whose packages count as installed: the notebook's. */
  readonly cwd: string;
}

export interface Check {
  readonly name: string;
  run(host: CheckHost): Promise<Finding> | Finding;
}

export const ok = (text: string): Finding => ({ level: 'ok', text });
export const warn = (text: string, remedy: string): Finding => ({ level: 'warn', text, remedy });
export const fail = (text: string, remedy: string): Finding => ({ level: 'fail', text, remedy });
