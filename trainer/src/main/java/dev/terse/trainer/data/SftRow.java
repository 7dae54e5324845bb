package dev.terse.trainer.data;

/**
 * A tokenized example.
 *
 * @param id name for messages
 * @param ids prompt and completion, the end token included; not copied
 * @param supervisedFrom index of the first token that bears loss, 1 or more: the first token of a
 *     sequence is predicted from nothing
 */
public record SftRow(String id, int[] ids, int supervisedFrom) {

  public SftRow {
    if (supervisedFrom < 1) {
      throw new IllegalArgumentException(id + ": the first token of a sequence cannot bear loss");
    }
  }

  /** Tokens that bear loss. */
  public int targets() {
    return Math.max(0, ids.length - supervisedFrom);
  }

  /** Whether token {@code id} bears loss somewhere. */
  public boolean supervises(int id) {
    for (int i = supervisedFrom; i < ids.length; i++) {
      if (ids[i] == id) {
        return true;
      }
    }
    return false;
  }
}
