package dev.terse.trainer.quickstart;

import dev.terse.engine.Engine;
import dev.terse.traces.CompressReport;
import dev.terse.traces.Pruner;
import dev.terse.trainer.chart.Ink;
import dev.terse.trainer.chart.Mark;
import dev.terse.trainer.checkpoint.RunLock;
import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.config.GrpoConfig;
import dev.terse.trainer.config.QuickstartConfig;
import dev.terse.trainer.config.SftConfig;
import dev.terse.trainer.eval.EvalRecord;
import dev.terse.trainer.metrics.JsonlSink;
import dev.terse.trainer.metrics.MetricHistory;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.quickstart.PhaseLedger.Phase;
import dev.terse.trainer.report.ArmResult;
import dev.terse.trainer.report.Chain;
import dev.terse.trainer.report.ControlGroup;
import dev.terse.trainer.report.Report;
import dev.terse.trainer.report.ReportFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The whole method in one run: the base reasons about problems, its right chains are scored and
 * pruned, SFT and GRPO teach it to leave steps out, and all three models answer the same held-out
 * problems. Every phase leaves its files, so that a run that was killed goes on where it stood.
 */
public final class Quickstart {
  /** Keys that decide which problems there are. */
  private static final List<String> PROBLEM_KEYS =
      List.of(
          "seed",
          "task",
          "min_operations",
          "max_operations",
          "trace_problems",
          "grpo_problems",
          "split",
          "problems");

  /** Keys that decide the base's chains. */
  private static final List<String> TRACE_KEYS =
      List.of("seed", "trace_samples", "temperature", "max_completion_length", "max_live");

  /** Keys that decide which steps go. */
  private static final List<String> PRUNING_KEYS =
      List.of("seed", "score", "kappa", "protect_first", "protect_last", "controls");

  /** Keys that decide a judgement. */
  private static final List<String> JUDGING_KEYS = List.of("max_completion_length", "max_live");

  private final QuickstartConfig config;
  private final Map<String, String> values;
  private final Engine engine;
  private final Phases phases;
  private final PrintStream out;
  private final QuickstartFiles files;
  private final Training training;
  private final PhaseLedger ledger;

  /**
   * @param loaded the configuration; its files exist as their paths stand
   * @param out hears what is done and what came of it
   */
  public Quickstart(
      Loaded<QuickstartConfig> loaded, Engine engine, Phases phases, PrintStream out) {
    this.config = loaded.config();
    this.values = loaded.values();
    this.engine = engine;
    this.phases = phases;
    this.out = out;
    this.files = new QuickstartFiles(Path.of(config.output()));
    this.training = new Training(config, engine, phases);
    int controls = config.controls().size() * Pruner.Order.values().length;
    this.ledger = new PhaseLedger(files.output(), 8 + controls, out);
  }

  /** Does what is left to do, and writes and prints the report. */
  public Report run() throws IOException {
    RunLock lock = RunLock.of(files.output());
    try {
      Report report = phases();
      Path page = ReportFiles.write(report, files.output());
      out.printf(Locale.ROOT, "%n%s%nreport: %s%n", ReportFiles.text(report), page);
      return report;
    } finally {
      lock.close();
    }
  }

  /** Problems → chains → pruned chains → SFT → GRPO → judgements → controls. */
  private Report phases() throws IOException {
    Path base = Path.of(config.model());
    Path sft = files.output().resolve(QuickstartFiles.SFT);
    Path grpo = files.output().resolve(QuickstartFiles.GRPO);
    problems();
    traces();
    prune();
    Loaded<SftConfig> sftConfig = sft(base, sft);
    Loaded<GrpoConfig> grpoConfig = grpo(sft, grpo);
    ArmResult judgedBase = judge("base", Ink.BASE, base, List.of());
    ArmResult judgedSft = judge("SFT", Ink.SFT, sft, judgedBase.records());
    ArmResult judgedGrpo = judge("SFT+GRPO", Ink.GRPO, grpo, judgedSft.records());
    List<ControlGroup> controls = new ArrayList<>();
    for (Pruner.Budget budget : config.controls()) {
      controls.add(controls(base, budget, judgedSft.records()));
    }
    return new Report(
        judgedBase,
        List.of(judgedSft, judgedGrpo),
        controls,
        MetricHistory.read(sft.resolve(JsonlSink.FILE)),
        MetricHistory.read(grpo.resolve(JsonlSink.FILE)),
        List.of(chains("base"), chains("SFT"), chains("SFT+GRPO")),
        ledger.done(),
        settings(sftConfig, grpoConfig),
        config.seed());
  }

  private void problems() throws IOException {
    Phase phase =
        new Phase(
            QuickstartFiles.PROBLEMS,
            "problems of the task",
            picked(PROBLEM_KEYS),
            List.of(),
            files.heldOut());
    ledger.run(phase, folder -> new ProblemWriting(config, files).write());
  }

  private void traces() throws IOException {
    List<Path> inputs = with(QuickstartFiles.model(Path.of(config.model())), files.traceProblems());
    Phase phase =
        new Phase(
            QuickstartFiles.TRACES,
            "the base reasons about training problems",
            computed(picked(TRACE_KEYS)),
            inputs,
            files.traces());
    ledger.run(
        phase,
        folder ->
            new TraceSampling(config, engine, phases).run(files.traceProblems(), files.traces()));
  }

