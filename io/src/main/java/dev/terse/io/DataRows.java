package dev.terse.io;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.io.JsonLines.BadRowException;
import java.io.IOException;

/** Rows of a data file, one JSON object after another, whatever the format of the file. */
public interface DataRows extends AutoCloseable {

  /**
   * The next row, or null after the last.
   *
   * @throws BadRowException if what stands there is no row; the next call goes on after it
   */
  JsonNode next() throws IOException;

  /** Where the row stands that {@link #next} read last, such as {@code line 3}. */
  String place();

  /** A failure that names the file and the row read last. */
  BadRowException bad(String problem);

  @Override
  void close() throws IOException;
}
