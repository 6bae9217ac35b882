import { quietRequire } from './quiet-require.ts';

type Services = typeof import('@jupyterlab/services');

let loaded: Services | undefined;

/** `@jupyterlab/services`, loaded when it is first needed. Throws UsageError if it is not installed. */
export function jupyterServices(): Services {
  loaded ??= calmed(quietRequire('@jupyterlab/services') as Services);
  return loaded;
}

/**
 * A kernel that dies while its connection is made rejects promises that the package itself waits for, and nobody
 * catches: here they stay open. That a kernel or its connection is lost is told by its signals.
 */
function calmed(services: Services): Services {
  const { prototype } = services.KernelConnection;
  const { requestKernelInfo, reconnect } = prototype;
  const never = () => new Promise<never>(() => {});
  prototype.requestKernelInfo = function () {
    return requestKernelInfo.call(this).catch(never);
  };
  prototype.reconnect = function () {
    return this.isDisposed ? never() : reconnect.call(this).catch(never);
  };
  return services;
}
