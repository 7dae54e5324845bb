package dev.terse.rollout;

import java.util.ArrayList;
import java.util.List;

/**
 * Which sequences are decoded together. Whole groups share a turn where they fit, since a group
 * shares its prompt's keys and values; a group larger than a turn is cut.
 */
final class Turns {
  private Turns() {}

  /**
   * One sequence to draw.
   *
   * @param prompt index into the list of prompts
   * @param sample index in its group
   */
  record Slot(int prompt, int sample) {}

  /** All slots in order, in turns of at most {@code maxLive}. */
  static List<List<Slot>> of(int prompts, int groupSize, int maxLive) {
    int chunk = Math.min(groupSize, maxLive);
    List<List<Slot>> turns = new ArrayList<>();
    List<Slot> turn = new ArrayList<>();
    for (int p = 0; p < prompts; p++) {
      for (int from = 0; from < groupSize; from += chunk) {
        int to = Math.min(from + chunk, groupSize);
        if (turn.size() + to - from > maxLive) {
          turns.add(turn);
          turn = new ArrayList<>();
        }
        for (int s = from; s < to; s++) {
          turn.add(new Slot(p, s));
        }
      }
    }
    if (!turn.isEmpty()) {
      turns.add(turn);
    }
    return turns;
  }
}
