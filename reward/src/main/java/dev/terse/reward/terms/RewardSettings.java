package dev.terse.reward.terms;

import dev.terse.answers.extract.AnswerPolicy;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Thresholds of the built-in reward terms. Configuration keys are the component names in snake_case
 * ({@code kappa_high}). A null component takes its default; those of lengths, cosine values and the
 * answer policy stay null, since TRL's and open-r1's rewards have defaults of their own.
 *
 * @param kappaHigh skip ratio that earns 1.0; 0.8 in the authors' code
 * @param kappaLow skip ratio that earns 0.5; 0.5 in the authors' code
 * @param tauSkip more skips than this are punished; 100 in the authors' code
 * @param skipPenalty value of too many skips: -1 in the paper (default), -2 in the authors' code
 * @param tauLength more tokens than this are punished; 3500 in the authors' code. Also the budget
 *     that {@code token_saving} is measured against
 * @param lengthPenalty value of too many tokens; -1
 * @param maxSkipRun longer runs of skips earn no {@code skip_share}; 32
 * @param maxCompletionLen L_max of {@code soft_overlong} and {@code cosine_length}, tokens; 4096
 *     (1280 in TRL's command line, 16384 in open-r1)
 * @param softPunishCache L_cache of {@code soft_overlong}, tokens; 512 (256 in TRL's command line,
 *     4096 in open-r1)
 * @param cosineMaxLen most characters of open-r1's {@code cosine}; 1000
 * @param minValueWrong {@code cosine_length}, wrong and shortest; -1.0 (TRL), 0 in open-r1's {@code
 *     cosine}
 * @param maxValueWrong {@code cosine_length}, wrong and longest; -0.5 (TRL)
 * @param minValueCorrect {@code cosine_length}, right and longest; 0.5 (TRL)
 * @param maxValueCorrect {@code cosine_length}, right and shortest; 1.0 (TRL)
 * @param ngramSize words in an n-gram of {@code repetition}; 3 (TRL)
 * @param maxPenalty {@code repetition} of a text that only repeats itself; -1.0 (TRL)
 * @param answerPolicy where the answer is looked for; {@code strict}, or {@code trl} in TRL's and
 *     open-r1's rewards
 * @param codeLanguage of the block of code that {@code code_format} wants; python
 */
