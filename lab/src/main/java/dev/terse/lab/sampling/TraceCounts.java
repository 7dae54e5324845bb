package dev.terse.lab.sampling;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How many chains were sampled, and what became of them; outcomes add up to all chains. */
public final class TraceCounts {
  private final int tooLong;
  private final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
  private int problems;
  private int unsolved;
  private int chains;
  private int marked;
  private long tokens;

  /**
   * @param tooLong problems that were not asked because their prompt is too long
   */
  TraceCounts(int tooLong) {
    this.tooLong = tooLong;
    Arrays.stream(Outcome.values()).forEach(outcome -> outcomes.put(outcome, 0));
  }

  /** Counts the chains of a problem. */
  void add(List<? extends JsonNode> rows) {
    problems++;
    chains += rows.size();
    boolean solved = false;
    for (JsonNode row : rows) {
      Outcome outcome = ChainChoice.outcome(row);
      outcomes.merge(outcome, 1, Integer::sum);
      tokens += row.get("tokens").intValue();
      if (outcome == Outcome.RIGHT) {
        solved = true;
        marked += row.get("marks").booleanValue() ? 1 : 0;
      }
    }
    unsolved += solved ? 0 : 1;
  }

  /** Chains that are written. */
  public int written() {
    return outcomes.get(Outcome.RIGHT);
  }

  /** Written chains whose thinking is closed by a mark. */
  public int marked() {
    return marked;
  }

  /** Chains that were sampled. */
  public int chains() {
    return chains;
  }

  /** Tokens of all chains. */
  public long tokens() {
    return tokens;
  }

  /** The record that lies beside the output. */
  ObjectNode toJson() {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("problems", problems)
            .put("problems_without_a_right_chain", unsolved)
            .put("problems_with_too_long_a_prompt", tooLong)
            .put("chains", chains)
            .put("tokens", tokens)
            .put("written", written())
            .put("written_with_marks", marked);
    ObjectNode leftOut = json.putObject("left_out");
    outcomes.forEach(
        (outcome, count) -> {
          if (outcome != Outcome.RIGHT) {
            leftOut.put(outcome.key(), count);
          }
        });
    return json;
  }

  /** The same for people. */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%d chains of %d problems, %d tokens: %d written",
            chains,
            problems,
            tokens,
            written()));
    outcomes.forEach(
        (outcome, count) -> {
          if (outcome != Outcome.RIGHT && count > 0) {
            text.append(String.format(Locale.ROOT, "%n  left out: %6d %s", count, outcome.words()));
          }
        });
    text.append(String.format(Locale.ROOT, "%n%d problems have no right chain", unsolved));
    if (tooLong > 0) {
      text.append(
          String.format(
              Locale.ROOT, "%n%d problems were not asked: their prompt is too long", tooLong));
    }
    if (marked < written()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n%d of the written chains close no thinking by </think>",
              written() - marked));
    }
    return text.toString();
  }
}
