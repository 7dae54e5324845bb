package dev.terse.traces.segment;

import java.util.List;
import java.util.Objects;
import java.util.function.ToIntFunction;

/**
 * Takes texts apart into thinking and answer, all texts of a run alike (docs/method.md, section 1).
 * Compression, rewards and evaluation ask the same rule, so that they count the same steps.
 *
 * <p>Without marks the thinking begins with the text, and {@code <think>} and {@code </think>} are
 * text like any other.
 *
 * @param end where thinking ends; not {@link ThinkingEnd#AUTO}
 * @param answerPlace UTF-16 index in a text at which its final answer begins, -1 where there is
 *     none; asked under {@link ThinkingEnd#BEFORE_ANSWER} only
 */
public record ThinkingRule(ThinkingEnd end, ToIntFunction<String> answerPlace) {

  /** The rule of models that close their thinking by {@code </think>}. */
  public static final ThinkingRule MARKS = new ThinkingRule(ThinkingEnd.MARKS, text -> -1);

  public ThinkingRule {
    Objects.requireNonNull(answerPlace, "answerPlace");
    if (end == ThinkingEnd.AUTO) {
      throw new IllegalArgumentException(
          "thinking: auto must be decided before a text is taken apart");
    }
  }

  /** Takes a text apart that its writer ended; every text has a result. */
  public Thinking of(String text) {
    return switch (end) {
      case BEFORE_LAST_PARAGRAPH -> Thinking.before(text, lastParagraph(text));
      case BEFORE_ANSWER -> Thinking.before(text, answerPlace.applyAsInt(text));
      default -> Thinking.of(text);
    };
  }

  /**
   * Takes a text apart that was cut off by a limit. It has no last paragraph and no final answer
   * yet: without marks all of it is thinking.
   */
  public Thinking ofCut(String text) {
    return isMarks() ? Thinking.of(text) : Thinking.before(text, -1);
  }

  /** Whether {@code </think>} ends the thinking. */
  public boolean isMarks() {
    return end == ThinkingEnd.MARKS;
  }

  /** Where the last step that is not blank begins; -1 in a blank text. */
  private static int lastParagraph(String text) {
    if (text.isBlank()) {
      return -1;
    }
    List<Step> steps = Segmenter.steps(text.stripTrailing());
    return steps.get(steps.size() - 1).start();
  }
}
