package dev.terse.doctor;

import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.data.EpochOrder;
import dev.terse.trainer.data.SftRow;
import dev.terse.trainer.data.StreamedRows;
import dev.terse.trainer.memory.Workload;
import dev.terse.trainer.sft.SftConfig;
import dev.terse.trainer.sft.SftRows;
import dev.terse.trainer.sft.SftTrainer;
import dev.terse.trainer.sft.SftWorkload;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** An SFT run that has not begun. */
public final class PlannedSft extends PlannedRun<SftConfig> {
  private final Lazy<SftRows> train;
  private final Lazy<Optional<SftRows>> eval;

  public PlannedSft(Loaded<SftConfig> loaded, Engines engines) {
    super(loaded, engines);
    this.train =
        new Lazy<>("the rows to train on", () -> SftRows.train(config(), outline(), trainSource()));
    this.eval =
        new Lazy<>(
            "the rows to evaluate on",
            () ->
                evalSource().isEmpty()
                    ? Optional.empty()
                    : Optional.of(SftRows.eval(config(), outline(), evalSource().get())));
  }

  /** What a batch counts: single rows, or bins of rows. */
  public List<List<SftRow>> units() {
    return train.get().units();
  }

  @Override
  public RowTable train() {
    return table(train.get());
  }

  @Override
  public Optional<RowTable> eval() {
    return eval.get().map(this::table);
  }

  private RowTable table(SftRows rows) {
    List<RowTable.Length> used =
        rows.units() instanceof StreamedRows
            ? List.of()
            : rows.units().stream()
                .flatMap(List::stream)
                .map(row -> new RowTable.Length(row.id(), row.ids().length))
                .toList();
    int limit = SftRows.maxLength(config(), outline());
    return new RowTable(
        rows.name(),
        rows.summary(),
        rows.losesRows(),
        used,
        config().lengthKey(),
        limit,
        rows.longest());
  }

  @Override
  public ShownRow firstRow() {
    SftRow row = train.get().first().orElseThrow(() -> new NotThereException("a first row"));
    boolean[] loss = new boolean[row.ids().length];
    for (int t = 0; t < loss.length; t++) {
      loss[t] = row.bearsLoss(t);
    }
    return new ShownRow(row.id(), row.ids(), loss);
  }

  @Override
  public Workload workload() {
    return new SftWorkload(
        outline().decoder().config(),
        config(),
        order(),
        units(),
        eval.get().map(SftRows::units).orElse(List.of()));
  }

  private EpochOrder order() {
    return SftTrainer.order(config(), units());
  }

  /** The rows of an update. */
  public List<SftRow> rowsOf(int update) {
    return Arrays.stream(order().rows(update))
        .mapToObj(units()::get)
        .flatMap(List::stream)
        .toList();
  }

  /** Updates of an epoch. */
  public int updatesPerEpoch() {
    return order().updatesPerEpoch();
  }

  @Override
  public int updates() {
    return config().training().updates(updatesPerEpoch());
  }

  @Override
  public String arithmetic() {
    var training = config().training();
    int perEpoch = updatesPerEpoch();
    return "an update = "
        + training.microBatches()
        + " micro-batches x "
        + training.perDeviceTrainBatchSize()
        + (config().rows().packing() ? " bins of rows = " : " rows = ")
        + training.batch()
        + "; an epoch = "
        + perEpoch
        + " updates over "
        + units().size()
        + "; the run = "
        + updates()
        + " updates";
  }
}
