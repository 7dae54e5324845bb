package dev.terse.rollout;

import dev.terse.model.Decoding;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A bounded number of drafts that are decoded together; the next in the queue takes the place of
 * one that is finished. Drafts of one prompt follow one another, so a prompt is read once for all
 * that join while one of them is live.
 */
final class Places {
  private final Decoding decoding;
  private final int count;
  private final Deque<Draft> waiting;
  private final List<Draft> live = new ArrayList<>();
  private int promptsRead;

  /**
   * @param count most drafts decoded together
   */
  Places(Decoding decoding, int count, List<Draft> drafts) {
    this.decoding = decoding;
    this.count = count;
    this.waiting = new ArrayDeque<>(drafts);
  }

  boolean allFinished() {
    return waiting.isEmpty() && live.isEmpty();
  }

  /**
   * Goes on to the next tokens: the first ones of drafts that now take a free place, or else one of
   * each live draft.
   *
   * @return the drafts that {@link Decoding#logits} now speaks of
   */
  List<Draft> advance() {
    if (!waiting.isEmpty() && live.size() < count) {
      return fill();
    }
    decoding.step(live.stream().mapToInt(Draft::lastId).toArray());
    return List.copyOf(live);
  }

  private List<Draft> fill() {
    Prompt last = live.isEmpty() ? null : live.get(live.size() - 1).prompt();
    List<Draft> joining = new ArrayList<>();
    List<Integer> promptOf = new ArrayList<>();
    List<int[]> unread = new ArrayList<>();
    while (!waiting.isEmpty() && live.size() < count) {
      Draft draft = waiting.poll();
      if (draft.prompt() != last) {
        last = draft.prompt();
        unread.add(last.ids());
        promptsRead++;
      }
      promptOf.add(promptsRead - 1);
      joining.add(draft);
      live.add(draft);
    }
    decoding.join(unread, promptOf.stream().mapToInt(p -> p).toArray());
    return joining;
  }

  /** Frees the places of finished drafts. */
  void dropFinished() {
    int[] goOn = IntStream.range(0, live.size()).filter(i -> !live.get(i).finished()).toArray();
    if (goOn.length < live.size()) {
      decoding.keep(goOn);
      live.removeIf(Draft::finished);
    }
  }
}
