package dev.terse.answers.extract;

import dev.terse.answers.extract.Found.Source;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where a completion may answer, by what evidence, and how the answer is compared. The presets are
 * all there is: a published number names one of them.
 *
 * @param name as configuration has it
 * @param part which part of the completion is looked at
 * @param evidence by what an answer may be told
 * @param grader who decides
 */
public record AnswerPolicy(String name, Part part, Set<Source> evidence, Grader grader) {
  private static final Set<Source> MARKED =
      EnumSet.of(Source.TAGS, Source.BOXED, Source.HASHES, Source.PHRASE, Source.WHOLE);

  /** What GRPO pays: an answer that is marked, or stands alone, after the thinking. */
  public static final AnswerPolicy STRICT =
      new AnswerPolicy("strict", Part.AFTER_THINKING, MARKED, Grader.VALUES);

  /** For models of others: any evidence, also where no thinking ends. */
  public static final AnswerPolicy LENIENT =
      new AnswerPolicy("lenient", Part.ANSWER_OR_ALL, EnumSet.allOf(Source.class), Grader.VALUES);

  /** The slice of the authors' code, to reproduce their rewards. */
  public static final AnswerPolicy AUTHORS_CODE =
      new AnswerPolicy(
          "authors_code", Part.AUTHORS_SLICE, EnumSet.allOf(Source.class), Grader.VALUES);

  /** TRL's {@code accuracy_reward}: a box or a formula after "answer", anywhere. */
  public static final AnswerPolicy TRL =
      new AnswerPolicy("trl", Part.ALL, EnumSet.of(Source.BOXED, Source.PHRASE), Grader.FORMULAS);

  /** TRL's {@code reasoning_accuracy_reward}: the same after {@code </think>}. */
  public static final AnswerPolicy TRL_REASONING =
      new AnswerPolicy(
          "trl_reasoning",
          Part.AFTER_THINKING,
          EnumSet.of(Source.BOXED, Source.PHRASE),
          Grader.FORMULAS);

  /** lm-evaluation-harness, task gsm8k, filter strict-match. */
  public static final AnswerPolicy LM_EVAL_STRICT =
      new AnswerPolicy(
          "lm_eval_gsm8k_strict", Part.ALL, Set.of(Source.HASHES), Grader.LM_EVAL_STRICT);

  /** lm-evaluation-harness, task gsm8k, filter flexible-extract. */
  public static final AnswerPolicy LM_EVAL_FLEXIBLE =
      new AnswerPolicy(
          "lm_eval_gsm8k_flexible", Part.ALL, Set.of(Source.LAST_NUMBER), Grader.LM_EVAL_FLEXIBLE);

  private static final List<AnswerPolicy> PRESETS =
      List.of(STRICT, LENIENT, AUTHORS_CODE, TRL, TRL_REASONING, LM_EVAL_STRICT, LM_EVAL_FLEXIBLE);

  /** The older name of {@link #LENIENT}. */
  private static final String WHOLE_TEXT = "whole_text";

  public AnswerPolicy {
    evidence = Set.copyOf(evidence);
  }

  /** Which part of a completion may hold the answer. */
  public enum Part {
    /** What follows the thinking; where that does not end there is no answer. */
    AFTER_THINKING,
    /** What follows the thinking, or the whole text where that does not end. */
    ANSWER_OR_ALL,
    /**
     * From the first {@code </think>} on; without the tag Python's index of -1 leaves the last
     * character.
     */
    AUTHORS_SLICE,
    /** The whole text, thinking too. */
    ALL;

    private static final String THINK_END = "</think>";

    /**
     * The part of {@code completion} that may hold the answer; null if there is none.
     *
     * @param answer what follows the thinking, null where that does not end; of it what follows its
     *     last {@code </think>} counts
     */
    public String of(String completion, String answer) {
      return switch (this) {
        case AFTER_THINKING -> answer == null ? null : afterLast(answer);
        case ANSWER_OR_ALL -> answer == null ? completion : afterLast(answer);
        case AUTHORS_SLICE -> {
          String after = afterMark(completion);
          yield after == null ? completion.substring(Math.max(0, completion.length() - 1)) : after;
        }
        case ALL -> completion;
      };
    }

    /** What follows the first {@code </think>}; null where there is none. */
    public static String afterMark(String completion) {
      int first = completion.indexOf(THINK_END);
      return first < 0 ? null : completion.substring(first + THINK_END.length());
    }

    private static String afterLast(String answer) {
      int last = answer.lastIndexOf(THINK_END);
      return last < 0 ? answer : answer.substring(last + THINK_END.length());
    }
  }

  /** Who finds and compares. */
  public enum Grader {
    /** By value. */
    VALUES,
    /** By value, and what a phrase announces must be a formula between delimiters. */
    FORMULAS,
    /** The first number after {@code ####}, compared as text. */
    LM_EVAL_STRICT,
    /** The last number, compared as text. */
    LM_EVAL_FLEXIBLE
  }

  /** The names as configuration has them. */
  public static List<String> names() {
    return Stream.concat(PRESETS.stream().map(AnswerPolicy::name), Stream.of(WHOLE_TEXT)).toList();
  }

  /**
   * The preset of that name.
   *
   * @throws IllegalArgumentException naming all presets
   */
  public static AnswerPolicy named(String name) {
    return name.equals(WHOLE_TEXT)
        ? LENIENT
        : PRESETS.stream()
            .filter(p -> p.name.equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "answer_policy must be one of " + names() + ", was '" + name + "'"));
  }

  @Override
  public String toString() {
    return name;
  }
}
