/**
 * Loads items in their order, up to `depth` of them while the consumer is busy with the one before: a consumer that is
 * slow stops the loading, so that memory holds no more than that. A failure comes at its item's turn.
 */
export async function* readAhead<Item, Loaded>(
  items: Iterable<Item>,
  load: (item: Item) => Promise<Loaded>,
  depth: number,
): AsyncGenerator<Loaded, void> {
  const loading: Promise<Loaded>[] = [];
  try {
    for (const item of items) {
      const loaded = load(item);
      // Known as handled until its turn, when it throws.
      loaded.catch(() => {});
      loading.push(loaded);
      if (loading.length > depth) yield await loading.shift()!;
    }
    while (loading.length > 0) yield await loading.shift()!;
  } finally {
    await Promise.allSettled(loading);
  }
}
