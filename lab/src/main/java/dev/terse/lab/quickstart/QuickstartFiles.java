package dev.terse.lab.quickstart;

import dev.terse.traces.prune.Pruner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Where a quickstart keeps what its phases hand on. */
record QuickstartFiles(Path output) {

  Path problems() {
    return output.resolve("problems");
  }

  /** Problems that the base reasons about. */
  Path traceProblems() {
    return problems().resolve("traces.jsonl");
  }

  /** Problems of GRPO. */
  Path grpoProblems() {
    return problems().resolve("grpo.jsonl");
  }

  /** Problems that judge. */
  Path heldOut() {
    return problems().resolve("held-out.jsonl");
  }

  /** What the base has written. */
  Path traces() {
    return output.resolve("traces").resolve("traces.jsonl");
  }

  /** The training set of a way of pruning. */
  Path pruned(Pruner.Order order, Pruner.Budget budget) {
    return output.resolve("pruned").resolve(name(order, budget) + ".jsonl");
  }

  Path sft() {
    return output.resolve("sft");
  }

  Path grpo() {
    return output.resolve("grpo");
  }

  /** Model and answers of a control. */
  Path control(Pruner.Order order, Pruner.Budget budget) {
    return output.resolve("controls").resolve(name(order, budget));
  }

  /** Where the answers of a model are. */
  Path judgement(String name) {
    return output.resolve("eval").resolve(name.toLowerCase(Locale.ROOT));
  }

  /** The answers in the folder of a judgement. */
  static Path records(Path folder) {
    return folder.resolve("records.jsonl");
  }

  /** The scored chains in the folder of a judgement. */
  static Path chains(Path folder) {
    return folder.resolve("chains.jsonl");
  }

  /** A file that every model folder has. */
  static Path config(Path model) {
    return model.resolve("config.json");
  }

  /** What a phase reads: the files of a model that decide what it computes, and others. */
  static List<Path> inputs(Path model, Path... more) throws IOException {
    List<Path> inputs = new ArrayList<>();
    if (Files.isDirectory(model)) {
      try (Stream<Path> files = Files.list(model)) {
        inputs.addAll(files.filter(QuickstartFiles::isOfModel).sorted().toList());
      }
    } else {
      inputs.add(model);
    }
    inputs.addAll(List.of(more));
    return inputs;
  }

  private static boolean isOfModel(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".safetensors")
        || Set.of("config.json", "tokenizer.json", "tokenizer_config.json").contains(name);
  }

  private static String name(Pruner.Order order, Pruner.Budget budget) {
    return (order + "-" + budget).toLowerCase(Locale.ROOT);
  }
}
