export async function installCommand(_args: string[]): Promise<number> {
  return 0;
}