public record RewardSettings(
    Double kappaHigh,
    Double kappaLow,
    Integer tauSkip,
    Double skipPenalty,
    Integer tauLength,
    Double lengthPenalty,
    Integer maxSkipRun,
    Integer maxCompletionLen,
    Integer softPunishCache,
    Integer cosineMaxLen,
    Double minValueWrong,
    Double maxValueWrong,
    Double minValueCorrect,
    Double maxValueCorrect,
    Integer ngramSize,
    Double maxPenalty,
    AnswerPolicy answerPolicy,
    String codeLanguage) {

  /** The keys that {@link #of} knows, in the order of the components. */
  private static final List<String> KEYS =
      Arrays.stream(RewardSettings.class.getRecordComponents())
          .map(c -> c.getName().replaceAll("[A-Z]", "_$0").toLowerCase(Locale.ROOT))
          .toList();

  public RewardSettings {
    kappaHigh = kappaHigh == null ? 0.8 : kappaHigh;
    kappaLow = kappaLow == null ? 0.5 : kappaLow;
    tauSkip = tauSkip == null ? 100 : tauSkip;
    skipPenalty = skipPenalty == null ? -1.0 : skipPenalty;
    tauLength = tauLength == null ? 3500 : tauLength;
    lengthPenalty = lengthPenalty == null ? -1.0 : lengthPenalty;
    maxSkipRun = maxSkipRun == null ? 32 : maxSkipRun;
    ngramSize = ngramSize == null ? 3 : ngramSize;
    maxPenalty = maxPenalty == null ? -1.0 : maxPenalty;
    cosineMaxLen = cosineMaxLen == null ? 1000 : cosineMaxLen;
    codeLanguage = codeLanguage == null ? "python" : codeLanguage;

    require(kappaLow >= 0 && kappaLow <= 1, "kappa_low must be in [0, 1]", kappaLow);
    require(kappaHigh > 0 && kappaHigh <= 1, "kappa_high must be in (0, 1]", kappaHigh);
    require(kappaLow <= kappaHigh, "kappa_low must not exceed kappa_high " + kappaHigh, kappaLow);
    require(tauSkip >= 0, "tau_skip must not be negative", tauSkip);
    require(tauLength > 0, "tau_length must be positive", tauLength);
    require(skipPenalty <= 0, "skip_penalty must not be positive", skipPenalty);
    require(lengthPenalty <= 0, "length_penalty must not be positive", lengthPenalty);
    require(maxSkipRun > 0, "max_skip_run must be positive", maxSkipRun);
    require(cosineMaxLen > 0, "cosine_max_len must be positive", cosineMaxLen);
    require(
        maxCompletionLen == null || maxCompletionLen > 0,
        "max_completion_len must be positive",
        maxCompletionLen);
    require(
        softPunishCache == null || softPunishCache >= 0,
        "soft_punish_cache must not be negative",
        softPunishCache);
    require(ngramSize > 0, "ngram_size must be positive", ngramSize);
    require(maxPenalty <= 0, "max_penalty must not be positive", maxPenalty);
    requireFinite("skip_penalty", skipPenalty);
    requireFinite("length_penalty", lengthPenalty);
    requireFinite("min_value_wrong", minValueWrong);
    requireFinite("max_value_wrong", maxValueWrong);
    requireFinite("min_value_correct", minValueCorrect);
    requireFinite("max_value_correct", maxValueCorrect);
    requireFinite("max_penalty", maxPenalty);
  }

  /** The keys of configuration, in the order of the components. */
  public static List<String> keys() {
    return KEYS;
  }

  /** The documented defaults. */
  public static RewardSettings defaults() {
    return of(Map.of());
  }

  /**
   * Settings from configuration keys; keys that are absent take their defaults.
   *
   * @throws IllegalArgumentException naming every unknown key with the nearest known one, or the
   *     value that is not a number
   */
  public static RewardSettings of(Map<String, ?> values) {
    Names.requireKnown("reward setting", values.keySet(), KEYS);
    var v = new LinkedHashMap<String, Object>(values);
    return new RewardSettings(
        number(v, "kappa_high"),
        number(v, "kappa_low"),
        whole(v, "tau_skip"),
        number(v, "skip_penalty"),
        whole(v, "tau_length"),
        number(v, "length_penalty"),
        whole(v, "max_skip_run"),
        whole(v, "max_completion_len"),
        whole(v, "soft_punish_cache"),
        whole(v, "cosine_max_len"),
        number(v, "min_value_wrong"),
        number(v, "max_value_wrong"),
        number(v, "min_value_correct"),
        number(v, "max_value_correct"),
        whole(v, "ngram_size"),
        number(v, "max_penalty"),
        policy(v.get("answer_policy")),
        v.get("code_language") == null ? null : v.get("code_language").toString());
  }

  private static Double number(Map<String, Object> values, String key) {
    Object value = values.get(key);
    if (value == null) {
      return null;
    }
    if (value instanceof Number n) {
      return n.doubleValue();
    }
    try {
      return Double.valueOf(value.toString());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(key + " must be a number, was '" + value + "'", e);
    }
  }

  private static Integer whole(Map<String, Object> values, String key) {
    Double value = number(values, key);
    if (value == null) {
      return null;
    }
    require(
        value == Math.rint(value) && Math.abs(value) <= Integer.MAX_VALUE,
        key + " must be a whole number",
        value);
    return value.intValue();
  }

  private static AnswerPolicy policy(Object value) {
    if (value == null || value instanceof AnswerPolicy) {
      return (AnswerPolicy) value;
    }
    var names = AnswerPolicy.names();
    String name = value.toString();
    Names.requireKnown("answer_policy", List.of(name), names);
    return AnswerPolicy.named(name);
  }

  private static void requireFinite(String key, Double value) {
    require(value == null || Double.isFinite(value), key + " must be finite", value);
  }

  private static void require(boolean condition, String rule, Object found) {
    if (!condition) {
      throw new IllegalArgumentException(rule + ", was " + found);
    }
  }
}
