package dev.terse.rollout;

import java.util.List;

/** The completions of one prompt, in sample order. */
public record Group(Prompt prompt, List<Completion> completions) {
  public Group {
    completions = List.copyOf(completions);
  }
}
