package dev.terse.io.rows;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.io.DataRows;
import dev.terse.io.ForeignContent;
import dev.terse.io.IoSentence;
import dev.terse.io.JsonLines;
import dev.terse.io.JsonLines.BadRowException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/**
 * Opens data files by what they are: JSON lines, a JSON array, CSV, TSV, Parquet; gzip around it.
 */
public final class RowFiles {
  /** Endings of files that hold rows. */
  static final List<String> ENDINGS =
      List.of(".parquet", ".jsonl", ".json", ".ndjson", ".csv", ".tsv");

  private RowFiles() {}

  /** Whether the file's name says that it holds rows. */
  static boolean isData(Path file) {
    String name = plainName(file);
    return ENDINGS.stream().anyMatch(name::endsWith);
  }

  /** In small letters, without {@code .gz}. */
  private static String plainName(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
  }

  /**
   * The rows of files, one after another.
   *
   * @param columns that a format of columns need only read; empty for all
   * @throws IllegalArgumentException if a file is not what its name says
   */
  public static DataRows open(List<Path> files, Set<String> columns) throws IOException {
    return files.size() == 1 ? open(files.get(0), columns) : new Chain(files, columns);
  }

  private static DataRows open(Path file, Set<String> columns) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException(file + ": expected a file of rows, found a folder");
    }
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file + ": no such file");
    }
    ForeignContent.refuse(file);
    String name = plainName(file);
    if (name.endsWith(".parquet")) {
      return new BlockRows(file, new ParquetFile(file, columns));
    }
    InputStream in = unpacked(file);
    try {
      if (name.endsWith(".csv") || name.endsWith(".tsv")) {
        return ParsedRows.ofCsv(file, in, name.endsWith(".tsv") ? '\t' : ',');
      }
      return firstMark(in) == '[' ? ParsedRows.ofArray(file, in) : JsonLines.of(file, in, 0);
    } catch (IOException e) {
      in.close();
      throw IoSentence.at(file, e);
    } catch (RuntimeException e) {
      in.close();
      throw e;
    }
  }

  private static InputStream unpacked(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    try {
      in.mark(2);
      boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
      in.reset();
      return gzip ? new BufferedInputStream(new GZIPInputStream(in), 1 << 16) : in;
    } catch (IOException e) {
      in.close();
      throw IoSentence.at(file, e);
    }
  }

  /** The first byte that is no blank, without taking it. */
  private static int firstMark(InputStream in) throws IOException {
    in.mark(1 << 12);
    int b = in.read();
    for (int i = 1;
        i < (1 << 12) && (b >= 0 && b <= ' ' || b == 0xEF || b == 0xBB || b == 0xBF);
        i++) {
      b = in.read();
    }
    in.reset();
    return b;
  }

  /**
   * A file in blocks.
   *
   * @throws IllegalArgumentException if its format can only be read from its beginning
   */
  public static RowBlocks blocks(Path file, Set<String> columns) throws IOException {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".parquet")) {
      return new ParquetFile(file, columns);
    }
    if (name.endsWith(".jsonl") || name.endsWith(".ndjson")) {
      return new JsonLineBlocks(file);
    }
    throw new IllegalArgumentException(
        file + " cannot be streamed; Parquet and JSON lines (.jsonl) can, not packed by gzip");
  }

  /** Several files. */
  private static final class Chain implements DataRows {
    private final Iterator<Path> files;
    private final Set<String> columns;
    private Path file;
    private DataRows rows;

    Chain(List<Path> files, Set<String> columns) throws IOException {
      this.files = files.iterator();
      this.columns = columns;
      advance();
    }

    private void advance() throws IOException {
      file = files.next();
      rows = open(file, columns);
    }

    @Override
    public JsonNode next() throws IOException {
      JsonNode row = rows.next();
      while (row == null && files.hasNext()) {
        rows.close();
        advance();
        row = rows.next();
      }
      return row;
    }

    @Override
    public String place() {
      return file.getFileName() + " " + rows.place();
    }

    @Override
    public BadRowException bad(String problem) {
      return rows.bad(problem);
    }

    @Override
    public void close() throws IOException {
      rows.close();
    }
  }
}
