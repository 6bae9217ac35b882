/** What the terminal does for the session, beside showing its state. */
export interface Screen {
  /** Puts whole lines above the prompt, for good. */
  write(text: string): void;
  /** Hands the terminal to another program while `work` runs. */
  suspend(work: () => Promise<void>): Promise<void>;
  /** Ends the program. */
  exit(code: number): void;
}
