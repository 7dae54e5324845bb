package dev.terse.trainer.data;

import java.util.Arrays;

/**
 * A tokenized example.
 *
 * @param id name for messages
 * @param ids the sequence; not copied
 * @param loss whether each token bears loss, [ids]; not copied. The first of a sequence never does,
 *     whatever stands there: it is predicted from nothing
 */
public record SftRow(String id, int[] ids, boolean[] loss) {

  public SftRow {
    if (loss.length != ids.length) {
      throw new IllegalArgumentException(
          id + ": " + ids.length + " tokens with " + loss.length + " marks of loss");
    }
  }

  /**
   * A row with loss on its end.
   *
   * @param supervisedFrom index of the first token that bears loss, 1 or more
   */
  public SftRow(String id, int[] ids, int supervisedFrom) {
    this(id, ids, from(id, ids.length, supervisedFrom));
  }

  private static boolean[] from(String id, int length, int supervisedFrom) {
    if (supervisedFrom < 1) {
      throw new IllegalArgumentException(id + ": the first token of a sequence cannot bear loss");
    }
    boolean[] loss = new boolean[length];
    Arrays.fill(loss, Math.min(supervisedFrom, length), length, true);
    return loss;
  }

  /** Tokens that bear loss. */
  public int targets() {
    int targets = 0;
    for (int t = 0; t < ids.length; t++) {
      targets += bearsLoss(t) ? 1 : 0;
    }
    return targets;
  }

  /** Whether token {@code t} does: it is marked, and not the first. */
  public boolean bearsLoss(int t) {
    return t > 0 && loss[t];
  }

  /** Whether token {@code id} bears loss somewhere. */
  public boolean supervises(int id) {
    for (int i = 0; i < ids.length; i++) {
      if (bearsLoss(i) && ids[i] == id) {
        return true;
      }
    }
    return false;
  }

  /** Tokens {@code from} to {@code to} as a sequence of their own. */
  public SftRow part(int from, int to) {
    return new SftRow(id, Arrays.copyOfRange(ids, from, to), Arrays.copyOfRange(loss, from, to));
  }
}
