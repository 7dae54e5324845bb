package dev.terse.io.rows;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.io.DataRows;
import dev.terse.io.JsonLines.BadRowException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The rows of a file of blocks, one after another. */
final class BlockRows implements DataRows {
  private final Path file;
  private final RowBlocks blocks;
  private List<JsonNode> rows = List.of();
  private int block = -1;
  private int next;

  BlockRows(Path file, RowBlocks blocks) {
    this.file = file;
    this.blocks = blocks;
  }

  @Override
  public JsonNode next() throws IOException {
    while (next == rows.size()) {
      if (block + 1 == blocks.count()) {
        return null;
      }
      rows = blocks.read(++block);
      next = 0;
    }
    return rows.get(next++);
  }

  @Override
  public String place() {
    return blocks.place(block, next - 1);
  }

  @Override
  public BadRowException bad(String problem) {
    return new BadRowException(file + " " + place() + ": " + problem);
  }

  @Override
  public void close() throws IOException {
    blocks.close();
  }
}
