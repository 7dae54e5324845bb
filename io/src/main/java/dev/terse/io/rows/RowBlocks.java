package dev.terse.io.rows;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;

/**
 * A file whose rows are read in blocks, in any order: what streaming needs. A row is found by its
 * block and its place there, without reading what stands before.
 */
public interface RowBlocks extends AutoCloseable {

  /** Blocks of the file. */
  int count();

  /** Rows of a block. */
  int rows(int block);

  /** The rows of a block. */
  List<JsonNode> read(int block) throws IOException;

  /** Name of a row for messages. */
  String place(int block, int row);

  @Override
  void close() throws IOException;
}
