package dev.terse.rollout;

import dev.terse.model.transformer.Decoding;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A bounded number of slots whose sequences are decoded together; the next in the queue takes the
 * slot of one that is finished. Sequences of one prompt follow one another, so a prompt is read
 * once for all that join while one of them is live.
 *
 * @param <S> the kind of sequence
 */
final class Slots<S extends Sequence> {
  private final Decoding decoding;
  private final int count;
  private final Iterator<S> waiting;
  private final List<S> live = new ArrayList<>();
  private int promptsRead;

  /**
   * @param count sequences decoded together at most
   * @param waiting asked for the next when a slot is free
   */
  Slots(Decoding decoding, int count, Iterator<S> waiting) {
    this.decoding = decoding;
    this.count = count;
    this.waiting = waiting;
  }

  boolean allFinished() {
    return live.isEmpty() && !waiting.hasNext();
  }

  /**
   * Goes on to the next tokens: the first ones of sequences that now take a free slot, or else one
   * of each live sequence.
   *
   * @return the sequences that {@link Decoding#logits} now speaks of
   */
  List<S> advance() {
    if (live.size() < count && waiting.hasNext()) {
      return fill();
    }
    decoding.step(live.stream().mapToInt(Sequence::lastId).toArray());
    return List.copyOf(live);
  }

  private List<S> fill() {
    Prompt last = live.isEmpty() ? null : live.get(live.size() - 1).prompt();
    List<S> joining = new ArrayList<>();
    List<Integer> promptOf = new ArrayList<>();
    List<int[]> unread = new ArrayList<>();
    while (live.size() < count && waiting.hasNext()) {
      S sequence = waiting.next();
      if (sequence.prompt() != last) {
        last = sequence.prompt();
        unread.add(last.ids());
        promptsRead++;
      }
      promptOf.add(promptsRead - 1);
      joining.add(sequence);
      live.add(sequence);
    }
    decoding.join(unread, promptOf.stream().mapToInt(p -> p).toArray());
    return joining;
  }

  /** The sequences that have a slot. */
  List<S> live() {
    return Collections.unmodifiableList(live);
  }

  /** Frees the slots of finished sequences. */
  void dropFinished() {
    int[] goOn = IntStream.range(0, live.size()).filter(i -> !live.get(i).finished()).toArray();
    if (goOn.length < live.size()) {
      decoding.keep(goOn);
      live.removeIf(Sequence::finished);
    }
  }
}
