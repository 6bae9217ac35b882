import type { InstallOptions } from '../bootstrap/install.ts';
import type { CellOptions, Cells, Pushed } from '../cells.ts';
import { KernelSession } from './kernel-session.ts';
import { firstLine, type ValueLanguage, valueLanguage } from './languages.ts';
import { prepareKernel } from './prepare-kernel.ts';
import type { JupyterServer, KernelKind } from './server.ts';
import { ValueBox } from './value-box.ts';

/** Cells in one of the kernels of a device's Jupyter server. */
export class JupyterCells implements Cells {
  readonly #server: JupyterServer;
  readonly #kind: KernelKind;
  readonly #session: KernelSession;
  #box: ValueBox | undefined;

  constructor(server: JupyterServer, kind: KernelKind) {
    this.#server = server;
    this.#kind = kind;
    this.#session = new KernelSession(server, kind.name);
  }

  async execute(code: string, options: CellOptions): Promise<void> {
    await this.#prepared(options.onNote);
    await this.#session.execute(`${firstLine(this.#kind.language, code)}${code}`, options);
  }

  async push(name: string, value: unknown, options: InstallOptions): Promise<Pushed> {
    const language = valueLanguage(this.#server.device, this.#kind.language);
    return { bytes: await language.push(await this.#target(language, options), name, value) };
  }

  async pull(expression: string, options: InstallOptions): Promise<unknown> {
    const language = valueLanguage(this.#server.device, this.#kind.language);
    return language.pull(await this.#target(language, options), expression);
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  async #target({ program }: ValueLanguage, { onNote, signal }: InstallOptions) {
    await this.#prepared(onNote);
    this.#box ??= new ValueBox(this.#session, { device: this.#server.device, program });
    const options = { silent: true, ...(signal && { signal }) };
    return { box: this.#box, run: (code: string) => this.#session.execute(code, options) };
  }

  async #prepared(onNote: ((text: string) => void) | undefined): Promise<void> {
    await this.#session.connected(onNote);
    await prepareKernel(this.#session, this.#kind.language);
  }
}
