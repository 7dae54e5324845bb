package dev.terse.rollout;

import dev.terse.engine.SeedTree;
import java.util.ArrayList;
import java.util.List;

/** A group whose completions are being drawn. */
final class GroupDraft {
  private final Prompt prompt;
  private final List<Sequence> sequences = new ArrayList<>();
  private int unfinished;

  /**
   * @param seed of the generation; the group's is the child at its prompt's index
   */
  GroupDraft(Prompt prompt, int size, long seed) {
    this.prompt = prompt;
    this.unfinished = size;
    long ofPrompt = SeedTree.child(seed, prompt.index());
    for (int s = 0; s < size; s++) {
      sequences.add(new Sequence(this, SeedTree.child(ofPrompt, s)));
    }
  }

  Prompt prompt() {
    return prompt;
  }

  List<Sequence> sequences() {
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
