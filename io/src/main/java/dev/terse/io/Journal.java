package dev.terse.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Results of a long command as they come, so that the same command goes on after it was killed. It
 * lies at {@code NAME.part} until the output {@code NAME} is written from it.
 *
 * <p>A unit (a problem with its completions) is on file whole or not at all. Units may come in any
 * order and are read back in the order of their numbers, so what is made of them depends neither on
 * that order nor on where the command was stopped.
 *
 * <pre>
 * Journal --> Inputs Unit* End?
 * Inputs  --> {"unfinished": {Name: Value, …}} "\n"
 * Unit    --> {"unit": Number, "rows": [Row, …]} "\n"
 * End     --> {"units": Count} "\n"
 * </pre>
 */
public final class Journal implements AutoCloseable {
  private static final ObjectMapper JSON = JsonMapper.builder().build();
  private static final String BEGIN = "{\"unfinished\":{";

  private final Path output;
  private final Path part;
  private final FileChannel channel;
  private final TreeMap<Integer, Place> units = new TreeMap<>();
  private boolean whole;

  /** Where the line of a unit lies. */
  private record Place(long start, int length) {}

  /** Hears the rows of units. */
  @FunctionalInterface
  public interface Units {
    void unit(int number, List<JsonNode> rows) throws IOException;
  }

  private Journal(Path output, FileChannel channel) {
    this.output = output;
    this.part = part(output);
    this.channel = channel;
  }

  /** Where the journal of an output lies. */
  static Path part(Path output) {
    return output.resolveSibling(output.getFileName() + ".part");
  }

  /** Whether a journal lies where {@code output} is written. */
  static boolean isAt(Path output) throws IOException {
    Path part = part(output);
    if (!Files.isRegularFile(part)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(part)) {
      return new String(in.readNBytes(BEGIN.length()), StandardCharsets.UTF_8).equals(BEGIN);
    }
  }

