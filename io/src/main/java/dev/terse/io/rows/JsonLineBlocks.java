package dev.terse.io.rows;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.io.IoSentence;
import dev.terse.io.JsonLines;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of JSON lines in blocks of {@value #ROWS} rows; one pass at the start finds their places.
 */
final class JsonLineBlocks implements RowBlocks {
  static final int ROWS = 4096;

  private final Path file;
  private final List<long[]> blocks = new ArrayList<>(); // {begin, end, rows, lines before}

  JsonLineBlocks(Path file) throws IOException {
    this.file = file;
    long at = 0;
    long begin = 0;
    long lines = 0;
    long linesBefore = 0;
    int rows = 0;
    boolean blank = true;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      for (int b = in.read(); b >= 0; b = in.read()) {
        at++;
        blank &= b <= ' ';
        if (b == '\n') {
          lines++;
          rows += blank ? 0 : 1;
          blank = true;
          if (rows == ROWS) {
            blocks.add(new long[] {begin, at, rows, linesBefore});
            begin = at;
            linesBefore = lines;
            rows = 0;
          }
        }
      }
    } catch (IOException e) {
      throw IoSentence.at(file, e);
    }
    rows += blank ? 0 : 1;
    if (rows > 0) {
      blocks.add(new long[] {begin, at, rows, linesBefore});
    }
  }

  @Override
  public int count() {
    return blocks.size();
  }

  @Override
  public int rows(int block) {
    return (int) blocks.get(block)[2];
  }

  @Override
  public List<JsonNode> read(int block) throws IOException {
    long[] place = blocks.get(block);
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(place[1] - place[0]));
    try (SeekableByteChannel in = Files.newByteChannel(file)) {
      in.position(place[0]);
      while (bytes.hasRemaining()) {
        if (in.read(bytes) < 0) {
          throw new EOFException(file + " has become shorter since it was opened");
        }
      }
    } catch (IOException e) {
      throw IoSentence.at(file, e);
    }
    List<JsonNode> rows = new ArrayList<>();
    try (JsonLines lines =
        JsonLines.of(file, new ByteArrayInputStream(bytes.array()), Math.toIntExact(place[3]))) {
      for (JsonNode row = lines.next(); row != null; row = lines.next()) {
        rows.add(row);
      }
    }
    return rows;
  }

  @Override
  public String place(int block, int row) {
    return "row " + ((long) block * ROWS + row + 1);
  }

  @Override
  public void close() {}
}
