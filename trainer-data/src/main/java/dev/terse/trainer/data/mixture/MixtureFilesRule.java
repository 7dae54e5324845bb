package dev.terse.trainer.data.mixture;

import dev.terse.trainer.config.ConfigValues;
import dev.terse.trainer.config.Rule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The data sets of a mixture are there; each that is not is told with its line. */
public final class MixtureFilesRule implements Rule {
  private static final String LIST = "datasets";
  private static final String MIXTURE = "dataset_mixture";

  @Override
  public List<String> problems(ConfigValues values) {
    List<String> problems = new ArrayList<>();
    values.of(LIST, Object.class).ifPresent(written -> check(LIST, written, values, problems));
    values
        .of(MIXTURE, Object.class)
        .filter(Map.class::isInstance)
        .map(written -> ((Map<?, ?>) written).get(LIST))
        .ifPresent(written -> check(MIXTURE, written, values, problems));
    return problems;
  }

  private static void check(
      String key, Object written, ConfigValues values, List<String> problems) {
    if (!(written instanceof List<?> list)) {
      return; // MixtureRule says so
    }
    List<String> wrong = new ArrayList<>();
    List<MixtureEntry> entries =
        new MixtureReader((number, sentence) -> wrong.add(sentence)).entries(list);
    for (int i = 0; i < entries.size() && wrong.isEmpty(); i++) {
      try {
        entries.get(i).files();
      } catch (IllegalArgumentException e) {
        problems.add(
            values.place(key, list.get(i)) + ": data set " + (i + 1) + ": " + e.getMessage());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
