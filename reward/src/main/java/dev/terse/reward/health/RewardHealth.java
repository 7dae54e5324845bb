package dev.terse.reward.health;

import dev.terse.answers.AnswerCheck;
import dev.terse.answers.extract.AnswerPolicy;
import dev.terse.answers.extract.AnswerPolicy.Part;
import dev.terse.reward.Sample;
import dev.terse.reward.Score;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Finds in the first completions of a run why its reward cannot teach: it pays none or all of them
 * alike, and for what cause. The lenient reading (docs/answers.md) tells what a stricter policy
 * does not see.
 */
public final class RewardHealth {
  private static final AnswerCheck LENIENT = new AnswerCheck(AnswerPolicy.LENIENT);

  /** Completions that are looked at; each is read a few times. */
  private static final int MOST = 64;

  /** Longest text of a right answer that a sentence quotes. */
  private static final int QUOTED = 40;

  private RewardHealth() {}

  /** What keeps a run from learning. */
  public enum Cause {
    /** The limit came before the end of every completion. */
    ALL_CUT,
    /** The checker cannot read most right answers. */
    GOLD_UNREADABLE,
    /** Completions agree with another column than the one that is taken for the right answer. */
    OTHER_COLUMN,
    /** No thinking ends, so that nothing is looked at as an answer. */
    NEVER_CLOSED,
    /** Right answers stand where the policy does not pay them. */
    NOT_MARKED,
    /** Marks are written that the rule of thinking takes for text. */
    MARKS_AS_TEXT,
    /** Nothing is right by any reading. */
    ALL_WRONG,
    /** All is right and earns the same. */
    ALL_RIGHT
  }

  /**
   * A cause, with what to do.
   *
   * @param sentence counts, cause and the keys to change
   */
  public record Finding(Cause cause, String sentence) {}

  /**
   * Looks at completions that were drawn together.
   *
   * @param samples with their right answers, [N]
   * @param scores of each, [N]
   * @param marks whether thinking ends at {@code </think>} in this run
   * @return the causes, gravest first; none where some are right and some are not
   */
  public static List<Finding> of(List<Sample> samples, List<Score> scores, boolean marks) {
    int n = Math.min(MOST, samples.size());
    List<Finding> found = new ArrayList<>();
    if (n == 0) {
      return found;
    }
    List<Sample> seen = samples.subList(0, n);
    List<Score> paid = scores.subList(0, n);
    if (!marks) {
      addMarksAsText(seen, found);
    }
    long right = paid.stream().filter(Score::correct).count();
    if (right > 0) {
      boolean same = paid.stream().mapToDouble(Score::total).distinct().count() == 1;
      if (right == n && same) {
        found.add(
            new Finding(
                Cause.ALL_RIGHT,
                "all "
                    + n
                    + " completions are right and earn the same: there is nothing to learn; give"
                    + " harder problems, or a reward that tells lengths or skips apart"));
      }
      return List.copyOf(found);
    }
    if (seen.stream().noneMatch(Sample::finished)) {
      found.add(
          new Finding(
              Cause.ALL_CUT,
              "all "
                  + n
                  + " completions were cut by max_completion_length, so none has an answer; raise"
                  + " it, or shorten the thinking by SFT first"));
      return List.copyOf(found);
    }
    List<Sample> asked = seen.stream().filter(RewardHealth::hasGold).toList();
    if (asked.isEmpty()) {
      return List.copyOf(found); // rewards that need no right answer
    }
    addUnreadable(asked, found);
    addWhereRight(asked, marks, found);
    return List.copyOf(found);
  }

  private static boolean hasGold(Sample sample) {
    return sample.gold() != null && !sample.gold().isBlank();
  }

  private static void addMarksAsText(List<Sample> seen, List<Finding> found) {
    long marked = seen.stream().filter(s -> Part.afterMark(s.completion()) != null).count();
    if (2 * marked >= seen.size()) {
      found.add(
          new Finding(
              Cause.MARKS_AS_TEXT,
              marked
                  + " of "
                  + seen.size()
                  + " completions write </think>, which this run's rule of thinking takes for text;"
                  + " set thinking: marks"));
    }
  }

