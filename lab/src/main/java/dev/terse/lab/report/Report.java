package dev.terse.lab.report;

import dev.terse.lab.chart.Chart;
import dev.terse.lab.chart.Curve;
import dev.terse.lab.chart.Ink;
import dev.terse.lab.chart.Spot;
import dev.terse.lab.chart.Spot.Measured;
import dev.terse.lab.statistics.PairedComparison.Spread;
import dev.terse.trainer.metrics.MetricHistory;
import dev.terse.trainer.metrics.MetricHistory.Point;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that a quickstart has to tell.
 *
 * @param base the model before
 * @param trained the models after, in the order of training; the last is the result
 * @param controls may be empty
 * @param sft logged steps of fine-tuning
 * @param grpo logged steps of GRPO
 * @param chains completions of the same problems, one list for the base and each trained model
 * @param times what each phase took, in order
 * @param settings in force, by name of their file
 * @param seed of the run
 */
public record Report(
    ArmResult base,
    List<ArmResult> trained,
    List<ControlGroup> controls,
    MetricHistory sft,
    MetricHistory grpo,
    List<List<Chain>> chains,
    List<PhaseTime> times,
    Map<String, Map<String, String>> settings,
    long seed) {

  /**
   * What a phase took.
   *
   * @param doneBefore whether an earlier start of the run had done it
   */
  public record PhaseTime(String title, double seconds, boolean doneBefore) {}

  /** The base, what was made of it, and what of that is GRPO's own part. */
  public ResultTable table() {
    return ResultTable.of(summaries()).with("GRPO alone, from " + beforeGrpo().name(), grpoAlone());
  }

  /** The controls beside the base. */
  public ResultTable controlTable() {
    return ResultTable.of(
        controls.stream()
            .flatMap(group -> group.arms().stream())
            .map(arm -> ArmSummary.of(arm, base, seed))
            .toList());
  }

  /** What the table says, in sentences. */
  public List<String> findings() {
    List<ArmSummary> summaries = summaries();
    List<String> findings = new ArrayList<>();
    summaries
        .subList(1, summaries.size())
        .forEach(one -> findings.add(Findings.ofTraining(one, summaries.get(0))));
    findings.add(Findings.ofGrpo(grpoAlone(), beforeGrpo()));
    return findings;
  }

  /** The model that GRPO began from: the last but one. */
  private ArmResult beforeGrpo() {
    List<ArmResult> judged = judged();
    return judged.get(judged.size() - 2);
  }

  /** The last model against the one that GRPO began from. */
  private ArmSummary grpoAlone() {
    return ArmSummary.of(trained.get(trained.size() - 1), beforeGrpo(), seed);
  }

  /** What the controls say, in sentences. */
  public List<String> controlFindings() {
    return controls.stream().flatMap(group -> group.findings(seed).stream()).toList();
  }

  List<ArmResult> judged() {
    List<ArmResult> judged = new ArrayList<>(List.of(base));
    judged.addAll(trained);
    return judged;
  }

  List<ArmSummary> summaries() {
    List<ArmSummary> summaries = new ArrayList<>(List.of(ArmSummary.ofBase(base)));
    trained.forEach(arm -> summaries.add(ArmSummary.of(arm, base, seed)));
    return summaries;
  }

  /** The charts by the name of their file. */
  Map<String, Chart> charts() {
    Map<String, Chart> charts = new LinkedHashMap<>();
    charts.put("accuracy-against-tokens", accuracyAgainstTokens());
    charts.put(
        "sft-loss",
        curves("SFT: loss on the pruned chains", "loss, nats a token", sft, Ink.SFT, "loss"));
    charts.put(
        "grpo-reward",
        curves("GRPO: reward of the drawn completions", "reward", grpo, Ink.GRPO, "reward"));
    charts.put(
        "grpo-accuracy",
        curves(
            "GRPO: share of drawn completions that are right",
            "accuracy of draws",
            grpo,
            Ink.GRPO,
            "accuracy"));
    charts.put(
        "grpo-length",
        curves(
            "GRPO: thinking tokens of the drawn completions",
            "thinking tokens",
            grpo,
            Ink.GRPO,
            "compression/think_tokens"));
    charts.put(
        "grpo-skips",
        curves(
            "GRPO: share of steps that are skipped",
            "skips as a share of steps",
            grpo,
            Ink.GRPO,
            "compression/skip_ratio"));
    return charts;
  }

  private Chart accuracyAgainstTokens() {
    List<Spot> spots = new ArrayList<>();
    judged().forEach(arm -> spots.add(spot(arm)));
    controls.stream().flatMap(group -> group.arms().stream()).forEach(arm -> spots.add(spot(arm)));
    return Chart.ofSpots(
        "Accuracy against thinking tokens, with 95 % intervals",
        "thinking tokens a problem", "accuracy, %", spots);
  }

  private static Spot spot(ArmResult arm) {
    ArmSummary summary = ArmSummary.ofBase(arm);
    return new Spot(
        arm.name(),
        arm.ink(),
        arm.mark(),
        measured(summary.thinking(), 1),
        measured(summary.accuracy(), 100));
  }

  /** A value with its interval as a chart has it. */
  static Measured measured(Spread spread, double unit) {
    return new Measured(unit * spread.value(), unit * spread.low(), unit * spread.high());
  }

  private static Chart curves(
      String title, String label, MetricHistory history, Ink ink, String metric) {
    List<Point> points = history.of("train/" + metric);
    double[] x = points.stream().mapToDouble(Point::step).toArray();
    double[] y = points.stream().mapToDouble(Point::value).toArray();
    return Chart.ofCurves(title, "update", label, List.of(new Curve(label, ink, x, y)));
  }
}