  /**
   * Goes on with the journal of {@code output}, or begins one; missing folders are made.
   *
   * @param inputs what the rows follow from (settings, fingerprints of files), by names for
   *     sentences
   * @param anew whether one that stands there is dropped
   * @throws IllegalArgumentException if what stands there was begun from other inputs, naming them,
   *     or is no journal
   * @throws IOException if another process writes it, or the disk fails
   */
  public static Journal open(Path output, Map<String, String> inputs, boolean anew)
      throws IOException {
    Path part = part(output);
    Files.createDirectories(part.toAbsolutePath().getParent());
    FileChannel channel =
        FileChannel.open(
            part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    Journal journal = new Journal(output, channel);
    try {
      journal.lock();
      if (anew) {
        channel.truncate(0);
      }
      journal.read(inputs);
      return journal;
    } catch (IOException e) {
      channel.close();
      throw IoSentence.at(part, e);
    } catch (RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Whether all units of {@code output} are on file and only the writing of outputs is left, so
   * that those that stand there are this command's own.
   */
  static boolean isWhole(Path output) throws IOException {
    if (!isAt(output)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(part(output), StandardOpenOption.READ)) {
      ByteBuffer tail = ByteBuffer.allocate((int) Math.min(64, channel.size()));
      channel.read(tail, channel.size() - tail.capacity());
      return new String(tail.array(), StandardCharsets.UTF_8)
          .matches("(?s).*\n\\{\"units\":\\d+}\n");
    }
  }

  private void lock() throws IOException {
    boolean free;
    try {
      free = channel.tryLock() != null; // held until the channel is closed
    } catch (OverlappingFileLockException e) {
      free = false;
    }
    if (!free) {
      throw new IOException(
          part + " is being written by another process: wait for it, or name another output");
    }
  }

  private void read(Map<String, String> inputs) throws IOException {
    byte[] begin = line(begin(inputs));
    channel.position(0);
    InputStream in = new BufferedInputStream(Channels.newInputStream(channel), 1 << 16);
    byte[] first = line(in);
    if (first.length < begin.length && Arrays.equals(first, Arrays.copyOf(begin, first.length))) {
      channel.truncate(0); // nothing, or broken off in its first line
      append(begin);
      return;
    }
    if (!Arrays.equals(first, begin)) {
      throw refusal(first, inputs);
    }
    long end = first.length;
    for (byte[] line = line(in); take(line, end); line = line(in)) {
      end += line.length;
    }
    channel.truncate(end);
    channel.position(end);
  }

  /** Whether a line is whole, and then what it says is known. */
  private boolean take(byte[] line, long start) {
    if (whole || line.length == 0 || line[line.length - 1] != '\n') {
      return false;
    }
    try {
      JsonNode json = JSON.readTree(line);
      if (json.path("units").isInt() && json.get("units").intValue() == units.size()) {
        whole = true;
        return true;
      }
      int unit = json.path("unit").asInt(-1);
      return unit >= 0
          && json.path("rows").isArray()
          && units.putIfAbsent(unit, new Place(start, line.length)) == null;
    } catch (IOException e) {
      return false; // bytes that a loss of power has left
    }
  }

  /** Up to the next line feed and with it; shorter at the end of the file. */
  private static byte[] line(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 12);
    for (int b = in.read(); b >= 0; b = in.read()) {
      bytes.write(b);
      if (b == '\n') {
        break;
      }
    }
    return bytes.toByteArray();
  }

  private static ObjectNode begin(Map<String, String> inputs) {
    ObjectNode begin = JsonNodeFactory.instance.objectNode();
    ObjectNode all = begin.putObject("unfinished");
    inputs.forEach(all::put);
    return begin;
  }

  private static byte[] line(JsonNode json) {
    return (json + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private IllegalArgumentException refusal(byte[] first, Map<String, String> inputs) {
    Map<String, String> before = new LinkedHashMap<>();
    try {
      JSON.readTree(first)
          .path("unfinished")
          .properties()
          .forEach(entry -> before.put(entry.getKey(), entry.getValue().asText(null)));
    } catch (IOException e) {
      before.clear();
    }
    if (before.isEmpty()) {
      return new IllegalArgumentException(
          part
              + " stands where unfinished output is written, and is none that can be gone on from:"
              + " --overwrite replaces it, or move it away");
    }
    Set<String> names = new TreeSet<>(before.keySet());
    names.addAll(inputs.keySet());
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      String was = described(before.get(name));
      String is = described(inputs.get(name));
      if (!was.equals(is)) {
        differences.add(name + " was " + was + " and is " + is);
      }
    }
    return new IllegalArgumentException(
        part
            + " was begun by another command: "
            + String.join("; ", differences)
            + ". Repeat that command to go on from it, or --overwrite begins anew");
  }

  private static String described(String value) {
    return value == null ? "unset" : value.isEmpty() ? "empty" : Quote.cut(value);
  }

  /** Units on file. */
  public int size() {
    return units.size();
  }

  /** Whether a unit is on file. */
  public boolean holds(int unit) {
    return units.containsKey(unit);
  }

  /** Whether {@link #end} was said. */
  public boolean isWhole() {
    return whole;
  }

  /**
   * Appends a unit.
   *
   * @throws IllegalArgumentException if it is there, or the journal has ended
   */
  public void append(int unit, List<? extends JsonNode> rows) throws IOException {
    if (whole || units.containsKey(unit)) {
      throw new IllegalArgumentException("unit " + unit + " is in " + part + " already");
    }
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("unit", unit);
    ArrayNode array = json.putArray("rows");
    rows.forEach(array::add);
    byte[] line = line(json);
    long start = channel.position();
    append(line);
    units.put(unit, new Place(start, line.length));
  }

  /** Says that all units are on file, and forces them to the disk. */
  public void end() throws IOException {
    if (!whole) {
      append(line(JsonNodeFactory.instance.objectNode().put("units", units.size())));
      try {
        channel.force(true);
      } catch (IOException e) {
        throw IoSentence.at(part, e);
      }
      whole = true;
    }
  }

  private void append(byte[] line) throws IOException {
    long start = channel.position();
    try {
      AtomicFile.writeFully(channel, ByteBuffer.wrap(line));
    } catch (IOException e) {
      AppendedFile.cutBack(channel, start, e);
      throw IoSentence.at(part, e);
    }
  }

  /** All units on file, in the order of their numbers. */
  public void forEach(Units reader) throws IOException {
    for (Map.Entry<Integer, Place> unit : units.entrySet()) {
      ByteBuffer line = ByteBuffer.allocate(unit.getValue().length());
      long at = unit.getValue().start();
      try {
        while (line.hasRemaining() && channel.read(line, at + line.position()) >= 0) {}
      } catch (IOException e) {
        throw IoSentence.at(part, e);
      }
      reader.unit(unit.getKey(), rows(line.array()));
    }
  }

  private List<JsonNode> rows(byte[] line) throws IOException {
    try {
      List<JsonNode> rows = new ArrayList<>();
      JSON.readTree(line).path("rows").forEach(rows::add);
      return rows;
    } catch (JsonProcessingException e) {
      throw new IOException(part + " was changed while it was read", e);
    }
  }

  /**
   * Writes the output and takes the journal away.
   *
   * @param rows which rows of a unit become rows of the output, and what they become
   */
  public void finish(Selection rows) throws IOException {
    AtomicFile file = new AtomicFile(output, part.resolveSibling(part.getFileName() + ".whole"));
    try (JsonLinesWriter out = new JsonLinesWriter(file)) {
      forEach(
          (number, unit) -> {
            for (JsonNode row : rows.of(unit)) {
              out.write(row);
            }
          });
      out.commit();
    }
    channel.close();
    Files.delete(part);
  }

  /** What of a unit's rows is written. */
  @FunctionalInterface
  public interface Selection {
    List<? extends JsonNode> of(List<JsonNode> unit) throws IOException;
  }

  /** Ends writing; the journal stays for the next run, but for one that holds nothing. */
  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      channel.close();
      if (units.isEmpty() && !whole) {
        Files.deleteIfExists(part);
      }
    }
  }
}
