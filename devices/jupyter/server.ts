import { setTimeout as sleep } from 'node:timers/promises';
import type { Contents, Kernel, KernelManager, ServerConnection } from '@jupyterlab/services';
import { UsageError } from '../../src/errors.ts';
import { environmentToken, type JupyterAddress, tokenVariable } from './address.ts';
import { errorText, isForbidden, isTransient, jupyterError } from './failure.ts';
import { liveSocket, type SocketClass } from './live-socket.ts';
import { jupyterServices } from './services.ts';

/** A kernel that a server can start. */
export interface KernelKind {
  readonly name: string;
  /** As the server's menu shows it. */
  readonly title: string;
  /** In lower case: python, typescript, r. */
  readonly language: string;
}

/** A request ends within this, in ms. */
const requestPatience = 8000;
/** A small board takes its time to start a process. */
const startPatience = 30_000;
/** All tries to reach a server end within this, in ms. */
const reachPatience = 8500;
/** Between tries, in ms; each is twice the one before. */
const firstWait = 250;

/** A Jupyter server, spoken to by `@jupyterlab/services`. The token is kept in memory and nowhere else. */
export class JupyterServer {
  readonly device: string;
  readonly address: JupyterAddress;
  #token: string | undefined;
  #connected: { readonly settings: ServerConnection.ISettings; readonly kernels: KernelManager } | undefined;
  #kinds: Promise<readonly KernelKind[]> | undefined;
  #defaultName = '';

  constructor(device: string, address: JupyterAddress) {
    this.device = device;
    this.address = address;
    this.#token = environmentToken(device);
  }

  /** Reaches it, and asks for the token by `ask` if it takes no other. Throws DeviceError, UsageError. */
  async meet(ask?: (question: string) => Promise<string>): Promise<void> {
    try {
      await this.reach();
    } catch (error) {
      if (!isForbidden((error as Error).cause)) throw error;
      await this.#ask(error as Error, ask);
      await this.reach();
    }
  }

  /** Waits until it answers, with tries ever slower while it may be starting. Throws DeviceError. */
  async reach(): Promise<void> {
    const deadline = Date.now() + reachPatience;
    for (let wait = firstWait; ; wait *= 2) {
      try {
        this.#kinds = undefined;
        await this.kinds(Math.max(1000, deadline - Date.now()));
        return;
      } catch (error) {
        if (!isTransient((error as Error).cause) || Date.now() + wait > deadline - 1000) throw error;
        await sleep(wait);
      }
    }
  }

  /** The kernels that it can start. Throws DeviceError. */
  kinds(patience?: number): Promise<readonly KernelKind[]> {
    this.#kinds ??= this.#specs(patience).catch((cause) => {
      this.#kinds = undefined;
      throw jupyterError(this.device, this.address.baseUrl, cause);
    });
    return this.#kinds;
  }

  /** The kernel of a name, or the server's default. Throws UsageError for one that is not there. */
  async kind(name?: string): Promise<KernelKind> {
    const kinds = await this.kinds();
    const found =
      kinds.find((kind) => kind.name === (name ?? this.#defaultName)) ?? (name ? undefined : kinds[0]);
    if (found) return found;
    const names = kinds.map((kind) => kind.name);
    if (name !== undefined) throw UsageError.unknown(`kernel of ${this.device}`, name, names);
    throw new UsageError(
      `${this.device}: its Jupyter server has no kernel. Install one there: pip install ipykernel`,
    );
  }

  /** Starts a kernel; it may not answer yet. Throws DeviceError. */
  async start(kind: KernelKind): Promise<Kernel.IKernelConnection> {
    try {
      return await this.kernels.startNew({ name: kind.name }, channelOptions());
    } catch (cause) {
      throw jupyterError(this.device, this.address.baseUrl, cause);
    }
  }

  /** Another connection to a kernel that runs there. */
  connectTo(model: Kernel.IModel): Kernel.IKernelConnection {
    return this.kernels.connectTo({ model, ...channelOptions() });
  }

  get kernels(): KernelManager {
    return this.#open().kernels;
  }

  /** Files below the server's root folder. */
  contents(): Contents.IManager {
    return new (jupyterServices().ContentsManager)({ serverSettings: this.#open().settings });
  }

  dispose(): void {
    this.#connected?.kernels.dispose();
    this.#connected = undefined;
  }

  async #ask(refused: Error, ask: ((question: string) => Promise<string>) | undefined): Promise<void> {
    if (!ask) throw refused;
    const question = `The token of the Jupyter server at ${this.address.baseUrl} ('jupyter server list' prints it there):`;
    let token: string;
    try {
      token = (await ask(question)).trim();
    } catch (error) {
      // Nobody can be asked: the refusal says what else helps.
      throw error instanceof UsageError ? refused : error;
    }
    if (token === '')
      throw new UsageError(
        `'${this.device}' was not attached without a token. Give it, or set ${tokenVariable(this.device)}`,
      );
    this.#token = token;
    this.dispose();
  }

  #open() {
    this.#connected ??= this.#connect();
    return this.#connected;
  }

  #connect() {
    const { KernelManager, ServerConnection } = jupyterServices();
    const given = ServerConnection.makeSettings({});
    const settings = ServerConnection.makeSettings({
      baseUrl: this.address.baseUrl,
      token: this.#token ?? '',
      // A WebSocket carries no header for it.
      appendToken: true,
      WebSocket: liveSocket(given.WebSocket as unknown as SocketClass) as unknown as typeof given.WebSocket,
      fetch: timedFetch,
    });
    // Its polling is off: kernels tell of themselves, and old servers answer it by 500 while a kernel starts.
    const kernels = new KernelManager({ serverSettings: settings, standby: () => true });
    kernels.ready.catch(() => {});
    return { settings, kernels };
  }

  async #specs(patience = requestPatience): Promise<readonly KernelKind[]> {
    const { KernelSpecAPI } = jupyterServices();
    const timer = AbortSignal.timeout(patience);
    const late = new Promise<never>((_, reject) => {
      timer.addEventListener('abort', () => reject(timer.reason), { once: true });
    });
    late.catch(() => {});
    const specs = await Promise.race([KernelSpecAPI.getSpecs(this.#open().settings), late]);
    this.#defaultName = specs.default;
    return Object.values(specs.kernelspecs).flatMap((spec) =>
      spec ? [{ name: spec.name, title: spec.display_name, language: spec.language.toLowerCase() }] : [],
    );
  }
}

/** Messages to a kernel's comm keep their order: no second shell beside the first. */
const channelOptions = () => ({
  commsOverSubshells: jupyterServices().CommsOverSubshells.Disabled,
  handleComms: true,
});

/** A request that ends in time, and whose error keeps its reason: `services` passes on no more than the text. */
async function timedFetch(input: Parameters<typeof fetch>[0]): Promise<Response> {
  const starts = input instanceof Request && input.method === 'POST' && /\/api\/kernels\?/.test(input.url);
  try {
    return await fetch(input, { signal: AbortSignal.timeout(starts ? startPatience : requestPatience) });
  } catch (cause) {
    throw new Error(errorText(cause), { cause });
  }
}
