package dev.terse.trainer.sft;

import dev.terse.io.rows.RowSource;
import dev.terse.model.folder.ModelFolder;
import dev.terse.trainer.data.Packing;
import dev.terse.trainer.data.PromptEncoder;
import dev.terse.trainer.data.SftDataset;
import dev.terse.trainer.data.SftRow;
import dev.terse.trainer.data.StreamedRows;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The rows of an SFT run as it reads them.
 *
 * @param name of their files
 * @param units what a batch counts: single rows, or bins of rows
 * @param summary how many were read and what became of them
 * @param losesRows whether so many are left out that a user must be warned
 * @param first row that is shown; none where a streamed one cannot be trained on
 * @param longest tokens of the longest row, uncut; empty where rows are read when they are needed
 */
public record SftRows(
    String name,
    List<List<SftRow>> units,
    String summary,
    boolean losesRows,
    Optional<SftRow> first,
    OptionalInt longest) {

  /**
   * The rows to train on.
   *
   * @param model whose tokenizer and template encode them; of its decoder the shape is asked for
   * @throws IllegalArgumentException naming the row that cannot be used, or if too few are left
   */
  public static SftRows train(SftConfig config, ModelFolder model, RowSource source)
      throws IOException {
    return config.training().dataset().datasetStreaming()
        ? streamed(config, model, source)
        : read(config, model, source, config.rows().packs());
  }

  /** The rows to evaluate on; the same otherwise. */
  public static SftRows eval(SftConfig config, ModelFolder model, RowSource source)
      throws IOException {
    return read(config, model, source, Packing.NONE);
  }

  /** The longest row of a run in tokens. */
  public static int maxLength(SftConfig config, ModelFolder model) {
    int positions = model.decoder().config().maxPositions();
    return config.maxLength() == null ? positions : Math.min(config.maxLength(), positions);
  }

  private static SftRows streamed(SftConfig config, ModelFolder model, RowSource source)
      throws IOException {
    int maxLength = maxLength(config, model);
    StreamedRows rows =
        new StreamedRows(source.files(), encoder(model), config.rows().rules(maxLength));
    return new SftRows(
        source.name(),
        rows,
        rows.summary(),
        false,
        rows.get(0).stream().findFirst(),
        OptionalInt.empty());
  }

  private static SftRows read(
      SftConfig config, ModelFolder model, RowSource source, Packing packing) throws IOException {
    int maxLength = maxLength(config, model);
    int longest = packing.splits() ? Integer.MAX_VALUE : maxLength;
    SftDataset data = SftDataset.load(source, encoder(model), config.rows().rules(longest));
    return new SftRows(
        source.name(),
        packing.units(data.rows(), maxLength),
        data.summary(maxLength) + skips(config, data, model),
        data.losesRows(),
        Optional.of(data.rows().get(0)),
        OptionalInt.of(data.counts().longest()));
  }

  private static PromptEncoder encoder(ModelFolder model) {
    return new PromptEncoder(model.tokenizer(), model.template());
  }

  /** How many rows teach the skip token; a set that was never compressed teaches none. */
  private static String skips(SftConfig config, SftDataset data, ModelFolder model) {
    String token = config.model().skipToken();
    if (token == null) {
      return "";
    }
    OptionalInt found = model.tokenizer().id(token);
    if (found.isEmpty()) { // a checkpoint of a run with another skip_token, which is told later
      return "";
    }
    int id = found.getAsInt();
    long rows = data.rows().stream().filter(row -> row.supervises(id)).count();
    return "; " + rows + " rows hold " + token + " among supervised tokens";
  }
}
