package dev.terse.model.gguf;

import java.util.Set;

/**
 * In which order the rows of a weight stand. Where llama.cpp turns neighbouring channels of a head,
 * Hugging Face turns the two halves of it: row {@code (half, i)} of a head in a folder is row
 * {@code (i, half)} in a GGUF file (convert_hf_to_gguf.py, {@code LlamaModel.permute}).
 *
 * @param headDim rows of a head; 0 where both have the same order
 */
record RowOrder(int headDim) {
  /** Architectures whose queries and keys llama.cpp turns by neighbouring channels. */
  private static final Set<String> INTERLEAVED = Set.of("llama", "smollm3");

  /**
   * The order of a tensor.
   *
   * @param architecture general.architecture
   * @throws IllegalArgumentException if its heads do not divide its rows
   */
  static RowOrder of(String architecture, int heads, int kvHeads, GgufHeader.Entry tensor) {
    boolean query = tensor.name().contains(".attn_q.");
    if (!INTERLEAVED.contains(architecture) || !query && !tensor.name().contains(".attn_k.")) {
      return new RowOrder(0);
    }
    int count = query ? heads : kvHeads;
    int rows = tensor.shape()[0];
    if (rows % (2 * count) != 0) {
      throw new IllegalArgumentException(
          "'"
              + tensor.name()
              + "' has "
              + rows
              + " rows, which "
              + count
              + " heads do not divide into pairs");
    }
    return new RowOrder(rows / count);
  }

  boolean isPlain() {
    return headDim == 0;
  }

  /** Where a folder's row stands in the file. */
  int inFile(int row) {
    if (isPlain()) {
      return row;
    }
    int inHead = row % headDim;
    return row - inHead + 2 * (inHead % (headDim / 2)) + inHead / (headDim / 2);
  }

  /** Where a file's row stands in the folder. */
  int inFolder(int row) {
    if (isPlain()) {
      return row;
    }
    int inHead = row % headDim;
    return row - inHead + (inHead % 2) * (headDim / 2) + inHead / 2;
  }
}
