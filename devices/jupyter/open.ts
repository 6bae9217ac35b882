import { installAgent } from '../bootstrap/install.ts';
import type { CellsOptions } from '../cells.ts';
import type { Opened } from '../index.ts';
import type { MeetOptions } from '../ssh/meet.ts';
import { jupyterAddress } from './address.ts';
import { JupyterTransport } from './jupyter.ts';
import { JupyterCells } from './jupyter-cells.ts';
import { pythonKernel } from './processes.ts';
import type { KernelKind } from './server.ts';

/** Our own kernel, as it is installed: a server without it gets the agent instead. */
const ownKernel = 'edgebook';

/** A device behind a Jupyter server. Throws UsageError for a URL that is none. */
export function openJupyter(name: string, url: string): Opened {
  const device = new JupyterDevice(name, url);
  return {
    transport: device.transport,
    meet: (options) => device.meet(options),
    agent: (options) => installAgent(device.transport, options),
    cells: (options) => device.cells(options),
  };
}

class JupyterDevice {
  readonly transport: JupyterTransport;
  readonly #cells = new Map<string, JupyterCells>();

  constructor(name: string, url: string) {
    this.transport = new JupyterTransport(name, jupyterAddress(url), () => this.#closeCells());
  }

  /** Reaches the server, and says what cells are written in there. */
  async meet({ ask, onNote }: MeetOptions): Promise<void> {
    const { name, server } = this.transport;
    await server.meet(ask && ((question) => ask(question, true)));
    const kind = await this.#kind();
    onNote?.(
      kind
        ? `Cells of %%on ${name} go to its kernel '${kind.name}', ${kind.title}: they are in ${kind.language}`
        : `Its server has no Edgebook kernel: %%on ${name} brings an agent there, which runs TypeScript`,
    );
  }

  /** Undefined where the agent is to run the cells, or its python3. */
  async cells({ language }: CellsOptions): Promise<JupyterCells | undefined> {
    const kind = language === 'python' ? await this.#pythonKind() : await this.#kind();
    if (!kind) return undefined;
    const known = this.#cells.get(kind.name) ?? new JupyterCells(this.transport.server, kind);
    this.#cells.set(kind.name, known);
    return known;
  }

  async #kind(): Promise<KernelKind | undefined> {
    const { server } = this.transport;
    const { kernel } = server.address;
    const kinds = await server.kinds();
    if (kernel === ownKernel && !kinds.some(({ name }) => name === ownKernel)) return undefined;
    return server.kind(kernel);
  }

  async #pythonKind(): Promise<KernelKind | undefined> {
    const main = await this.#kind();
    if (main?.language === 'python') return main;
    const name = await pythonKernel(this.transport.server);
    return name === undefined ? undefined : this.transport.server.kind(name);
  }

  async #closeCells(): Promise<void> {
    await Promise.all([...this.#cells.values()].map((cells) => cells.close()));
    this.#cells.clear();
  }
}
