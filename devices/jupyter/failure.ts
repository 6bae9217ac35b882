import { DeviceError } from '../../src/errors.ts';
import { tokenVariable } from './address.ts';

interface Known {
  readonly pattern: RegExp;
  readonly what: (device: string, where: string) => string;
}

/** What goes wrong on the way to a server, and what a user can do about it. */
const known: readonly Known[] = [
  {
    pattern: /\b40[13]\b|Forbidden|Unauthorized/,
    what: (device, where) =>
      `the Jupyter server at ${where} does not take the token. 'jupyter server list' prints it there: set ${tokenVariable(device)} or JUPYTER_TOKEN, or attach it again to be asked`,
  },
  {
    pattern: /ECONNREFUSED/,
    what: (_, where) => `the machine of ${where} is there, but no Jupyter server listens on that port`,
  },
  {
    pattern: /ENOTFOUND|EAI_AGAIN/,
    what: (_, where) => `there is no host of the name in ${where}. Check the address`,
  },
  {
    pattern: /self.signed|UNABLE_TO_VERIFY|CERT_|certificate/i,
    what: (_, where) =>
      `the certificate of ${where} is not trusted. Start Edgebook with NODE_EXTRA_CA_CERTS=FILE that holds it`,
  },
  {
    pattern: /TimeoutError|timeout|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT/i,
    what: (_, where) => `the Jupyter server at ${where} does not answer. Is it on, and in the same network?`,
  },
  {
    pattern: /\b404\b|Unexpected token|not valid JSON/,
    what: (_, where) => `${where} is no Jupyter server, or not the part of its address that ends before /lab`,
  },
];

/** The error for what was thrown on the way to a server. One that is a DeviceError already is kept. */
export function jupyterError(device: string, where: string, cause: unknown): DeviceError {
  if (cause instanceof DeviceError) return cause;
  const said = errorText(cause);
  const found = known.find(({ pattern }) => pattern.test(said));
  const text = found ? found.what(device, where) : `the Jupyter server at ${where} failed: ${said}`;
  return new DeviceError(`${device}: ${text}`, { device, command: 'jupyter', cause });
}

/** The messages and codes of an error and of what has caused it. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  const response = (error as { response?: { status?: number } }).response?.status;
  const own = [error.name === 'TimeoutError' ? error.name : '', code, response, error.message];
  const text = own.filter(Boolean).join(' ');
  return error.cause === undefined ? text : `${text}: ${errorText(error.cause)}`;
}

/** Whether another try a little later may go better. */
export const isTransient = (error: unknown): boolean =>
  /ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|UND_ERR_SOCKET|\b50[0234]\b/.test(errorText(error));

/** Whether the server wants another token. */
export const isForbidden = (error: unknown): boolean => /\b40[13]\b/.test(errorText(error));

/** Whether the server does not have what was asked for. */
export const isMissing = (error: unknown): boolean => /\b404\b/.test(errorText(error));