  private void prune() throws IOException {
    List<Path> inputs = with(QuickstartFiles.model(Path.of(config.model())), files.traces());
    Phase phase =
        new Phase(
            QuickstartFiles.PRUNED,
            "its right chains are scored and pruned",
            computed(picked(PRUNING_KEYS)),
            inputs,
            files.pruned(Pruner.Order.LOW, Pruner.Budget.STEPS));
    ledger.run(
        phase,
        folder -> {
          CompressReport report = new Pruning(config, files, engine, phases).run();
          report.text().lines().forEach(line -> out.println("      " + line));
        });
  }

  private Loaded<SftConfig> sft(Path base, Path output) throws IOException {
    Path data = files.pruned(Pruner.Order.LOW, Pruner.Budget.STEPS);
    Loaded<SftConfig> sft = training.sft(base, data, output, List.of(config.sftSettings()));
    Phase phase =
        new Phase(
            QuickstartFiles.SFT,
            "SFT on the pruned chains",
            computed(sft.values()),
            with(QuickstartFiles.model(base), data),
            output.resolve(QuickstartFiles.CONFIG));
    ledger.run(phase, folder -> training.run(sft, "sft"));
    return sft;
  }

  private Loaded<GrpoConfig> grpo(Path sft, Path output) throws IOException {
    Loaded<GrpoConfig> grpo = training.grpo(sft, files.grpoProblems(), output);
    Phase phase =
        new Phase(
            QuickstartFiles.GRPO,
            "GRPO from there",
            computed(grpo.values()),
            with(QuickstartFiles.model(sft), files.grpoProblems()),
            output.resolve(QuickstartFiles.CONFIG));
    ledger.run(phase, folder -> training.run(grpo));
    return grpo;
  }

  private ArmResult judge(String name, Ink ink, Path model, List<EvalRecord> like)
      throws IOException {
    Path folder = files.judgement(name);
    Map<String, String> settings = picked(JUDGING_KEYS);
    settings.put("chains", values.get("chains"));
    Phase phase =
        new Phase(
            files.output().relativize(folder).toString(),
            name + " answers the held-out problems",
            computed(settings),
            with(QuickstartFiles.model(model), files.heldOut()),
            folder.resolve(QuickstartFiles.RECORDS_FILE));
    ledger.run(
        phase,
        made ->
            new Judging(config, engine, phases)
                .run(model, files.heldOut(), config.chains(), like, made));
    return new ArmResult(name, ink, Mark.DISC, records(folder));
  }

  private List<Chain> chains(String name) throws IOException {
    Path file = files.judgement(name).resolve(QuickstartFiles.CHAINS_FILE);
    return Files.exists(file) ? Chain.read(file) : List.of();
  }

  private ControlGroup controls(Path base, Pruner.Budget budget, List<EvalRecord> like)
      throws IOException {
    String equal = budget.name().toLowerCase(Locale.ROOT);
    Mark mark = budget == Pruner.Budget.STEPS ? Mark.RING : Mark.SQUARE;
    return new ControlGroup(
        equal,
        control(base, Pruner.Order.LOW, budget, like, Ink.LOW, mark),
        control(base, Pruner.Order.RANDOM, budget, like, Ink.RANDOM, mark),
        control(base, Pruner.Order.HIGH, budget, like, Ink.HIGH, mark));
  }

  /** The base fine-tuned on the traces pruned in another way, and judged. */
  private ArmResult control(
      Path base,
      Pruner.Order order,
      Pruner.Budget budget,
      List<EvalRecord> like,
      Ink ink,
      Mark mark)
      throws IOException {
    String name = QuickstartFiles.name(order, budget);
    Path folder = files.output().resolve(QuickstartFiles.CONTROLS).resolve(name);
    Path data = files.pruned(order, budget);
    Loaded<SftConfig> sft =
        training.sft(base, data, folder, List.of(config.sftSettings(), config.controlSettings()));
    Map<String, String> settings = picked(JUDGING_KEYS);
    settings.putAll(sft.values());
    String title =
        order.name().toLowerCase(Locale.ROOT) + ", equal " + budget.name().toLowerCase(Locale.ROOT);
    Phase phase =
        new Phase(
            files.output().relativize(folder).toString(),
            "control: " + title,
            computed(settings),
            with(with(QuickstartFiles.model(base), data), files.heldOut()),
            folder.resolve(QuickstartFiles.RECORDS_FILE));
    ledger.run(
        phase,
        made -> {
          training.run(sft, "sft, " + title);
          new Judging(config, engine, phases).run(made, files.heldOut(), 0, like, made);
        });
    return new ArmResult(title, ink, mark, records(folder));
  }

  private static List<EvalRecord> records(Path folder) throws IOException {
    return EvalRecord.read(folder.resolve(QuickstartFiles.RECORDS_FILE));
  }

  private Map<String, Map<String, String>> settings(
      Loaded<SftConfig> sft, Loaded<GrpoConfig> grpo) {
    Map<String, Map<String, String>> settings = new LinkedHashMap<>();
    settings.put("quickstart", values);
    settings.put("sft", sft.values());
    settings.put("grpo", grpo.values());
    settings.put("engine", Map.of("engine", engine.description()));
    return settings;
  }

  private Map<String, String> picked(List<String> keys) {
    Map<String, String> picked = new LinkedHashMap<>();
    keys.forEach(key -> picked.put(key, values.get(key)));
    return picked;
  }

  /** Settings of a phase whose last bits depend on the engine too. */
  private Map<String, String> computed(Map<String, String> settings) {
    Map<String, String> all = new LinkedHashMap<>(settings);
    all.put("computed by", engine.description());
    return all;
  }

  private static List<Path> with(List<Path> files, Path more) {
    List<Path> all = new ArrayList<>(files);
    all.add(more);
    return all;
  }
}
