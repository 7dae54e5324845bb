package dev.terse.lab.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.io.AtomicFile;
import dev.terse.io.DataFingerprint;
import dev.terse.io.Folders;
import dev.terse.lab.report.Report.PhaseTime;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The phases of a long run, each in a folder of its own with a {@code phase.json} that says what it
 * was made from and whether it came to its end. A phase that did, from the same settings and input
 * files, is not repeated; any other is done anew from its beginning.
 */
final class PhaseLedger {
  private static final String FILE = "phase.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final int planned;
  private final PrintStream out;
  private final List<PhaseTime> done = new ArrayList<>();

  /**
   * A phase.
   *
   * @param folder its own
   * @param title what it does, for people
   * @param settings all that decides its result besides the input files
   * @param inputs files that it reads
   * @param result a file that it leaves
   */
  record Phase(
      Path folder, String title, Map<String, String> settings, List<Path> inputs, Path result) {}

  /** What a phase does; its folder is there and empty. */
  @FunctionalInterface
  interface Work {
    void run() throws IOException;
  }

  /**
   * @param planned number of phases, for the headings
   */
  PhaseLedger(int planned, PrintStream out) {
    this.planned = planned;
    this.out = out;
  }

  /** Does the phase, or finds that it is done. */
  void run(Phase phase, Work work) throws IOException {
    Path folder = phase.folder();
    ObjectNode made = made(phase);
    out.printf(Locale.ROOT, "[%d/%d] %s%n", done.size() + 1, planned, phase.title());
    JsonNode before = read(folder.resolve(FILE));
    if (before != null
        && before.path("done").asBoolean()
        && before.path("made_from").equals(made)
        && Files.exists(phase.result())) {
      double seconds = before.path("seconds").asDouble();
      out.printf(Locale.ROOT, "      done before, in %.1f s%n", seconds);
      done.add(new PhaseTime(phase.title(), seconds, true));
      return;
    }
    clear(folder);
    write(folder, JSON.createObjectNode().put("done", false));
    long begun = System.nanoTime();
    try {
      work.run();
    } catch (IOException | RuntimeException e) {
      if (Folders.contents(folder).equals(List.of(folder.resolve(FILE), folder))) {
        Folders.delete(folder); // it came to nothing
      }
      throw e;
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    ObjectNode entry = JSON.createObjectNode().put("done", true).put("seconds", seconds);
    entry.set("made_from", made);
    write(folder, entry);
    out.printf(Locale.ROOT, "      %.1f s%n", seconds);
    done.add(new PhaseTime(phase.title(), seconds, false));
  }

  /** The phases so far, in order. */
  List<PhaseTime> done() {
    return List.copyOf(done);
  }

  private static ObjectNode made(Phase phase) throws IOException {
    ObjectNode made = JSON.createObjectNode();
    ObjectNode settings = made.putObject("settings");
    new TreeMap<>(phase.settings()).forEach(settings::put);
    ObjectNode inputs = made.putObject("inputs");
    for (Path input : phase.inputs()) {
      inputs.put(input.toString(), DataFingerprint.of(input));
    }
    return made;
  }

  private static JsonNode read(Path file) throws IOException {
    return Files.exists(file) ? JSON.readTree(Files.readString(file)) : null;
  }

  private static void write(Path folder, JsonNode entry) throws IOException {
    String text = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(entry);
    AtomicFile.write(folder.resolve(FILE), text + "\n");
  }

  /** Empties the folder, but never one that this class did not make. */
  private static void clear(Path folder) throws IOException {
    if (Files.exists(folder)) {
      if (Folders.contents(folder).size() > 1 && !Files.exists(folder.resolve(FILE))) {
        throw new IllegalArgumentException(
            folder
                + " holds files that are not of an earlier quickstart; choose another output"
                + " folder");
      }
      Folders.delete(folder, folder.resolve(FILE));
    }
    Files.createDirectories(folder);
  }
}
