package dev.terse.cli.command;

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
import dev.terse.io.Outputs;
import dev.terse.io.hub.InputKind;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.weights.WeightUse;
import dev.terse.rollout.Completion;
import dev.terse.rollout.Group;
import dev.terse.rollout.Prompt;
import dev.terse.rollout.Rollouts;
import dev.terse.rollout.SamplingParams;
import dev.terse.trainer.config.CheckedBy;
import dev.terse.trainer.config.ConfigValues;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;
import dev.terse.trainer.config.Rule;
import dev.terse.trainer.config.places.Reads;
import dev.terse.trainer.config.places.Writes;
import dev.terse.trainer.data.PromptConfig;
import dev.terse.trainer.data.PromptEncoder;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.model.EngineConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;

/** Completions of prompts. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    description = {
      "Draws completions. Rows {\"prompt\"}, {\"question\"} or {\"problem\"} become a row a"
          + " completion: {\"id\", \"sample\", \"prompt\", \"completion\", \"tokens\", \"finish\"}."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar trainer.jar generate --model_name_or_path DIR --prompt \"What is 12 * 7?\"",
      "  java -jar trainer.jar generate --model_name_or_path DIR --dataset_name problems.jsonl \\",
      "      --output out.jsonl --temperature 0.6 --top_p 0.95 --num_generations 8 \\",
      "      --max_completion_length 2048"
    })
public final class GenerateCommand extends ConfiguredCommand<GenerateCommand.GenerateConfig> {

  /**
   * The keys. docs/commands/generate.md lists them.
   *
   * @param modelNameOrPath a Hugging Face folder, a GGUF file, or the folder of a PEFT adapter
   * @param prompt one prompt
   * @param datasetName file of prompts
   * @param output file of the completions; unset prints them
   * @param overwrite whether a file that stands there is replaced
   * @param raw whether prompts are taken as they are, not as a user's turn
   * @param source what is added to each prompt, and where a row has it
   * @param temperature divides the logits; 0 takes the likeliest token
   * @param numGenerations completions of each prompt
   * @param maxLive sequences decoded together
   */
  @CheckedBy(OneSource.class)
  public record GenerateConfig(
      @Reads(InputKind.MODEL) String modelNameOrPath,
      @Default(Default.UNSET) String prompt,
      @Default(Default.UNSET) @Reads(InputKind.FILE) String datasetName,
      @Default(Default.UNSET) @Writes(Writes.Kind.FILE) String output,
      @Default("false") boolean overwrite,
      PromptConfig source,
      @Default("false") boolean raw,
      @Default("1.0") @Range("[0, inf)") double temperature,
      @Default("0") @Range("[0, inf)") int topK,
      @Default("1.0") @Range("(0, 1]") double topP,
      @Default("0.0") @Range("[0, 1)") double minP,
      @Default("512") @Range("[1, inf)") int maxCompletionLength,
      @Default("1") @Range("[1, inf)") int numGenerations,
      @Default("32") @Range("[1, inf)") int maxLive,
      @Default("42") long seed,
      EngineConfig engine) {

    private SamplingParams sampling() {
      return new SamplingParams(temperature, topK, topP, minP, maxCompletionLength);
    }
  }

  /** Prompts come from one place, and a system turn has a conversation to stand in. */
  public static final class OneSource implements Rule {
    @Override
    public List<String> problems(ConfigValues values) {
      List<String> problems = new ArrayList<>();
      if (values.isWritten("prompt") == values.isWritten("dataset_name")) {
        problems.add(
            values.places("prompt", "dataset_name")
                + "give prompt (one text) or dataset_name (a file of prompts), one of the two");
      }
      if (values.of("raw", Boolean.class).orElse(false) && values.isWritten("system_prompt")) {
        problems.add(
            values.places("raw", "system_prompt")
                + "raw takes prompts as they are, without a system turn: leave system_prompt or"
                + " raw out");
      }
      return problems;
    }
  }

  /** A command without arguments yet. */
  public GenerateCommand() {
    super(GenerateConfig.class);
  }

  /**
   * A prompt before it is tokenized.
   *
   * @param id the row's id, or null
   */
  private record Asked(JsonNode id, String text) {}

  @Override
  public Integer call() throws IOException {
    GenerateConfig config = load().config();
    Path model = InputKind.MODEL.place(config.modelNameOrPath());
    if (config.output() != null) {
      List<Path> inputs = new ArrayList<>(List.of(model));
      if (config.datasetName() != null) {
        inputs.add(InputKind.FILE.place(config.datasetName()));
      }
      new Outputs(inputs, config.overwrite()).requireFiles(List.of(Path.of(config.output())));
    }
    List<Asked> asked = read(config);
    try (Engine engine = EngineOption.open(config.engine());
        ModelFolder folder = ModelFolder.load(model, engine, WeightUse.READ)) {
      if (!config.raw() && folder.template() == null) {
        throw new IllegalArgumentException(
            model + " has no chat template; give --raw to take prompts as they are");
      }
      PromptEncoder encoder = new PromptEncoder(folder.tokenizer(), folder.template());
      List<Prompt> prompts = new ArrayList<>();
      for (int i = 0; i < asked.size(); i++) {
        String text = asked.get(i).text();
        int[] ids =
            config.raw()
                ? encoder.text(text)
                : encoder.question(config.source().systemPrompt(), text);
        prompts.add(new Prompt(i, ids));
      }
      Rollouts rollouts =
          new Rollouts(
              folder.decoder(), new HashSet<>(folder.tokenizer().stopIds()), config.maxLive());
      long start = System.nanoTime();
      int samples = config.numGenerations();
      long most = (long) prompts.size() * samples * config.maxCompletionLength();
      List<Group> groups;
      try (Phases.Phase phase = Terminal.phases().start("generate", "tokens", most)) {
        long root = SeedTree.at(config.seed(), "generate");
        groups = rollouts.generate(prompts, samples, config.sampling(), root, phase);
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      if (config.output() == null) {
        print(folder, groups);
      } else {
        write(Path.of(config.output()), folder, asked, groups);
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

  private static List<Asked> read(GenerateConfig config) throws IOException {
    String suffix = config.source().promptSuffix();
    if (config.prompt() != null) {
      return List.of(new Asked(null, config.prompt() + suffix));
    }
    List<Asked> asked = new ArrayList<>();
    try (JsonLines rows = JsonLines.open(InputKind.FILE.place(config.datasetName()))) {
      for (JsonNode row = rows.next(); row != null; row = rows.next()) {
        asked.add(new Asked(row.get("id"), Rows.text(rows, row, column(config, row)) + suffix));
      }
    }
    if (asked.isEmpty()) {
      throw new IllegalArgumentException(config.datasetName() + ": expected prompts, found no row");
    }
    return asked;
  }

  private static String column(GenerateConfig config, JsonNode row) {
    String named = config.source().datasetPromptColumn();
    return named != null
        ? named
        : row.has("prompt") ? "prompt" : row.has("question") ? "question" : "problem";
  }

  private static void print(ModelFolder folder, List<Group> groups) {
    for (Group group : groups) {
      for (Completion completion : group.completions()) {
        System.out.println(folder.tokenizer().decode(completion.ids(), true));
      }
    }
  }

  private static void write(Path output, ModelFolder folder, List<Asked> asked, List<Group> groups)
      throws IOException {
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
