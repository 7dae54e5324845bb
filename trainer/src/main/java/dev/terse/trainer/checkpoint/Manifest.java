package dev.terse.trainer.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.io.DataFingerprint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * MANIFEST.json of a checkpoint: length and CRC32C of every file in it, ended by the CRC32C of its
 * own text up to there. A checkpoint is whole exactly if its manifest agrees with it.
 *
 * <pre>
 * Manifest --> Listing, Seal
 * Listing  --> {"format": 1, "run": text, "step": int,
 *               "files": {(path: {"bytes": int, "crc32c": Crc})*}
 * Seal     --> , LF "crc32c": Crc } LF            CRC32C of the bytes of Listing
 * Crc      --> "hhhhhhhh"                         8 hexadecimal digits, lower case
 * </pre>
 */
final class Manifest {
  static final String NAME = "MANIFEST.json";

  /** Raised when the layout changes; a reader refuses what is newer than itself. */
  static final int FORMAT = 1;

  private static final String SEAL = ",\n\"crc32c\":\"";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Manifest() {}

  /** What a look at a folder has found. */
  sealed interface Finding {}

  /**
   * A checkpoint that is whole.
   *
   * @param run that wrote it; empty of checkpoints that were written before runs had names
   */
  record Whole(String run) implements Finding {}

  /**
   * A folder that is proven to be no whole checkpoint.
   *
   * @param problem what a sentence about the folder goes on with
   */
  record Damaged(String problem) implements Finding {}

  /** The text of the manifest of the files that stand in {@code folder} now. */
  static String of(Path folder, int step, String run) throws IOException {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("format", FORMAT).put("run", run).put("step", step);
    ObjectNode files = root.putObject("files");
    for (Map.Entry<String, Path> file : files(folder).entrySet()) {
      files
          .putObject(file.getKey())
          .put("bytes", Files.size(file.getValue()))
          .put("crc32c", DataFingerprint.of(file.getValue()));
    }
    String listing = MAPPER.writeValueAsString(root);
    String open = listing.substring(0, listing.length() - 1);
    return open + SEAL + DataFingerprint.hex(crc(open.getBytes(StandardCharsets.UTF_8))) + "\"}\n";
  }

  /**
   * Holds a folder against its manifest.
   *
   * @throws IOException if the system does not let it be read, which proves nothing about it
   * @throws IllegalArgumentException if it is whole, but of a newer format
   */
  static Finding check(Path folder, int step) throws IOException {
    Path file = folder.resolve(NAME);
    if (!Files.isRegularFile(file)) {
      return new Damaged("has no " + NAME);
    }
    String text = text(file);
    Optional<String> broken = brokenSeal(text);
    if (broken.isPresent()) {
      return new Damaged("has a " + NAME + broken.get());
    }
    JsonNode manifest = MAPPER.readTree(text); // a seal that holds was set on valid JSON
    requireKnown(manifest, folder);
    Optional<String> problem = compare(manifest, folder, step);
    return problem.isPresent()
        ? new Damaged(problem.get())
        : new Whole(manifest.path("run").asText());
  }

  /** The run that the manifest in {@code folder} names, whatever of its files; empty if unknown. */
  static Optional<String> run(Path folder) {
    try {
      String text = text(folder.resolve(NAME));
      return brokenSeal(text).isPresent()
          ? Optional.empty()
          : Optional.of(MAPPER.readTree(text).path("run").asText());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  private static Optional<String> brokenSeal(String text) {
    int seal = text.lastIndexOf(SEAL);
    if (seal < 0 || !text.endsWith("\"}\n")) {
      return Optional.of(" that is cut off");
    }
    String expected = text.substring(seal + SEAL.length(), text.length() - 3);
    String found =
        DataFingerprint.hex(crc(text.substring(0, seal).getBytes(StandardCharsets.UTF_8)));
    return expected.equals(found)
        ? Optional.empty()
        : Optional.of(" with CRC " + found + ", expected " + expected);
  }

  private static void requireKnown(JsonNode manifest, Path folder) {
    int format = manifest.path("format").asInt();
    if (format > FORMAT) {
      throw new IllegalArgumentException(
          folder
              + " has format "
              + format
              + ", this version reads up to "
              + FORMAT
              + ": it was written by a newer version; take that one, or name an older checkpoint"
              + " by its path");
    }
  }

  private static Optional<String> compare(JsonNode manifest, Path folder, int step)
      throws IOException {
    if (manifest.path("step").asInt() != step) {
      return Optional.of("is of step " + manifest.path("step") + ", its name says " + step);
    }
    Map<String, Path> files = files(folder);
    JsonNode listed = manifest.path("files");
    List<String> names = new ArrayList<>();
    listed.fieldNames().forEachRemaining(names::add);
    for (String name : names) {
      Path file = files.remove(name);
      if (file == null) {
        return Optional.of(name + " is missing");
      }
      long bytes = Files.size(file);
      if (bytes != listed.get(name).path("bytes").asLong()) {
        return Optional.of(
            name + " has " + bytes + " bytes, expected " + listed.get(name).path("bytes"));
      }
      String checksum = DataFingerprint.of(file);
      if (!checksum.equals(listed.get(name).path("crc32c").asText())) {
        return Optional.of(
            name
                + " has CRC "
                + checksum
                + ", expected "
                + listed.get(name).path("crc32c").asText());
      }
    }
    return files.isEmpty()
        ? Optional.empty()
        : Optional.of(files.keySet().iterator().next() + " is not in " + NAME);
  }

  /**
   * All files but the manifest and the mark of a folder under way, by their path inside the folder,
   * sorted.
   */
  static Map<String, Path> files(Path folder) throws IOException {
    Map<String, Path> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      all.filter(Files::isRegularFile)
          .forEach(file -> files.put(folder.relativize(file).toString().replace('\\', '/'), file));
    }
    files.remove(NAME);
    files.remove(Staging.MARK);
    return files;
  }

  private static long crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return crc.getValue();
  }
}
