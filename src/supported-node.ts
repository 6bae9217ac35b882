/** The first Node that has all the library uses, and strips types by itself. */
export const minimumNode = '22.13';

/** Whether a version such as `24.1.0` is the minimum or newer. */
export function isSupportedNode(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = minimumNode.split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}
