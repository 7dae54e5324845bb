package dev.terse.trainer.data.mixture;

import dev.terse.trainer.config.ConfigValues;
import dev.terse.trainer.config.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What must hold of the keys that name data; each wrong entry is told with its line. */
public final class MixtureRule implements Rule {
  private static final String NAME = "dataset_name";
  private static final String LIST = "datasets";
  private static final String MIXTURE = "dataset_mixture";
  private static final String TEST = "test_split_size";
  private static final String EVAL = "eval_dataset";
  private static final Set<String> MIXTURE_KEYS = Set.of(LIST, "seed", TEST, "streaming");

  @Override
  public List<String> problems(ConfigValues values) {
    List<String> problems = new ArrayList<>();
    List<String> given = Stream.of(NAME, LIST, MIXTURE).filter(values::isWritten).toList();
    if (given.isEmpty()) {
      problems.add(
          "'dataset_name' is missing: a file or the folder of a data set; or several in datasets or"
              + " dataset_mixture");
    } else if (given.size() > 1) {
      problems.add(
          values.places(NAME, LIST, MIXTURE)
              + String.join(" and ", given)
              + " name the data twice: keep one of them");
    }
    if (values.isWritten(NAME) && values.of(NAME, Object.class).equals(Optional.of(List.of()))) {
      problems.add(values.places(NAME) + "dataset_name is an empty list; name a file or folder");
    }
    boolean list = values.isWritten(LIST);
    boolean mixture = values.isWritten(MIXTURE);
    if (list && values.of(LIST, Object.class).orElse(null) instanceof List<?> entries) {
      problems.addAll(entries(LIST, entries, values));
    }
    Map<?, ?> map = Map.of();
    if (mixture && values.of(MIXTURE, Object.class).orElse(null) instanceof Map<?, ?> written) {
      map = written;
      problems.addAll(mixture(map, values));
    }
    if (values.isWritten(TEST) && !list) {
      problems.add(
          values.places(TEST)
              + (mixture
                  ? "test_split_size of dataset_mixture stands in it"
                  : "test_split_size belongs to datasets; with dataset_name, name the rows to"
                      + " evaluate on in eval_dataset"));
    }
    if (values.isWritten(TEST)) {
      values.of(TEST, Double.class).ifPresent(size -> size(size, values.places(TEST), problems));
    }
    if (list || mixture) {
      beside(values, problems);
      boolean holdsOut = values.isWritten(TEST) || map.get(TEST) != null;
      if (holdsOut && values.isWritten(EVAL)) {
        problems.add(
            values.places(EVAL)
                + "eval_dataset and test_split_size both name the rows to evaluate on: keep one of"
                + " them");
      }
    }
    return problems;
  }

  /** Keys of one data set, which have no meaning beside several. */
  private static void beside(ConfigValues values, List<String> problems) {
    if (values.isWritten("dataset_config")) {
      problems.add(
          values.places("dataset_config")
              + "dataset_config belongs to dataset_name; write name in each data set");
    }
    if (values.isWritten("dataset_train_split")) {
      problems.add(
          values.places("dataset_train_split")
              + "dataset_train_split belongs to dataset_name; write split in each data set");
    }
    if (values.of("dataset_streaming", Boolean.class).orElse(false)) {
      problems.add(
          values.places("dataset_streaming")
              + "dataset_streaming reads the files of dataset_name alone; a mixture is read whole");
    }
  }

  private static List<String> mixture(Map<?, ?> written, ConfigValues values) {
    List<String> problems = new ArrayList<>();
    String place = values.places(MIXTURE);
    for (Object key : written.keySet()) {
      if (!MIXTURE_KEYS.contains(key)) {
        problems.add(
            place
                + "dataset_mixture: '"
                + key
                + "' is not supported; it has datasets, seed, test_split_size");
      }
    }
    if (written.get("streaming") != null && !"false".equals(written.get("streaming"))) {
      problems.add(place + "dataset_mixture: streaming is not supported; a mixture is read whole");
    }
    Object seed = written.get("seed");
    if (seed != null && !(seed instanceof String text && text.matches("[0-9]{1,15}"))) {
      problems.add(place + "dataset_mixture: seed must be a whole number, was '" + seed + "'");
    }
    Object size = written.get(TEST);
    if (size != null) {
      Double number = MixtureReader.number(size);
      if (number == null) {
        problems.add(
            place + "dataset_mixture: test_split_size must be a number, was '" + size + "'");
      } else {
        size(number, place, problems);
      }
    }
    if (written.get(LIST) instanceof List<?> entries) {
      problems.addAll(entries(MIXTURE, entries, values));
    } else {
      problems.add(place + "dataset_mixture: datasets is missing: a list of data sets");
    }
    return problems;
  }

  private static void size(double size, String place, List<String> problems) {
    if (!(size > 0) || size >= 1 && size != Math.rint(size) || size > Integer.MAX_VALUE) {
      problems.add(
          place
              + "test_split_size must be a share in (0, 1) or a whole number of rows, was "
              + size);
    }
  }

  private static List<String> entries(String key, List<?> entries, ConfigValues values) {
    List<String> problems = new ArrayList<>();
    if (entries.isEmpty()) {
      problems.add(values.places(key) + key + " names no data set");
    }
    new MixtureReader(
            (number, sentence) ->
                problems.add(
                    values.place(key, entries.get(number))
                        + ": data set "
                        + (number + 1)
                        + ": "
                        + sentence))
        .entries(entries);
    return problems;
  }
}
