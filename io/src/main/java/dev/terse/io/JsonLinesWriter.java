package dev.terse.io;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a file of one JSON object a line, in UTF-8; it takes its name on {@link #commit}, so a run
 * that fails leaves an older file as it was.
 *
 * <pre>
 * File --> (Object, "\n")*
 * </pre>
 */
public final class JsonLinesWriter implements AutoCloseable {
  private final AtomicFile file;
  private final BufferedWriter out;

  /** Begins to write {@code file}; missing folders are made. */
  public JsonLinesWriter(Path file) throws IOException {
    this(begun(file));
  }

  JsonLinesWriter(AtomicFile file) {
    this.file = file;
    // Not Channels.newWriter: it drops what a disk that is nearly full did not take of a write.
    OutputStream bytes = Channels.newOutputStream(file.channel());
    this.out =
        new BufferedWriter(
            new OutputStreamWriter(bytes, StandardCharsets.UTF_8.newEncoder()), 1 << 16);
  }

  private static AtomicFile begun(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException(file + ": expected a file to write, found a folder");
    }
    return new AtomicFile(file);
  }

  /** Appends a row. */
  public void write(JsonNode row) throws IOException {
    try {
      out.write(row.toString());
      out.write('\n');
    } catch (IOException e) {
      throw IoSentence.at(file.path(), e);
    }
  }

  /** Makes the file whole and gives it its name. */
  public void commit() throws IOException {
    try {
      out.flush();
    } catch (IOException e) {
      throw IoSentence.at(file.path(), e);
    }
    file.commit();
  }

  /** Ends writing; what was not committed is dropped. */
  @Override
  public void close() throws IOException {
    file.close();
  }
}
