package dev.terse.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.cli.engine.EngineOption;
import dev.terse.cli.progress.Terminal;
import dev.terse.cli.rows.Rows;
import dev.terse.engine.Engine;
import dev.terse.engine.SeedTree;
import dev.terse.io.Journal;
import dev.terse.io.JsonLines;
import dev.terse.io.Outputs;
import dev.terse.io.hub.InputKind;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.weights.WeightUse;
import dev.terse.rollout.Completion;
import dev.terse.rollout.Group;
import dev.terse.rollout.Prompt;
import dev.terse.rollout.Rollouts;
import dev.terse.rollout.SamplingParams;
import dev.terse.trainer.config.CheckedBy;
import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.config.ConfigValues;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;
import dev.terse.trainer.config.Rule;
import dev.terse.trainer.config.places.Reads;
import dev.terse.trainer.config.places.Writes;
import dev.terse.trainer.data.PromptConfig;
import dev.terse.trainer.data.PromptEncoder;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.model.ChatConfig;
import dev.terse.trainer.model.EngineConfig;
import dev.terse.trainer.model.SampledInputs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
   * @param chatTemplateKwargs variables for the chat template, such as enable_thinking
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
      @Default(Default.UNSET) Map<String, Object> chatTemplateKwargs,
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

  /** Prompts come from one place, and what a template is given has a template to stand in. */
  public static final class OneSource implements Rule {
    @Override
    public List<String> problems(ConfigValues values) {
      List<String> problems = new ArrayList<>();
      if (values.isWritten("prompt") == values.isWritten("dataset_name")) {
        problems.add(
            values.places("prompt", "dataset_name")
                + "give prompt (one text) or dataset_name (a file of prompts), one of the two");
      }
      if (values.of("raw", Boolean.class).orElse(false)) {
        for (String key : List.of("system_prompt", "chat_template_kwargs")) {
          if (values.isWritten(key)) {
            problems.add(
                values.places("raw", key)
                    + "raw takes prompts as they are, without a chat template: leave "
                    + key
                    + " or raw out");
          }
        }
      }
      return problems;
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(GenerateCommand.class);

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
    Loaded<GenerateConfig> loaded = load();
    GenerateConfig config = loaded.config();
    Path model = InputKind.MODEL.place(config.modelNameOrPath());
    if (config.output() != null) {
      List<Path> inputs = new ArrayList<>(data(config));
      inputs.add(model);
      new Outputs(inputs, config.overwrite()).requireJournaled(List.of(Path.of(config.output())));
    }
    List<Asked> asked = read(config);
    try (Engine engine = EngineOption.open(config.engine());
        ModelFolder folder = ModelFolder.load(model, engine, WeightUse.READ)) {
      if (!config.raw() && folder.template() == null) {
        throw new IllegalArgumentException(
            model + " has no chat template; give --raw to take prompts as they are");
      }
      Drawing drawing = new Drawing(config, folder, asked);
      for (int i = 0; i < asked.size(); i++) {
        drawing.rollouts.requirePositions(drawing.prompt(i), config.maxCompletionLength());
      }
      if (config.output() == null) {
        drawing.print();
      } else {
        Map<String, String> inputs =
            SampledInputs.of(
                "generate", loaded.values(), model, data(config), drawing.prompt(0).ids());
        try (Journal journal = Journal.open(Path.of(config.output()), inputs, config.overwrite())) {
          drawing.write(journal);
        }
      }
    }
    return ExitCodes.OK;
  }

  private static List<Path> data(GenerateConfig config) {
    return Stream.ofNullable(config.datasetName()).map(InputKind.FILE::place).toList();
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

  /** A model that goes on from prompts. */
  private static final class Drawing {
    private final GenerateConfig config;
    private final ModelFolder model;
    private final PromptEncoder encoder;
    private final List<Asked> asked;
    private final Rollouts rollouts;

    Drawing(GenerateConfig config, ModelFolder model, List<Asked> asked) {
      this.config = config;
      this.model = model;
      this.encoder = new PromptEncoder(model.tokenizer(), template());
      this.asked = asked;
      this.rollouts =
          new Rollouts(model.decoder(), Set.copyOf(model.tokenizer().stopIds()), config.maxLive());
    }

    private ChatTemplate template() {
      return model.template() == null
          ? null
          : model.template().with(ChatConfig.variables(config.chatTemplateKwargs()));
    }

    Prompt prompt(int i) {
      String text = asked.get(i).text();
      int[] ids =
          config.raw()
              ? encoder.text(text)
              : encoder.question(config.source().systemPrompt(), text);
      return new Prompt(i, ids);
    }

    void print() {
      Group[] groups = new Group[asked.size()];
      draw(IntStream.range(0, groups.length), group -> groups[group.prompt().index()] = group);
      for (Group group : groups) {
        group.completions().forEach(completion -> System.out.println(text(completion)));
      }
    }

    void write(Journal journal) throws IOException {
      if (journal.size() > 0) {
        LOG.info(
            "{}: goes on, {} of {} prompts are done",
            config.output(),
            journal.size(),
            asked.size());
      }
      draw(
          IntStream.range(0, asked.size()).filter(i -> !journal.holds(i)),
          group -> {
            try {
              journal.append(group.prompt().index(), rows(group));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      journal.end();
      journal.finish(rows -> rows);
    }

    private void draw(IntStream prompts, Consumer<Group> ended) {
      int[] places = prompts.toArray();
      int samples = config.numGenerations();
      long most = (long) places.length * samples * config.maxCompletionLength();
      AtomicLong drawn = new AtomicLong();
      long start = System.nanoTime();
      try (Phases.Phase phase = Terminal.phases().start("generate", "tokens", most)) {
        rollouts.generate(
            Arrays.stream(places).mapToObj(this::prompt).iterator(),
            samples,
            config.sampling(),
            SeedTree.at(config.seed(), "generate"),
            tokens -> {
              drawn.addAndGet(tokens);
              phase.advance(tokens);
            },
            ended);
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      System.err.printf(
          Locale.ROOT,
          "%d tokens in %.1f s, %.0f tokens/s%n",
          drawn.get(),
          seconds,
          drawn.get() / seconds);
    }

    private String text(Completion completion) {
      return model.tokenizer().decode(completion.ids(), true);
    }

    private List<ObjectNode> rows(Group group) {
      int place = group.prompt().index();
      List<ObjectNode> rows = new ArrayList<>();
      for (Completion completion : group.completions()) {
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        JsonNode id = asked.get(place).id();
        row.set("id", id == null ? row.numberNode(place) : id);
        row.put("sample", rows.size())
            .put("prompt", asked.get(place).text())
            .put("completion", text(completion))
            .put("tokens", completion.ids().length)
            .put("finish", completion.finish().name().toLowerCase(Locale.ROOT));
        rows.add(row);
      }
      return rows;
    }
  }
}
