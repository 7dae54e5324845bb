package dev.terse.engine.nd4j.head;

import dev.terse.engine.HeadBackward;
import dev.terse.engine.HeadRows;
import dev.terse.engine.TokenScores;
import dev.terse.engine.nd4j.calls.ThreadTeam;
import dev.terse.engine.nd4j.kernels.Operands;
import dev.terse.engine.nd4j.kernels.RowKernels;
import dev.terse.engine.nd4j.memory.ChunkPool;
import dev.terse.engine.nd4j.memory.Nd4jTensor;

/**
 * Log-probabilities, entropies and their backward through the vocabulary, in chunks of rows ({@link
 * HeadChunk}) and blocks of the vocabulary. A chunk with a backward saves the exponentials of as
 * many blocks as {@link #SAVED_BYTES} hold and computes the others again.
 */
public final class VocabularyHead {
  /** With a chunk's states and the workers' blocks of scores about 64 MB in all. */
  private static final long SAVED_BYTES = 56L << 20;

  /** Rows of a chunk; more of them gain nothing. */
  private static final int MOST_ROWS = 512;

  /**
   * Fewer rows only where there are no more: the matmuls with so few cost more than the scores of
   * the blocks that are not saved.
   */
  private static final int FEWEST_ROWS = 256;

  /** Rows of a chunk are a multiple of it: whole tiles of a matmul. */
  private static final int ROW_STEP = 64;

  final ThreadTeam team;
  final RowKernels kernels;
  final Operands operands;

  public VocabularyHead(ThreadTeam team, RowKernels kernels, Operands operands) {
    this.team = team;
    this.kernels = kernels;
    this.operands = operands;
  }

  /** What the scores are computed from. */
  record Input(Nd4jTensor hidden, Nd4jTensor head, HeadRows rows, double temperature) {}

  /**
   * @param backward null where only scores are wanted
   */
  public TokenScores scores(
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
    Input input = new Input(hidden, head, rows, temperature);
    int step = backward == null ? MOST_ROWS : rowsWithBackward(head.rows(), count);
    for (int from = 0; from < count; from += step) {
      int to = Math.min(count, from + step);
      try (ChunkPool.Frame own = team.scratch(0)) {
        HeadChunk chunk = new HeadChunk(this, own, input, from, to);
        if (backward == null) {
          chunk.forward(scores);
        } else {
          chunk.forwardAndBackward(scores, backward, SAVED_BYTES);
        }
      }
    }
    return scores;
  }

  /** Rows of which everything is saved, within bounds; chunks of nearly one size. */
  private int rowsWithBackward(int vocabulary, int count) {
    long saved = SAVED_BYTES / ((long) vocabulary * operands.type().bytes());
    int most = (int) Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, saved / ROW_STEP * ROW_STEP));
    int chunks = Math.max(1, (count + most - 1) / most);
    int rows = (count + chunks - 1) / chunks;
    return Math.max(1, (rows + ROW_STEP - 1) / ROW_STEP) * ROW_STEP;
  }
}
