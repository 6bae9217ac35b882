export async function kernelCommand(_args: string[]): Promise<number> {
  return 0;
}
