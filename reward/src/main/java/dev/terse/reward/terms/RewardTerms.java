package dev.terse.reward.terms;

import dev.terse.answers.AnswerCheck;
import dev.terse.answers.extract.AnswerPolicy;
import dev.terse.reward.Gate;
import dev.terse.reward.RewardTerm;
import dev.terse.reward.Rubric;
import dev.terse.reward.isolate.UserRewards;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The built-in terms and presets by the names that configuration uses. */
public final class RewardTerms {
  /** Our own names for {@code reward_funcs}; {@link PublishedTerms#NAMES} are the others. */
  public static final List<String> NAMES =
      List.of(
          ("accuracy skip_ratio skip_count length_limit soft_overlong cosine_length repetition"
                  + " think_answer think_tag skip_share token_saving")
              .split(" "));

  /** Names for {@code reward_preset}. */
  public static final List<String> PRESETS = List.of("paper", "safe");

  /** What an entry of {@code reward_funcs} may be. */
  private static final List<String> ENTRIES =
      Stream.of(
              NAMES,
              PublishedTerms.NAMES,
              List.of("class:<name of your class>", "command:<your executable>"))
          .flatMap(List::stream)
          .toList();

  private static final List<String> PAPER_TERMS =
      List.of("accuracy", "skip_ratio", "skip_count", "length_limit");
  private static final List<Double> PAPER_WEIGHTS = List.of(2.0, 1.0, 1.0, 1.0);
  private static final List<String> SAFE_TERMS = List.of("accuracy", "skip_share", "token_saving");
  private static final List<Double> SAFE_WEIGHTS = List.of(1.0, 0.25, 0.25);

  private RewardTerms() {}

  /** Whether a preset or one of {@code names} says nothing without the right answer. */
  public static boolean needRightAnswers(List<String> names) {
    return names.isEmpty()
        || names.stream()
            .anyMatch(
                name ->
                    name.equals("accuracy")
                        || name.equals("cosine_length")
                        || PublishedTerms.COMPARING.contains(name));
  }

  /**
   * The built-in term of that name.
   *
   * @throws IllegalArgumentException with the nearest known name
   */
  public static RewardTerm byName(String name, RewardSettings settings) {
    return byName(name, settings, correctness(settings));
  }

  /**
   * The rubric of {@code reward_funcs} alone: their sum, with the default settings. Its owner opens
   * and closes it.
   *
   * @param names of built-in terms, {@code class:com.example.MyReward}, {@code command:…}
   * @throws IllegalArgumentException with the nearest known name
   */
  public static Rubric rubric(String... names) {
    return rubric(List.of(names), List.of(), RewardSettings.defaults());
  }

  /**
   * The rubric of {@code reward_funcs} and {@code reward_weights}: a plain weighted sum.
   *
   * @param weights one for each name; empty for 1.0 each
   */
  public static Rubric rubric(List<String> names, List<Double> weights, RewardSettings settings) {
    return rubric(names, weights, settings, UserRewards.defaults());
  }

  /** As above; entries {@code class:com.example.MyReward} are rewards of {@code users}. */
  public static Rubric rubric(
      List<String> names, List<Double> weights, RewardSettings settings, UserRewards users) {
    return weighted(names, weights, settings, correctness(settings), Gate.NONE, users);
  }

  /**
   * A preset with its own weights, or with {@code weights} where they are not empty.
   *
   * <p>{@code paper}: docs/method.md, section 7, exactly, defects included: 2 for a right answer,
   * skip ratio, skip count and length on the raw text, not gated, the answer part sliced as the
   * authors' code does. {@code safe}: everything multiplied by correctness; the completion must end
   * by itself and close its thinking; counts from the shared segmenter.
   */
  public static Rubric preset(String preset, List<Double> weights, RewardSettings settings) {
    Names.requireKnown("reward_preset", List.of(preset), PRESETS);
    boolean paper = preset.equals("paper");
    var correctness =
        paper
            ? new Correctness(new AnswerCheck(AnswerPolicy.AUTHORS_CODE), false)
            : new Correctness(new AnswerCheck(AnswerPolicy.STRICT), true);
    var names = paper ? PAPER_TERMS : SAFE_TERMS;
    var own = paper ? PAPER_WEIGHTS : SAFE_WEIGHTS;
    return weighted(
        names,
        weights.isEmpty() ? own : weights,
        settings,
        correctness,
        paper ? Gate.NONE : Gate.CORRECT,
        UserRewards.defaults());
  }

  private static Rubric weighted(
      List<String> names,
      List<Double> weights,
      RewardSettings settings,
      Correctness correctness,
      Gate gate,
      UserRewards users) {
    var builtIn = names.stream().filter(name -> !UserRewards.isUsers(name)).toList();
    PublishedTerms.refuseWhatIsNotHere(builtIn);
    Names.requireKnown("reward_funcs entry", builtIn, ENTRIES);
    if (!weights.isEmpty() && weights.size() != names.size()) {
      throw new IllegalArgumentException(
          "reward_weights must have one entry for each of "
              + names
              + ", found "
              + weights.size()
              + ": "
              + weights);
    }
    var terms = new ArrayList<Rubric.Weighted>();
    for (int i = 0; i < names.size(); i++) {
      double weight = weights.isEmpty() ? 1 : weights.get(i);
      String name = names.get(i);
      var term = UserRewards.isUsers(name) ? users.of(name) : byName(name, settings, correctness);
      terms.add(new Rubric.Weighted(term, weight));
    }
    return new Rubric(terms, gate, correctness);
  }

  private static Correctness correctness(RewardSettings s) {
    AnswerPolicy policy = s.answerPolicy() == null ? AnswerPolicy.STRICT : s.answerPolicy();
    return new Correctness(new AnswerCheck(policy), false);
  }

  private static RewardTerm byName(String name, RewardSettings s, Correctness correctness) {
    if (PublishedTerms.NAMES.contains(name)) {
      return PublishedTerms.byName(name, s);
    }
    Names.requireKnown("reward_funcs entry", List.of(name), NAMES);
    var saving = new TokenSaving(s.tauLength());
    return switch (name) {
      case "accuracy" -> correctness;
      case "skip_ratio" -> new SkipRatio(s.kappaHigh(), s.kappaLow());
      case "skip_count" -> new SkipCount(s.tauSkip(), s.skipPenalty());
      case "length_limit" -> new LengthLimit(s.tauLength(), s.lengthPenalty());
      case "soft_overlong" -> PublishedTerms.softOverlong(name, s, 4096, 512);
      case "cosine_length" -> PublishedTerms.cosine(name, correctness, s);
      case "repetition" -> new Repetition(Repetition.Units.WORDS, s.ngramSize(), s.maxPenalty());
      case "think_answer" -> new ThinkAnswer();
      case "think_tag" -> new ThinkTag();
      case "skip_share" -> new SkipShare(s.kappaHigh(), s.tauSkip(), s.maxSkipRun(), saving);
      case "token_saving" -> saving;
      default -> throw new IllegalStateException("no term for the listed name " + name);
    };
  }
}
