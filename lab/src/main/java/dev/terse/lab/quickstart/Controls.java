package dev.terse.lab.quickstart;

import dev.terse.lab.chart.Ink;
import dev.terse.lab.chart.Mark;
import dev.terse.lab.quickstart.PhaseLedger.Phase;
import dev.terse.lab.report.ArmResult;
import dev.terse.lab.report.ControlGroup;
import dev.terse.traces.prune.Pruner;
import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.eval.EvalRecord;
import dev.terse.trainer.sft.SftConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The base fine-tuned on the same traces pruned in other ways, which the claim stands or falls
 * with: by low entropy, at random and by high entropy, at equal steps and at equal tokens.
 */
record Controls(
    QuickstartConfig config,
    PhaseSettings settings,
    QuickstartFiles files,
    PhaseLedger ledger,
    Training training,
    Judging judging) {

  /**
   * Trains and judges them.
   *
   * @param like answers of another model, from which the time that is left is guessed
   */
  List<ControlGroup> run(List<EvalRecord> like) throws IOException {
    List<ControlGroup> groups = new ArrayList<>();
    for (Pruner.Budget budget : config.controls()) {
      groups.add(
          new ControlGroup(
              word(budget),
              arm(Pruner.Order.LOW, budget, Ink.LOW, like),
              arm(Pruner.Order.RANDOM, budget, Ink.RANDOM, like),
              arm(Pruner.Order.HIGH, budget, Ink.HIGH, like)));
    }
    return groups;
  }

  private ArmResult arm(Pruner.Order order, Pruner.Budget budget, Ink ink, List<EvalRecord> like)
      throws IOException {
    String name = word(order) + ", equal " + word(budget);
    Path base = config.base();
    Path data = files.pruned(order, budget);
    Path folder = files.control(order, budget);
    Loaded<SftConfig> sft =
        training.sft(base, data, folder, List.of(config.sftSettings(), config.controlSettings()));
    Phase phase =
        new Phase(
            folder,
            "control: " + name,
            settings.ofControl(sft.values()),
            QuickstartFiles.inputs(base, data, files.heldOut()),
            QuickstartFiles.records(folder));
    ledger.run(
        phase,
        () -> {
          training.run(sft, "sft, " + name);
          judging.run(folder, 0, like, folder);
        });
    return new ArmResult(
        name,
        ink,
        budget == Pruner.Budget.STEPS ? Mark.RING : Mark.SQUARE,
        EvalRecord.read(QuickstartFiles.records(folder)));
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
