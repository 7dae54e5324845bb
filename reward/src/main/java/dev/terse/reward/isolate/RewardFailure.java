package dev.terse.reward.isolate;

import java.util.HexFormat;

/** A reward in a child process gave no number; the sample is then absent from its group. */
public final class RewardFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * @param message may hold what the reward or a completion wrote: further lines are set in, so
   *     that none looks like one of the log, and characters that steer a terminal become their
   *     numbers
   */
  RewardFailure(String message) {
    super(visible(message));
  }

  private static String visible(String message) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < message.length(); i++) {
      char c = message.charAt(i);
      if (c == '\n') {
        out.append("\n  ");
      } else if (c != '\t'
          && (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT)) {
        out.append("\\u").append(HexFormat.of().toHexDigits(c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
