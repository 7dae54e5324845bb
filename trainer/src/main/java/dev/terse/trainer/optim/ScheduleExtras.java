package dev.terse.trainer.optim;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The lr_scheduler_kwargs of a schedule: what is read of them, and what nobody asked for. */
final class ScheduleExtras {
  private final String schedule;
  private final Map<String, String> values;
  private final TreeSet<String> known = new TreeSet<>();

  ScheduleExtras(String schedule, Map<String, String> values) {
    this.schedule = schedule;
    this.values = values;
  }

  /** A number, {@code otherwise} where it is not given. */
  double number(String key, double otherwise) {
    known.add(key);
    String text = values.get(key);
    if (text == null || text.equals("null")) {
      return otherwise;
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw refused(key + " must be a number, was '" + text + "'");
    }
  }

  /** A number that must be given. */
  double required(String key) {
    double value = number(key, Double.NaN);
    if (Double.isNaN(value)) {
      throw refused(key + " must be given");
    }
    return value;
  }

  /** One of an enum's constants by its text, {@code otherwise} where it is not given. */
  <E extends Enum<E>> E constant(String key, E otherwise) {
    known.add(key);
    String text = values.get(key);
    E[] all = otherwise.getDeclaringClass().getEnumConstants();
    return text == null
        ? otherwise
        : Arrays.stream(all)
            .filter(each -> each.toString().equalsIgnoreCase(text))
            .findFirst()
            .orElseThrow(
                () ->
                    refused(
                        key
                            + " must be one of "
                            + Arrays.stream(all)
                                .map(each -> each.toString().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))
                            + ", was '"
                            + text
                            + "'"));
  }

  /** The least rate over the peak, by min_lr or min_lr_rate. */
  double minimum(double peak) {
    double rate = number("min_lr_rate", Double.NaN);
    double least = number("min_lr", Double.NaN);
    if (Double.isNaN(rate) == Double.isNaN(least)) {
      throw new IllegalArgumentException(
          schedule + " needs min_lr or min_lr_rate (one of them) in lr_scheduler_kwargs");
    }
    return Double.isNaN(rate) ? least / peak : rate;
  }

  /** Refuses what the schedule has not read. */
  void requireAllRead() {
    for (String key : values.keySet()) {
      if (!known.contains(key)) {
        throw new IllegalArgumentException(
            "lr_scheduler_kwargs of " + schedule + " has no '" + key + "', only " + known);
      }
    }
  }

  IllegalArgumentException refused(String why) {
    return new IllegalArgumentException("lr_scheduler_kwargs of " + schedule + ": " + why);
  }
}
