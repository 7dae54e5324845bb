package dev.terse.rollout;

import java.util.ArrayList;
import java.util.List;

/** A group whose completions are being drawn. */
final class GroupDraft {
  private final Prompt prompt;
  private final List<Member> sequences = new ArrayList<>();
  private int unfinished;

  /**
   * @param seed of the generation
   */
  GroupDraft(Prompt prompt, int size, SamplingParams sampling, StopRule stop, long seed) {
    this.prompt = prompt;
    this.unfinished = size;
    for (int s = 0; s < size; s++) {
      sequences.add(new Member(sampling, stop, Rollouts.seed(seed, prompt.index(), s)));
    }
  }

  /** A sequence of the group. */
  final class Member extends Sequence {
    private Member(SamplingParams sampling, StopRule stop, long seed) {
      super(prompt, sampling, stop, seed);
    }

    GroupDraft group() {
      return GroupDraft.this;
    }
  }

  Prompt prompt() {
    return prompt;
  }

  List<Member> sequences() {
    return sequences;
  }

  /** One of the sequences has ended; whether it was the last. */
  boolean endOne() {
    return --unfinished == 0;
  }

  Group group() {
    return new Group(prompt, sequences.stream().map(Sequence::completion).toList());
  }
}
