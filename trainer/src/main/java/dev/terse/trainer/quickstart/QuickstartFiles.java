package dev.terse.trainer.quickstart;

import dev.terse.traces.Pruner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Where a quickstart keeps what its phases hand on. */
record QuickstartFiles(Path output) {
  static final String PROBLEMS = "problems";
  static final String TRACES = "traces";
  static final String PRUNED = "pruned";
  static final String SFT = "sft";
  static final String GRPO = "grpo";
  static final String CONTROLS = "controls";

  static final String TRACES_FILE = "traces.jsonl";
  static final String RECORDS_FILE = "records.jsonl";
  static final String CHAINS_FILE = "chains.jsonl";

  /** A file that every model folder has. */
  static final String CONFIG = "config.json";

  /** Problems that the base reasons about. */
  Path traceProblems() {
    return output.resolve(PROBLEMS).resolve("traces.jsonl");
  }

  /** Problems of GRPO. */
  Path grpoProblems() {
    return output.resolve(PROBLEMS).resolve("grpo.jsonl");
  }

  /** Problems that judge. */
  Path heldOut() {
    return output.resolve(PROBLEMS).resolve("held-out.jsonl");
  }

  Path traces() {
    return output.resolve(TRACES).resolve(TRACES_FILE);
  }

  /** The training set of a way of pruning. */
  Path pruned(Pruner.Order order, Pruner.Budget budget) {
    return output.resolve(PRUNED).resolve(name(order, budget) + ".jsonl");
  }

  /** Where the answers of a model are. */
  Path judgement(String name) {
    return output.resolve("eval").resolve(name.toLowerCase(Locale.ROOT));
  }

  static String name(Pruner.Order order, Pruner.Budget budget) {
    return (order + "-" + budget).toLowerCase(Locale.ROOT);
  }

  /** The files of a model that decide what it computes. */
  static List<Path> model(Path model) throws IOException {
    if (!Files.isDirectory(model)) {
      return List.of(model);
    }
    try (Stream<Path> files = Files.list(model)) {
      return files.filter(QuickstartFiles::isOfModel).sorted().toList();
    }
  }

  private static boolean isOfModel(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".safetensors")
        || Set.of("config.json", "tokenizer.json", "tokenizer_config.json").contains(name);
  }
}
