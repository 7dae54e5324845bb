package dev.terse.lab.quickstart;

import dev.terse.engine.Engine;
import dev.terse.lab.chart.Ink;
import dev.terse.lab.chart.Mark;
import dev.terse.lab.quickstart.PhaseLedger.Phase;
import dev.terse.lab.report.ArmResult;
import dev.terse.lab.report.Chain;
import dev.terse.lab.report.ControlGroup;
import dev.terse.lab.report.Report;
import dev.terse.lab.report.ReportFiles;
import dev.terse.traces.CompressReport;
import dev.terse.traces.prune.Pruner;
import dev.terse.trainer.checkpoint.RunLock;
import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.eval.EvalRecord;
import dev.terse.trainer.grpo.GrpoConfig;
import dev.terse.trainer.metrics.JsonlSink;
import dev.terse.trainer.metrics.MetricHistory;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.sft.SftConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
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
  /** Phases besides the controls. */
  private static final int PHASES = 8;

  private final QuickstartConfig config;
  private final Map<String, String> values;
  private final Engine engine;
  private final Phases phases;
  private final PrintStream out;
  private final Path base;
  private final QuickstartFiles files;
  private final PhaseSettings settings;
  private final PhaseLedger ledger;
  private final Training training;
  private final Judging judging;

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
    this.base = config.base();
    this.files = new QuickstartFiles(Path.of(config.outputDir()));
    this.settings = new PhaseSettings(values, engine.description());
    int controls = config.controls().size() * Pruner.Order.values().length;
    this.ledger = new PhaseLedger(PHASES + controls, out);
    this.training = new Training(config, engine, phases);
    this.judging = new Judging(config, values, files.heldOut(), engine, phases);
  }

  /** Does what is left to do, writes the report and prints it. */
  public Report run() throws IOException {
    training.requireSettings(files);
    RunLock lock = RunLock.of(files.output());
    try {
      Report report = phases();
      Path page = ReportFiles.write(report, files.output());
      out.printf(Locale.ROOT, "%n%s%n", ReportFiles.text(report));
      ledger.done().forEach(this::tell);
      out.printf(Locale.ROOT, "%nreport: %s%n", page);
      return report;
    } finally {
      lock.close();
    }
  }

  private void tell(Report.PhaseTime time) {
    out.printf(
        Locale.ROOT,
        "%8.1f s  %s%s%n",
        time.seconds(),
        time.title(),
        time.doneBefore() ? " (done before)" : "");
  }

  /** Problems → chains → pruned chains → SFT → GRPO → judgements → controls. */
  private Report phases() throws IOException {
    problems();
    traces();
    prune();
    Loaded<SftConfig> sft = sft();
    Loaded<GrpoConfig> grpo = grpo();
    ArmResult judgedBase = judge("base", Ink.BASE, base, List.of());
    ArmResult judgedSft = judge("SFT", Ink.SFT, files.sft(), judgedBase.records());
    ArmResult judgedGrpo = judge("SFT+GRPO", Ink.GRPO, files.grpo(), judgedSft.records());
    List<ControlGroup> controls =
        new Controls(config, settings, files, ledger, training, judging).run(judgedSft.records());
    Map<String, Map<String, String>> allSettings = new LinkedHashMap<>();
    allSettings.put("quickstart", values);
    allSettings.put("SFT", sft.values());
    allSettings.put("GRPO", grpo.values());
    allSettings.put("engine", Map.of("computed by", engine.description()));
    return new Report(
        judgedBase,
        List.of(judgedSft, judgedGrpo),
        controls,
        MetricHistory.read(files.sft().resolve(JsonlSink.FILE)),
        MetricHistory.read(files.grpo().resolve(JsonlSink.FILE)),
        List.of(chains("base"), chains("SFT"), chains("SFT+GRPO")),
        ledger.done(),
        allSettings,
        config.seed());
  }

  private void problems() throws IOException {
    Phase phase =
        new Phase(
            files.problems(),
            "problems of the task",
            settings.ofProblems(),
            List.of(),
            files.heldOut());
    ledger.run(phase, () -> new ProblemWriting(config, files).write());
  }

  private void traces() throws IOException {
    Phase phase =
        new Phase(
            files.traces().getParent(),
            "the base reasons about training problems",
            settings.ofTraces(),
            QuickstartFiles.inputs(base, files.traceProblems()),
            files.traces());
    ledger.run(
        phase,
        () -> new TraceSampling(config, engine, phases).run(files.traceProblems(), files.traces()));
  }

  private void prune() throws IOException {
    Path main = files.pruned(Pruner.Order.LOW, Pruner.Budget.STEPS);
    Phase phase =
        new Phase(
            main.getParent(),
            "its right chains are scored and pruned",
            settings.ofPruning(),
            QuickstartFiles.inputs(base, files.traces()),
            main);
    ledger.run(
        phase,
        () -> {
          CompressReport report = new Pruning(config, files, engine, phases).run();
          report.text().lines().forEach(line -> out.println("      " + line));
        });
  }

  private Loaded<SftConfig> sft() throws IOException {
    Path data = files.pruned(Pruner.Order.LOW, Pruner.Budget.STEPS);
    Loaded<SftConfig> sft = training.sft(base, data, files.sft(), List.of(config.sftSettings()));
    Phase phase =
        new Phase(
            files.sft(),
            "SFT on the pruned chains",
            settings.ofTraining(sft.values()),
            QuickstartFiles.inputs(base, data),
            QuickstartFiles.config(files.sft()));
    ledger.run(phase, () -> training.run(sft, "sft"));
    return sft;
  }

  private Loaded<GrpoConfig> grpo() throws IOException {
    Loaded<GrpoConfig> grpo = training.grpo(files.sft(), files.grpoProblems(), files.grpo());
    Phase phase =
        new Phase(
            files.grpo(),
            "GRPO from there",
            settings.ofTraining(grpo.values()),
            QuickstartFiles.inputs(files.sft(), files.grpoProblems()),
            QuickstartFiles.config(files.grpo()));
    ledger.run(phase, () -> training.run(grpo));
    return grpo;
  }

  /**
   * A model's answers.
   *
   * @param like answers of another model, from which the time that is left is guessed; may be empty
   */
  private ArmResult judge(String name, Ink ink, Path model, List<EvalRecord> like)
      throws IOException {
    Path folder = files.judgement(name);
    Path records = QuickstartFiles.records(folder);
    Phase phase =
        new Phase(
            folder,
            name + " answers the held-out problems",
            settings.ofJudging(),
            QuickstartFiles.inputs(model, files.heldOut()),
            records);
    ledger.run(phase, () -> judging.run(model, config.chains(), like, folder));
    return new ArmResult(name, ink, Mark.DISC, EvalRecord.read(records));
  }

  private List<Chain> chains(String name) throws IOException {
    Path file = QuickstartFiles.chains(files.judgement(name));
    return Files.exists(file) ? Chain.read(file) : List.of();
  }
}
