package dev.terse.cli.command;

import static dev.terse.cli.command.OptionText.DEFAULT;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.cli.engine.EngineOption;
import dev.terse.cli.progress.Terminal;
import dev.terse.cli.rows.Rows;
import dev.terse.engine.Engine;
import dev.terse.engine.SeedTree;
import dev.terse.io.JsonLines;
import dev.terse.io.JsonLinesWriter;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.weights.WeightUse;
import dev.terse.rollout.Completion;
import dev.terse.rollout.Group;
import dev.terse.rollout.Prompt;
import dev.terse.rollout.Rollouts;
import dev.terse.rollout.SamplingParams;
import dev.terse.trainer.data.PromptEncoder;
import dev.terse.trainer.metrics.Phases;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Completions of prompts. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Draws completions. Rows {\"prompt\"}, {\"question\"} or {\"problem\"} become a row a"
          + " completion: {\"id\", \"sample\", \"prompt\", \"completion\", \"tokens\", \"finish\"}."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar trainer.jar generate --model DIR --prompt \"What is 12 * 7?\"",
      "  java -jar trainer.jar generate --model DIR --input problems.jsonl --output out.jsonl \\",
      "      --temperature 0.6 --top-p 0.95 --group-size 8 --max-new-tokens 2048"
    })
public final class GenerateCommand implements Callable<Integer> {

  /** Where the prompts come from. */
  static final class Source {
    @Option(names = "--prompt", required = true, description = "One prompt.")
    private String prompt;

    @Option(names = "--input", required = true, description = "JSONL of prompts.")
    private Path input;
  }

  @Option(
      names = "--model",
      required = true,
      description = "Hugging Face folder, GGUF file or PEFT adapter.")
  private Path model;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Source source;

  @Option(names = "--output", description = "JSONL of completions; without it they are printed.")
  private Path output;

  @Option(names = "--raw", description = "Take prompts as they are, not as a user's turn.")
  private boolean raw;

  @Option(names = "--system", description = "A system turn before the prompt.")
  private String system;

  @Option(names = "--suffix", defaultValue = "", description = "Text right after each prompt.")
  private String suffix;

  @Option(
      names = "--temperature",
      defaultValue = "1.0",
      description = "Divides the logits; 0 takes the likeliest token." + DEFAULT)
  private double temperature;

  @Option(names = "--top-k", defaultValue = "0", description = "0 keeps all." + DEFAULT)
  private int topK;

  @Option(names = "--top-p", defaultValue = "1.0", description = "1 keeps all." + DEFAULT)
  private double topP;

  @Option(names = "--min-p", defaultValue = "0.0", description = "0 keeps all." + DEFAULT)
  private double minP;

  @Option(
      names = "--max-new-tokens",
      defaultValue = "512",
      description = "Longest completion." + DEFAULT)
  private int maxNewTokens;

  @Option(
      names = "--group-size",
      defaultValue = "1",
      description = "Completions of each prompt." + DEFAULT)
  private int groupSize;

  @Option(
      names = "--max-live",
      defaultValue = "32",
      description = "Sequences decoded together." + DEFAULT)
  private int maxLive;

  @Option(
      names = "--seed",
      defaultValue = "42",
      description = "The same seed draws the same completions." + DEFAULT)
  private long seed;

  @Mixin private OverwriteOption outputs;

  @Mixin private EngineOption engineOption;

  /**
   * A prompt before it is tokenized.
   *
   * @param id the row's id, or null
   */
  private record Asked(JsonNode id, String text) {}

  @Override
  public Integer call() throws IOException {
    if (output != null) {
      List<Path> inputs = source.input == null ? List.of(model) : List.of(model, source.input);
      outputs.requireFiles(inputs, output);
    }
    SamplingParams sampling = new SamplingParams(temperature, topK, topP, minP, maxNewTokens);
    List<Asked> asked = read();
    try (Engine engine = engineOption.open();
        ModelFolder folder = ModelFolder.load(model, engine, WeightUse.READ)) {
      if (!raw && folder.template() == null) {
        throw new IllegalArgumentException(
            model + " has no chat template; give --raw to take prompts as they are");
      }
      PromptEncoder encoder = new PromptEncoder(folder.tokenizer(), folder.template());
      List<Prompt> prompts = new ArrayList<>();
      for (int i = 0; i < asked.size(); i++) {
        String text = asked.get(i).text();
        prompts.add(new Prompt(i, raw ? encoder.text(text) : encoder.question(system, text)));
      }
      Rollouts rollouts =
          new Rollouts(folder.decoder(), new HashSet<>(folder.tokenizer().stopIds()), maxLive);
      long start = System.nanoTime();
      long most = (long) prompts.size() * groupSize * maxNewTokens;
      List<Group> groups;
      try (Phases.Phase phase = Terminal.phases().start("generate", "tokens", most)) {
        long root = SeedTree.at(seed, "generate");
        groups = rollouts.generate(prompts, groupSize, sampling, root, phase);
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      if (output == null) {
        print(folder, groups);
      } else {
        write(folder, asked, groups);
      }
      long drawn =
          groups.stream()
              .flatMap(group -> group.completions().stream())
              .mapToLong(completion -> completion.ids().length)
              .sum();
      System.err.printf(
          Locale.ROOT, "%d tokens in %.1f s, %.0f tokens/s%n", drawn, seconds, drawn / seconds);
    }
    return ExitCodes.OK;
  }

  private List<Asked> read() throws IOException {
    if (source.prompt != null) {
      return List.of(new Asked(null, source.prompt + suffix));
    }
    List<Asked> asked = new ArrayList<>();
    try (JsonLines rows = JsonLines.open(source.input)) {
      for (JsonNode row = rows.next(); row != null; row = rows.next()) {
        String key = row.has("prompt") ? "prompt" : row.has("question") ? "question" : "problem";
        asked.add(new Asked(row.get("id"), Rows.text(rows, row, key) + suffix));
      }
    }
    if (asked.isEmpty()) {
      throw new IllegalArgumentException(source.input + ": expected prompts, found no row");
    }
    return asked;
  }

  private static void print(ModelFolder folder, List<Group> groups) {
    for (Group group : groups) {
      for (Completion completion : group.completions()) {
        System.out.println(folder.tokenizer().decode(completion.ids(), true));
      }
    }
  }

  private void write(ModelFolder folder, List<Asked> asked, List<Group> groups) throws IOException {
    try (JsonLinesWriter out = new JsonLinesWriter(output)) {
      for (int p = 0; p < groups.size(); p++) {
        List<Completion> completions = groups.get(p).completions();
        for (int sample = 0; sample < completions.size(); sample++) {
          Completion completion = completions.get(sample);
          ObjectNode row = JsonNodeFactory.instance.objectNode();
          row.set("id", asked.get(p).id() == null ? row.numberNode(p) : asked.get(p).id());
          row.put("sample", sample)
              .put("prompt", asked.get(p).text())
              .put("completion", folder.tokenizer().decode(completion.ids(), true))
              .put("tokens", completion.ids().length)
              .put("finish", completion.finish().name().toLowerCase(Locale.ROOT));
          out.write(row);
        }
      }
      out.commit();
    }
  }
}
