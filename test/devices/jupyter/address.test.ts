import { afterEach, expect, test, vi } from 'vitest';
import { environmentToken, jupyterAddress } from '../../../devices/jupyter/address.ts';

afterEach(() => vi.unstubAllEnvs());

test.each([
  ['jupyter+http://orin:8888', 'http://orin:8888/', undefined],
  ['jupyter+http://orin:8888/?kernel=python3', 'http://orin:8888/', 'python3'],
  ['jupyter+https://hub/user/me/lab?kernel=ir', 'https://hub/user/me/', 'ir'],
  ['jupyter+http://orin:8888/lab/tree/a.ipynb', 'http://orin:8888/', undefined],
  ['jupyter+http://[::1]:8888/tree', 'http://[::1]:8888/', undefined],
])('%s', (url, baseUrl, kernel) => {
  expect(jupyterAddress(url)).toEqual({ baseUrl, kernel });
});

test.each([
  'jupyter+http://h/?token=abc',
  'jupyter+http://me:abc@h/',
  'jupyter+ftp://h/abc?x=abc',
  'jupyter+http://h/?x=abc',
])('%s is refused, and nothing secret of it is shown', (url) => {
  const error = (() => {
    try {
      return jupyterAddress(url);
    } catch (thrown) {
      return thrown as Error;
    }
  })() as Error;
  expect(error.name).toBe('UsageError');
  expect(error.message).not.toMatch(/token=abc|me:abc|x=abc/);
});

test("a device's own token goes before Jupyter's", () => {
  vi.stubEnv('JUPYTER_TOKEN', 'common');
  expect(environmentToken('my-lab')).toBe('common');
  vi.stubEnv('EDGEBOOK_JUPYTER_TOKEN_MY_LAB', 'own');
  expect(environmentToken('my-lab')).toBe('own');
});
