import { UsageError } from '../../src/errors.ts';

/** Where a Jupyter server is, and which of its kernels takes cells. */
export interface JupyterAddress {
  /** `http://host:8888/base/`. */
  readonly baseUrl: string;
  /** The name of a kernelspec; undefined for the server's own default. */
  readonly kernel: string | undefined;
}

/** Pages of Jupyter's front ends, which users copy along with the server's address. */
const page = /\/(?:lab|tree|notebooks|doc)(?:\/.*)?$/;

/** Reads `jupyter+http(s)://host[:port]/[base/][?kernel=NAME]`. Throws UsageError, which never shows a token. */
export function jupyterAddress(url: string): JupyterAddress {
  const text = url.replace(/^jupyter\+/i, '');
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  const shown = url.replace(/[?#].*$/s, '').replace(/\/\/[^@/]*@/, '//');
  const form = 'A Jupyter server is jupyter+http://host:8888/ or jupyter+https://..., with ?kernel=NAME';
  if (!parsed || !/^https?:$/.test(parsed.protocol) || !parsed.hostname)
    throw new UsageError(`${form}, was '${shown}'`);
  if (parsed.username || parsed.password || parsed.searchParams.has('token'))
    throw new UsageError(
      `'${shown}' came with a token or a password, which would be kept in files with the URL. Leave it out: you are asked for the token, or set JUPYTER_TOKEN`,
    );
  const others = [...parsed.searchParams.keys()].filter((key) => key !== 'kernel');
  if (others.length > 0 || parsed.hash) throw new UsageError(`${form} and nothing else, was '${shown}'`);
  const folder = parsed.pathname.replace(page, '/').replace(/\/*$/, '/');
  return { baseUrl: `${parsed.origin}${folder}`, kernel: parsed.searchParams.get('kernel') || undefined };
}

/** The environment variable that holds the token of this device and no other. */
export const tokenVariable = (device: string): string =>
  `EDGEBOOK_JUPYTER_TOKEN_${device.toUpperCase().replaceAll(/\W/g, '_')}`;

/** The token that the environment has for a device: of its own, or Jupyter's. */
export const environmentToken = (device: string): string | undefined =>
  process.env[tokenVariable(device)] || process.env.JUPYTER_TOKEN || undefined;
