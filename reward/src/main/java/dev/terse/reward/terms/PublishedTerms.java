package dev.terse.reward.terms;

import dev.terse.answers.AnswerCheck;
import dev.terse.answers.extract.AnswerPolicy;
import dev.terse.reward.RewardTerm;
import dev.terse.reward.terms.published.AnswerTags;
import dev.terse.reward.terms.published.BatchLength;
import dev.terse.reward.terms.published.CharacterCosine;
import dev.terse.reward.terms.published.PublishedAccuracy;
import dev.terse.reward.terms.published.ReasoningSteps;
import dev.terse.reward.terms.published.TagCount;
import dev.terse.reward.terms.published.ThinkFormat;
import java.util.Collection;
import java.util.List;

/**
 * TRL's and open-r1's rewards by the names that their recipes use, and by those of the functions,
 * with the defaults that go with each name. In metrics they have the function's name, as there.
 */
final class PublishedTerms {
  /** Names for {@code reward_funcs}. */
  static final List<String> NAMES =
      List.of(
          // TRL
          "accuracy_reward",
          "reasoning_accuracy_reward",
          "think_format_reward",
          "get_soft_overlong_punishment",
          "get_cosine_scaled_reward",
          "get_repetition_penalty_reward",
          // open-r1
          "format",
          "format_reward",
          "tag_count",
          "tag_count_reward",
          "reasoning_steps",
          "reasoning_steps_reward",
          "cosine",
          "cosine_scaled_reward",
          "repetition_penalty",
          "repetition_penalty_reward",
          "length",
          "len_reward",
          "length_reward",
          "soft_overlong_punishment",
          "code_format",
          "code_format_reward");

  /** Those that compare with the right answer. */
  static final List<String> COMPARING =
      List.of(
          "accuracy_reward",
          "reasoning_accuracy_reward",
          "get_cosine_scaled_reward",
          "cosine",
          "cosine_scaled_reward",
          "length",
          "len_reward",
          "length_reward");

  /** Rewards of open-r1 that run the model's programs on a server. */
  private static final List<String> PROGRAMS =
      List.of("code", "binary_code", "ioi_code", "cf_code");

  private PublishedTerms() {}

  /** The reward of one of {@link #NAMES}. */
  static RewardTerm byName(String name, RewardSettings s) {
    return switch (name) {
      case "accuracy_reward" -> accuracy(s, AnswerPolicy.TRL);
      case "reasoning_accuracy_reward" ->
          new PublishedAccuracy(name, new AnswerCheck(AnswerPolicy.TRL_REASONING));
      case "think_format_reward" -> new ThinkFormat();
      case "get_soft_overlong_punishment" ->
          softOverlong("soft_overlong_punishment_reward", s, 1280, 256);
      case "soft_overlong_punishment" ->
          softOverlong("soft_overlong_punishment_reward", s, 16384, 4096);
      case "get_cosine_scaled_reward" ->
          cosine("cosine_scaled_reward", accuracy(s, AnswerPolicy.TRL), s);
      case "get_repetition_penalty_reward" ->
          new Repetition(Repetition.Units.TOKENS, s.ngramSize(), s.maxPenalty());
      case "format", "format_reward" -> new AnswerTags(null);
      case "code_format", "code_format_reward" -> new AnswerTags(s.codeLanguage());
      case "tag_count", "tag_count_reward" -> new TagCount();
      case "reasoning_steps", "reasoning_steps_reward" -> new ReasoningSteps();
      case "cosine", "cosine_scaled_reward" ->
          new CharacterCosine(
              accuracy(s, AnswerPolicy.TRL),
              s.cosineMaxLen(),
              or(s.minValueWrong(), 0.0),
              or(s.maxValueWrong(), -0.5),
              or(s.minValueCorrect(), 0.5),
              or(s.maxValueCorrect(), 1.0));
      case "repetition_penalty", "repetition_penalty_reward" ->
          new Repetition(Repetition.Units.LOWER_CASE_WORDS, s.ngramSize(), s.maxPenalty());
      case "length", "len_reward", "length_reward" ->
          new BatchLength(accuracy(s, AnswerPolicy.TRL));
      default -> throw new IllegalStateException("no term for the listed name " + name);
    };
  }

  private static PublishedAccuracy accuracy(RewardSettings s, AnswerPolicy otherwise) {
    return new PublishedAccuracy(
        "accuracy_reward", new AnswerCheck(or(s.answerPolicy(), otherwise)));
  }

  /** DAPO's punishment with the lengths that are set, or those that go with its name. */
  static RewardTerm softOverlong(String name, RewardSettings s, int maxLen, int cache) {
    return new SoftOverlong(name, or(s.maxCompletionLen(), maxLen), or(s.softPunishCache(), cache));
  }

  /** TRL's cosine over tokens. */
  static RewardTerm cosine(String name, RewardTerm correctness, RewardSettings s) {
    return new CosineLength(
        name,
        correctness,
        or(s.maxCompletionLen(), 4096),
        or(s.minValueWrong(), -1.0),
        or(s.maxValueWrong(), -0.5),
        or(s.minValueCorrect(), 0.5),
        or(s.maxValueCorrect(), 1.0));
  }

  /**
   * @throws IllegalArgumentException naming the rewards that would run a program of the model, or
   *     that are Python functions
   */
  static void refuseWhatIsNotHere(Collection<String> names) {
    List<String> refused = names.stream().filter(PROGRAMS::contains).toList();
    if (!refused.isEmpty()) {
      throw new IllegalArgumentException(
          "reward_funcs "
              + String.join(", ", refused)
              + " would run programs that the model writes, and text is never executed here: leave"
              + " it out, or name a command of your own that sends them to a sandbox");
    }
    names.stream()
        .filter(name -> name.contains(".") && !name.contains(":") && !name.contains(" "))
        .findFirst()
        .ifPresent(PublishedTerms::refuseFunction);
  }

  private static void refuseFunction(String name) {
    throw new IllegalArgumentException(
        "reward_funcs "
            + name
            + " is none of ours. A Python function is run in a process of its own: \"command:python"
            + " examples/trl_reward.py "
            + name
            + "\"; a Java class is named as class:"
            + name);
  }

  private static <T> T or(T value, T otherwise) {
    return value == null ? otherwise : value;
  }
}
