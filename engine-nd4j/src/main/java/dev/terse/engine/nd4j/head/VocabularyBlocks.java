package dev.terse.engine.nd4j.head;

/**
 * The vocabulary in blocks of one width, the last one smaller. A block's scores of a chunk of rows
 * stay in the cache while they are turned into probabilities.
 *
 * @param size of the vocabulary
 */
record VocabularyBlocks(int size, int width) {
  /** Half and double of it are slower by 1-3 %. */
  private static final int WIDTH = 1024;

  /** A width is a multiple of it: whole cache lines. */
  private static final int STEP = 16;

  /** At least as many blocks as there are workers, where a vocabulary is that large. */
  static VocabularyBlocks of(int size, int workers) {
    int slice = (size + workers - 1) / workers;
    int steps = (slice + STEP - 1) / STEP;
    return new VocabularyBlocks(size, Math.min(WIDTH, steps * STEP));
  }

  int count() {
    return (size + width - 1) / width;
  }

  int start(int block) {
    return block * width;
  }

  int end(int block) {
    return Math.min(size, (block + 1) * width);
  }

  int width(int block) {
    return end(block) - start(block);
  }
}
