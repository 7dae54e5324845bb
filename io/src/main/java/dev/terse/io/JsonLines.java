package dev.terse.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Reads a file of one JSON object a line, in UTF-8, one line at a time. Empty lines are passed
 * over. A line that cannot be read says so with its number, and reading can go on after it.
 */
public final class JsonLines implements DataRows {

  /** Longest line; the longest real trace has 66 kB, so more than this is not a trace. */
  public static final int MAX_LINE_BYTES = 100_000_000;

  private static final Pattern OTHER_ROWS = Pattern.compile(".*\\.(csv|tsv|parquet|gz|zip|xz|zst)");

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(MAX_LINE_BYTES).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path file;
  private final InputStream in;
  private final int maxLineBytes;
  private int line;

  /**
   * Opens {@code file}.
   *
   * @throws IllegalArgumentException if it is known to be something else ({@link ForeignContent})
   */
  public static JsonLines open(Path file) throws IOException {
    if (Files.isRegularFile(file) && Files.size(file) > 0) {
      ForeignContent.refuse(file);
      refuseOtherRows(file);
    }
    return new JsonLines(file, MAX_LINE_BYTES);
  }

  /**
   * Tables and packed files are named for what they are, before a line of them is called broken.
   */
  private static void refuseOtherRows(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (OTHER_ROWS.matcher(name).matches()) {
      throw new IllegalArgumentException(
          file
              + ": expected JSON lines, one object a line (.jsonl), found a "
              + name.substring(name.lastIndexOf('.'))
              + " file: unpack it, or write its rows as JSON lines");
    }
  }

  /**
   * Reads lines of {@code in}, which it closes.
   *
   * @param file for messages
   * @param linesBefore lines of the file that stand before
   */
  public static JsonLines of(Path file, InputStream in, int linesBefore) {
    return new JsonLines(file, in, linesBefore);
  }

  private JsonLines(Path file, InputStream in, int linesBefore) {
    this.file = file;
    this.in = in;
    this.maxLineBytes = MAX_LINE_BYTES;
    this.line = linesBefore;
  }

  JsonLines(Path file, int maxLineBytes) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException(file + ": expected a JSONL file, found a folder");
    }
    try {
      this.in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(file.toString(), null, "no such file");
    }
    this.file = file;
    this.maxLineBytes = maxLineBytes;
  }

  /**
   * The next line's object, or null at the end of the file.
   *
   * @throws BadRowException if the line is too long, not UTF-8 or not one JSON object; the next
   *     call goes on with the line after it
   */
  @Override
  public JsonNode next() throws IOException {
    while (true) {
      byte[] bytes;
      try {
        bytes = nextLine();
      } catch (IOException e) {
        throw IoSentence.at(file, e);
      }
      if (bytes == null) {
        return null;
      }
      String text = decode(bytes);
      if (!text.isBlank()) {
        return parse(text);
      }
    }
  }

  /** Number of the line that {@link #next} read last, from 1. */
  public int line() {
    return line;
  }

  @Override
  public String place() {
    return "line " + line;
  }

  /** A failure that names this file and the line read last. */
  @Override
  public BadRowException bad(String problem) {
    return new BadRowException(file + " line " + line + ": " + problem);
  }

  private byte[] nextLine() throws IOException {
    int b = in.read();
    if (b < 0) {
      return null;
    }
    line++;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 14);
    boolean tooLong = false;
    for (; b >= 0 && b != '\n'; b = in.read()) {
      if (bytes.size() < maxLineBytes) {
        bytes.write(b);
      } else {
        tooLong = true;
      }
    }
    if (tooLong) {
      throw bad("expected a line of at most " + maxLineBytes + " bytes, found a longer one");
    }
    return bytes.toByteArray();
  }

  private String decode(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return line == 1 && text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw bad("expected UTF-8, found other bytes");
    }
  }

  private JsonNode parse(String text) {
    JsonNode row;
    try {
      row = MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      if (line == 1 && text.strip().startsWith("[")) {
        throw bad(
            "expected one JSON object, found the begin of a JSON array: write a row a line (jq -c"
                + " '.[]' does)");
      }
      String at = e.getLocation() == null ? "" : " at column " + e.getLocation().getColumnNr();
      throw bad("expected one JSON object, found " + e.getOriginalMessage() + at);
    }
    // Half a surrogate pair can only come as an escape, and no UTF-8 file can be written with it.
    boolean escaped = text.contains("\\ud") || text.contains("\\uD");
    if (escaped && !StandardCharsets.UTF_8.newEncoder().canEncode(row.toString())) {
      throw bad("expected valid Unicode, found half a surrogate pair");
    }
    if (row.isArray() && line == 1) {
      throw bad(
          "expected one JSON object, found a JSON array: write a row a line (jq -c '.[]' does)");
    }
    if (!row.isObject()) {
      throw bad("expected one JSON object, found " + Quote.cut(text));
    }
    return row;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /** A line that holds no usable row; the message names file and line. */
  public static final class BadRowException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    public BadRowException(String message) {
      super(message);
    }
  }
}
