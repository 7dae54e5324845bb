package dev.terse.doctor.measure;

import java.util.List;

/**
 * The time of an update, as it was measured and scaled.
 *
 * @param seconds of an update in the mean
 * @param parts what it is made of, for people
 */
record StepTime(double seconds, List<String> parts) {

  StepTime {
    parts = List.copyOf(parts);
  }
}
