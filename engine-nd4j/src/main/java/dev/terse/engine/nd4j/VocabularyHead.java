package dev.terse.engine.nd4j;

import dev.terse.engine.HeadBackward;
import dev.terse.engine.HeadRows;
import dev.terse.engine.TokenScores;

/**
 * Log-probabilities, entropies and their backward through the product with the vocabulary, in
 * chunks of rows ({@link HeadChunk}) and blocks of the vocabulary. A chunk with a backward keeps
 * the exponentials of as many blocks as {@link #KEPT_BYTES} hold and computes the others again.
 */
final class VocabularyHead {
  /** With a chunk's states and its members' blocks of scores about 64 MB in all. */
  private static final long KEPT_BYTES = 56L << 20;

  /** Rows of a chunk; more of them gain nothing. */
  private static final int MOST_ROWS = 512;

  /**
   * Fewer rows only where there are no more: the products with so few cost more than the scores of
   * the blocks that are not kept.
   */
  private static final int FEWEST_ROWS = 256;

  /** Rows of a chunk are a multiple of it: whole tiles of a product. */
  private static final int ROW_STEP = 64;

  private final Crew crew;
  private final RowKernels kernels;
  private final Operands operands;

  VocabularyHead(Crew crew, RowKernels kernels, Operands operands) {
    this.crew = crew;
    this.kernels = kernels;
    this.operands = operands;
  }

  /** What the scores are computed from. */
  record Input(Nd4jTensor hidden, Nd4jTensor head, double temperature) {}

  /**
   * @param backward null where only scores are wanted
   */
  TokenScores scores(
      Nd4jTensor hidden,
      Nd4jTensor head,
      HeadRows rows,
      double temperature,
      HeadBackward<Nd4jTensor> backward) {
    int count = rows.count();
    TokenScores scores = new TokenScores(count);
    if (backward != null) {
      kernels.clear(backward.dHidden());
    }
    VocabularyBlocks blocks = VocabularyBlocks.of(head.rows(), crew.count());
    Input input = new Input(hidden, head, temperature);
    int step = backward == null ? MOST_ROWS : rowsWithBackward(head.rows(), count);
    for (int from = 0; from < count; from += step) {
      int to = Math.min(count, from + step);
      HeadRows part = rows.range(from, to);
      try (ChunkPool.Frame own = crew.scratch(0)) {
        HeadChunk chunk = new HeadChunk(crew, kernels, operands, blocks, own, input, part, from);
        if (backward == null) {
          chunk.forward(scores);
        } else {
          chunk.forwardAndBackward(scores, backward, KEPT_BYTES);
        }
      }
    }
    return scores;
  }

  /** Rows of which everything is kept, within bounds; chunks of nearly one size. */
  private int rowsWithBackward(int vocabulary, int count) {
    long kept = KEPT_BYTES / ((long) vocabulary * operands.type().bytes());
    int most = (int) Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, kept / ROW_STEP * ROW_STEP));
    int chunks = Math.max(1, (count + most - 1) / most);
    int rows = (count + chunks - 1) / chunks;
    return Math.max(1, (rows + ROW_STEP - 1) / ROW_STEP) * ROW_STEP;
  }
}
