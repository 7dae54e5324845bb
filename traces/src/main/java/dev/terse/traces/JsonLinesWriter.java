package dev.terse.traces;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Writes a file of one JSON object a line. The rows go into a file beside it, which takes its name
 * on {@link #commit}; so a run that fails leaves an older file as it was.
 */
public final class JsonLinesWriter implements AutoCloseable {
  private final Path file;
  private final Path aside;
  private final FileChannel channel;
  private final BufferedWriter out;

  /** Begins to write {@code file}; missing folders are made. */
  public JsonLinesWriter(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException(file + ": expected a file to write, found a folder");
    }
    this.file = file.toAbsolutePath();
    Files.createDirectories(this.file.getParent());
    this.aside = this.file.resolveSibling(file.getFileName() + ".part");
    this.channel =
        FileChannel.open(
            aside,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
    this.out = new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8), 1 << 16);
  }

  /** Appends a row. */
  public void write(JsonNode row) throws IOException {
    out.write(row.toString());
    out.write('\n');
  }

  /** Makes the file whole and gives it its name. */
  public void commit() throws IOException {
    out.flush();
    channel.force(true);
    out.close();
    Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Ends writing; what was not committed is dropped. */
  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(aside);
  }
}
