package dev.terse.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The identity of what a run reads, CRC32C in 8 hexadecimal digits: a resumed run must find what it
 * began with.
 */
public final class DataFingerprint {
  private DataFingerprint() {}

  /** Of a file's bytes. */
  public static String of(Path file) throws IOException {
    CRC32C crc = new CRC32C();
    byte[] buffer = new byte[1 << 20];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        crc.update(buffer, 0, n);
      }
    } catch (IOException e) {
      throw IoSentence.at(file, e);
    }
    return hex(crc.getValue());
  }

  /** Of the files of a data set; of one, that file's. */
  public static String of(List<Path> files) throws IOException {
    return files.size() == 1 ? of(files.get(0)) : ofAll(files);
  }

  /**
   * Of the bytes of all files, and of all files in folders by their names there; the order of
   * {@code paths} counts.
   */
  public static String ofAll(List<Path> paths) throws IOException {
    CRC32C crc = new CRC32C();
    for (Path path : paths) {
      List<Path> files =
          Folders.contents(path).stream()
              .filter(Files::isRegularFile)
              .sorted(Comparator.comparing(Path::toString))
              .toList();
      for (Path file : files) {
        String line = path.relativize(file) + " " + of(file) + "\n";
        crc.update(line.getBytes(StandardCharsets.UTF_8));
      }
    }
    return hex(crc.getValue());
  }

  /** Of rows of token ids: what becomes of texts by tokenizer, template and date. */
  public static String ofIds(Stream<int[]> rows) {
    CRC32C crc = new CRC32C();
    rows.forEach(
        ids -> {
          ByteBuffer bytes = ByteBuffer.allocate((ids.length + 1) * Integer.BYTES);
          bytes.putInt(ids.length).asIntBuffer().put(ids);
          crc.update(bytes.array());
        });
    return hex(crc.getValue());
  }

  /** 8 hexadecimal digits, lower case. */
  public static String hex(long crc) {
    return String.format(Locale.ROOT, "%08x", crc);
  }
}
