package dev.terse.trainer.data.mixture;

import dev.terse.trainer.config.Default;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Several data sets as one; TRL's keys (DatasetMixtureConfig), and open-r1's dataset_mixture.
 * {@link MixtureRule} tells what is wrong.
 *
 * @param datasets data sets, each a map with path, name, data_dir, data_files, split, columns,
 *     fraction
 * @param datasetMixture the same in a map: datasets, with id, config and weight too; seed;
 *     test_split_size
 * @param testSplitSize rows of datasets that are held out to evaluate on: a share below 1, or their
 *     number
 */
public record MixtureConfig(
    @Default(Default.UNSET) List<Object> datasets,
    @Default(Default.UNSET) Map<String, Object> datasetMixture,
    @Default(Default.UNSET) Double testSplitSize) {

  /** Whether several data sets are given. */
  public boolean isGiven() {
    return !datasets.isEmpty() || !datasetMixture.isEmpty();
  }

  /** Whether rows are held out to evaluate on. */
  public boolean holdsOut() {
    return testSize() != null;
  }

  private Double testSize() {
    return datasetMixture.isEmpty()
        ? testSplitSize
        : MixtureReader.number(datasetMixture.get("test_split_size"));
  }

  private List<?> written() {
    return datasetMixture.get("datasets") instanceof List<?> list ? list : datasets;
  }

  private List<MixtureEntry> entries() {
    return new MixtureReader(
            (number, sentence) -> {
              throw new IllegalArgumentException("data set " + (number + 1) + ": " + sentence);
            })
        .entries(written());
  }

  /** Files and folders that are named. */
  public List<String> places() {
    return entries().stream().flatMap(entry -> entry.places().stream()).toList();
  }

  /**
   * All files, in the order of the data sets.
   *
   * @throws IllegalArgumentException naming every data set that is not there
   */
  public List<Path> files() throws IOException {
    return filesOfEach(entries()).stream().flatMap(List::stream).toList();
  }

  private static List<List<Path>> filesOfEach(List<MixtureEntry> entries) throws IOException {
    List<List<Path>> files = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      try {
        files.add(entries.get(i).files());
      } catch (IllegalArgumentException e) {
        problems.add("data set " + (i + 1) + ": " + e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n  ", problems));
    }
    return files;
  }

  /**
   * The rows; those to evaluate on are there where {@link #holdsOut}.
   *
   * @param runSeed of what is drawn, where the mixture has no seed
   * @throws IllegalArgumentException naming every data set that cannot be used
   */
  public RunRows rows(long runSeed) throws IOException {
    List<MixtureEntry> entries = entries();
    Double seed = MixtureReader.number(datasetMixture.get("seed"));
    Mixture mixture =
        Mixture.of(
            entries, filesOfEach(entries), testSize(), seed == null ? runSeed : seed.longValue());
    return new RunRows(
        mixture.train(), holdsOut() ? Optional.of(mixture.test()) : Optional.empty());
  }
}
