package dev.terse.engine.nd4j.attention;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.nd4j.memory.Memory;
import dev.terse.engine.numbers.NumberType;
import dev.terse.engine.spi.CheckedKvCache;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys and values of a prompt, or of what one sequence has added to its prompt: full {@link
 * KvPage}s and a last one, which grows.
 */
final class KvEntries implements CheckedKvCache.Entries {
  private final Memory memory;
  private final int layers;
  private final AttentionShape shape;
  private final NumberType type;
  private final List<KvPage> pages = new ArrayList<>();
  private int capacity;

  KvEntries(Memory memory, int layers, AttentionShape shape, NumberType type) {
    this.memory = memory;
    this.layers = layers;
    this.shape = shape;
    this.type = type;
  }

  /** Makes the capacity {@code positions} or more. */
  void reserve(int positions) {
    while (capacity < positions) {
      int last = pages.size() - 1;
      if (last < 0 || pages.get(last).capacity() == KvPage.POSITIONS) {
        int wanted = Math.min(KvPage.POSITIONS, positions - capacity);
        pages.add(new KvPage(memory, layers, shape, type, wanted));
        capacity += pages.get(last + 1).capacity();
      } else {
        KvPage page = pages.get(last);
        capacity -= page.capacity();
        // By a quarter: the matmuls run over the whole capacity.
        int wanted = Math.max(positions - capacity, page.capacity() * 5 / 4);
        pages.set(last, page.grown(Math.min(KvPage.POSITIONS, wanted)));
        capacity += pages.get(last).capacity();
      }
    }
  }

  /** Writes one position of one layer: rows {@code k[at..]} and {@code v[at..]}, each [K*D]. */
  void put(int layer, int position, float[] k, float[] v, int at) {
    // All pages but the last are full.
    int page = position / KvPage.POSITIONS;
    pages.get(page).put(layer, position - page * KvPage.POSITIONS, k, v, at);
  }

  List<KvPage> pages() {
    return pages;
  }

  /** Capacity in positions: the capacities of all pages. */
  int capacity() {
    return capacity;
  }

  @Override
  public void close() {
    pages.forEach(KvPage::close);
    pages.clear();
  }
}
