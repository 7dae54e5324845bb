package dev.terse.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Recognises files that are not what their name says: a Git LFS pointer, an error page in place of
 * a download, nothing at all, another format. One sentence says what it is and what to do.
 */
public final class ForeignContent {
  /** Bytes that are looked at; a Git LFS pointer has about 130. */
  private static final int BEGINNING = 512;

  private static final int MOST_OF_A_MESSAGE = 200; // a server's "Entry not found" has 15 bytes

  private static final Pattern LFS =
      Pattern.compile(
          "version https://git-lfs\\.github\\.com/spec/.*?(?:\\nsize (\\d+))?\\s*", Pattern.DOTALL);
  private static final Pattern MESSAGE =
      Pattern.compile(
          "(?i)(entry|repository|file|page|object) not found.*|not found|access to .*"
              + "|invalid (username|credentials).*|unauthorized.*|forbidden.*|.*rate limit.*");

  private ForeignContent() {}

  /**
   * What is known of a file by its first bytes; empty where they are of no known wrong kind.
   *
   * @return a sentence that begins with the path
   * @throws UncheckedIOException if the file cannot be read
   */
  public static Optional<String> of(Path file) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      return of(in.readNBytes(BEGINNING), Files.size(file), file.toString());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /** The same of a file's content that is in memory. */
  public static Optional<String> of(byte[] content, String where) {
    return of(content, content.length, where);
  }

  /**
   * Refuses a file that is of a wrong kind.
   *
   * @throws IllegalArgumentException with the sentence of {@link #of(Path)}
   */
  public static void refuse(Path file) {
    of(file)
        .ifPresent(
            sentence -> {
              throw new IllegalArgumentException(sentence);
            });
  }

  private static Optional<String> of(byte[] content, long size, String where) {
    int length = Math.min(content.length, BEGINNING);
    if (size == 0) {
      return Optional.of(where + " is empty (0 bytes): download it again, or delete it");
    }
    String raw = new String(content, 0, length, StandardCharsets.ISO_8859_1);
    String text = new String(content, 0, length, StandardCharsets.UTF_8).strip();
    Matcher lfs = LFS.matcher(text);
    if (lfs.matches()) {
      return Optional.of(
          where
              + " is a Git LFS pointer, not the file itself"
              + (lfs.group(1) == null ? "" : ", which has " + lfs.group(1) + " bytes")
              + ": run 'git lfs pull' in its folder, or download the file");
    }
    String start = text.toLowerCase(Locale.ROOT);
    if (start.startsWith("<!doctype") || start.startsWith("<html") || start.startsWith("<?xml")) {
      return Optional.of(
          where
              + " is a web page ("
              + firstLine(text)
              + "), such as a server's error or login page: download the file again");
    }
    if (size <= MOST_OF_A_MESSAGE && MESSAGE.matcher(firstLine(text)).matches()) {
      return Optional.of(
          where
              + " holds a server's message ("
              + firstLine(text)
              + "), not the file: download it again");
    }
    return format(raw, where)
        .map(format -> where + " is " + format + ", whatever its name says: give the right file");
  }

  /** The format of bytes that begin with its mark, where the name has another ending. */
  private static Optional<String> format(String raw, String where) {
    if (raw.startsWith("PK\u0003\u0004")) {
      return Optional.of("a ZIP archive, as torch.save writes them");
    }
    if (raw.startsWith("\u001f\u008b") && !where.endsWith(".gz")) {
      return Optional.of("compressed with gzip");
    }
    if (raw.startsWith("GGUF") && !where.endsWith(".gguf")) {
      return Optional.of("a GGUF file");
    }
    if (raw.startsWith("PAR1") && !where.endsWith(".parquet")) {
      return Optional.of("a Parquet file");
    }
    boolean safetensors = raw.length() > 9 && raw.startsWith("\0\0\0\0\0{\"", 3);
    return safetensors && !where.endsWith(".safetensors")
        ? Optional.of("a safetensors file")
        : Optional.empty();
  }

  private static String firstLine(String text) {
    return Quote.cut(text.lines().findFirst().orElse("").strip());
  }
}