  private static void addUnreadable(List<Sample> asked, List<Finding> found) {
    List<String> unread =
        asked.stream()
            .map(Sample::gold)
            .distinct()
            .filter(gold -> !AnswerCheck.understands(gold))
            .toList();
    long golds = asked.stream().map(Sample::gold).distinct().count();
    if (2L * unread.size() > golds) {
      String first = unread.get(0).strip();
      found.add(
          new Finding(
              Cause.GOLD_UNREADABLE,
              unread.size()
                  + " of "
                  + golds
                  + " right answers cannot be read by the checker, such as '"
                  + (first.length() > QUOTED ? first.substring(0, QUOTED) + "…" : first)
                  + "': only the same text is paid; is it the right column? The right answer is"
                  + " looked for in gold, answer, final_answer, ground_truth and solution, in this"
                  + " order"));
    }
  }

  /** None is right by the reward's own reading: what do others say? */
  private static void addWhereRight(List<Sample> asked, boolean marks, List<Finding> found) {
    int n = asked.size();
    long whole = asked.stream().filter(s -> isRight(s.gold(), s)).count();
    long closed = asked.stream().filter(s -> s.answer() != null).count();
    long cut = asked.stream().filter(s -> !s.finished()).count();
    if (whole > 0 && closed == 0) {
      found.add(new Finding(Cause.NEVER_CLOSED, neverClosed(n, whole, cut, marks)));
      return;
    }
    if (whole > 0) {
      found.add(
          new Finding(
              Cause.NOT_MARKED,
              "0 of "
                  + n
                  + " completions are right by the reward's answer_policy, though "
                  + whole
                  + " contain the right answer by the lenient reading: it is not marked, or not"
                  + " after the thinking. Ask for \\boxed{} by prompt_suffix, or set reward_funcs:"
                  + " [accuracy] with reward_settings: {answer_policy: lenient}"));
      return;
    }
    Map<String, Long> others = others(asked);
    if (!others.isEmpty()) {
      Map.Entry<String, Long> best =
          others.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
      found.add(
          new Finding(
              Cause.OTHER_COLUMN,
              "0 of "
                  + n
                  + " completions agree with the right answers, but "
                  + best.getValue()
                  + " agree with the column '"
                  + best.getKey()
                  + "': if that is the right answer, call it gold"));
      return;
    }
    if (found.stream().noneMatch(f -> f.cause() == Cause.GOLD_UNREADABLE)) {
      found.add(
          new Finding(
              Cause.ALL_WRONG,
              "none of "
                  + n
                  + " completions is right by any reading"
                  + (cut == 0 ? "" : " (" + cut + " were cut by max_completion_length)")
                  + ": give easier problems, or a model that solves some of them (SFT first)"));
    }
  }

  private static String neverClosed(int n, long whole, long cut, boolean marks) {
    String ended =
        marks ? " completions closed their thinking by </think>" : " completions gave an answer";
    String cure =
        marks
            ? ". If the model does not think in marks, set thinking: before_answer, or teach it"
                + " marks by sft on rows of traces --form r1; or pay answers anywhere by"
                + " reward_funcs: [accuracy] with reward_settings: {answer_policy: lenient}"
            : " at their end";
    return "0 of "
        + n
        + ended
        + ", though "
        + whole
        + " contain the right answer by the lenient reading: the reward cannot pay them"
        + cure
        + (cut == 0 ? "" : "; " + cut + " were cut: raise max_completion_length");
  }

  /** How many completions agree with each other column of their row. */
  private static Map<String, Long> others(List<Sample> asked) {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (Sample sample : asked) {
      sample
          .source()
          .columns()
          .forEach(
              (name, value) -> {
                boolean told = value instanceof String || value instanceof Number;
                String text = Objects.toString(value, "");
                if (told && !text.isBlank() && isRight(text, sample)) {
                  counts.merge(name, 1L, Long::sum);
                }
              });
    }
    return counts;
  }

  /** Whether the answer, or else the whole text, gives that. */
  private static boolean isRight(String gold, Sample sample) {
    return LENIENT.check(gold, sample.completion(), sample.answer()).isEqual()
        || LENIENT.check(gold, sample.completion(), null).isEqual();
  }
}
