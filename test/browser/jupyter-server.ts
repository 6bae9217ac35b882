import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const token = 'edgebook-test';

/** A front end: the Python module that serves it, the address of a notebook in it, and flags of its own. */
export interface FrontEnd {
  readonly module: string;
  readonly path: string;
  readonly flags: readonly string[];
}

export const jupyterLab: FrontEnd = {
  module: 'jupyterlab',
  path: 'lab/tree',
  flags: ['--LabApp.expose_app_in_browser=True', '--LabApp.extension_manager=readonly'],
};
/** Notebook 7, built of Lab's parts. */
export const notebook7: FrontEnd = {
  module: 'notebook',
  path: 'notebooks',
  flags: ['--JupyterNotebookApp.expose_app_in_browser=True', '--LabApp.extension_manager=readonly'],
};
/** The notebook as it was up to version 6. */
export const nbclassic: FrontEnd = { module: 'nbclassic', path: 'nbclassic/notebooks', flags: [] };

export interface JupyterServer {
  /** Opens a notebook of the root folder alone, without the workspace of an earlier visit. */
  notebookUrl(path: string): string;
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly frontEnd: FrontEnd;
  readonly python: string;
  /** The folder that the server shows. */
  readonly root: string;
  /** Where settings and the like may go; kernels under its `share/jupyter` are found. */
  readonly home: string;
  /** The file that gets what the server prints. */
  readonly log: string;
}

/** Starts a front end's server with nothing of the user's own settings and waits until it answers. */
export async function startServer(options: ServerOptions): Promise<JupyterServer> {
  const { frontEnd, python, root, home, log } = options;
  const port = await freePort();
  await silenceNews(home);
  const server = spawn(python, ['-m', frontEnd.module, ...serverArguments(port, root), ...frontEnd.flags], {
    env: serverEnvironment(home),
  });
  const file = createWriteStream(log);
  server.stdout.pipe(file, { end: false });
  server.stderr.pipe(file, { end: false });
  const url = `http://127.0.0.1:${port}`;
  if (!(await answers(`${url}/api/status?token=${token}`, server)))
    throw new Error(`${frontEnd.module} ended with code ${server.exitCode} before it answered, see ${log}`);
  return {
    notebookUrl: (path) => `${url}/${frontEnd.path}/${path}?token=${token}&reset`,
    close: () => stop(server, `${url}/api/shutdown?token=${token}`),
  };
}

const serverArguments = (port: number, root: string): string[] => [
  '--no-browser',
  '--allow-root',
  '--ip=127.0.0.1',
  `--port=${port}`,
  '--ServerApp.port_retries=0',
  `--IdentityProvider.token=${token}`,
  `--ServerApp.root_dir=${root}`,
];

/** Jupyter finds what is under `home` and nothing of the user's. */
export function serverEnvironment(home: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    JUPYTER_PATH: join(home, 'share/jupyter'),
    JUPYTER_CONFIG_DIR: join(home, 'config'),
    JUPYTER_DATA_DIR: join(home, 'data'),
    JUPYTER_RUNTIME_DIR: join(home, 'runtime'),
    JUPYTERLAB_SETTINGS_DIR: join(home, 'settings'),
    JUPYTERLAB_WORKSPACES_DIR: join(home, 'workspaces'),
    IPYTHONDIR: join(home, 'ipython'),
  };
}

/** Else Lab asks on its first start, over the notebook, whether it may fetch news. */
async function silenceNews(home: string): Promise<void> {
  const folder = join(home, 'settings/@jupyterlab/apputils-extension');
  await mkdir(folder, { recursive: true });
  const settings = { fetchNews: 'false', checkForUpdates: false, doNotDisturbMode: true };
  await writeFile(join(folder, 'notification.jupyterlab-settings'), JSON.stringify(settings));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Waits for the first good answer; false if the server ends before. */
async function answers(url: string, server: ChildProcess): Promise<boolean> {
  while (server.exitCode === null) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return true;
    await sleep(200);
  }
  return false;
}

/** Shuts down the server with its kernels; kills it after 20 seconds. */
async function stop(server: ChildProcess, url: string): Promise<void> {
  const ended = once(server, 'exit');
  await fetch(url, { method: 'POST' }).catch(() => server.kill());
  const patience = new AbortController();
  await Promise.race([ended, sleep(20_000, undefined, { signal: patience.signal }).catch(() => undefined)]);
  patience.abort();
  if (server.exitCode === null) server.kill('SIGKILL');
  await ended;
}
