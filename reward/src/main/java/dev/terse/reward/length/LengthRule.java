package dev.terse.reward.length;

import dev.terse.reward.terms.Names;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One entry of {@code length_penalty}: {@code {rule: pass_rate, weight: 0.2, channel: thinking}}.
 *
 * @param formula what length does to a reward
 * @param channel what is counted
 * @param values of the formula by name, its weight among them
 */
public record LengthRule(LengthFormula formula, Channel channel, Map<String, Double> values) {
  /** Updates over which a rule's weight falls to 0, of rules that have this value. */
  static final String DECAY = "decay_steps";

  private static final String RULE = "rule";
  private static final String CHANNEL = "channel";

  /**
   * Rules from configuration.
   *
   * @param entries maps of rule, channel and the values of the rule
   * @throws IllegalArgumentException that says what is wrong
   */
  public static List<LengthRule> of(List<?> entries) {
    List<LengthRule> rules = new ArrayList<>();
    for (Object entry : entries) {
      if (!(entry instanceof Map<?, ?> map)) {
        throw new IllegalArgumentException(
            "length_penalty must be a map such as {rule: pass_rate, weight: 0.2}, or a list of"
                + " them, found '"
                + entry
                + "'");
      }
      Map<String, Object> written = new LinkedHashMap<>();
      map.forEach((key, value) -> written.put(String.valueOf(key), value));
      rules.add(of(written));
    }
    return List.copyOf(rules);
  }

  private static LengthRule of(Map<String, Object> written) {
    if (written.get(RULE) == null) {
      throw new IllegalArgumentException(
          "length_penalty: an entry needs a rule, one of "
              + String.join(", ", LengthFormula.keys())
              + "; found "
              + written);
    }
    LengthFormula formula =
        LengthFormula.valueOf(known(RULE, written.get(RULE), LengthFormula.keys()));
    List<String> channels =
        Arrays.stream(Channel.values()).map(c -> c.name().toLowerCase(Locale.ROOT)).toList();
    Object channel = written.getOrDefault(CHANNEL, "total");
    List<String> keys = new ArrayList<>(List.of(RULE, CHANNEL));
    keys.addAll(formula.defaults().keySet());
    Names.requireKnown("key of length_penalty " + formula.key(), written.keySet(), keys);
    Map<String, Double> values = new LinkedHashMap<>();
    formula
        .defaults()
        .forEach((name, usual) -> values.put(name, number(formula, name, written, usual)));
    return new LengthRule(formula, Channel.valueOf(known(CHANNEL, channel, channels)), values)
        .checked();
  }

  private static String known(String what, Object value, List<String> names) {
    String name = String.valueOf(value);
    Names.requireKnown("length_penalty " + what, List.of(name), names);
    return name.toUpperCase(Locale.ROOT);
  }

  private static double number(
      LengthFormula formula, String name, Map<String, Object> written, double usual) {
    String where = "length_penalty " + formula.key() + ": " + name;
    Object value = written.get(name);
    if (value == null) {
      if (Double.isNaN(usual)) {
        throw new IllegalArgumentException(
            where + " must be given, a number of the channel's unit");
      }
      return usual;
    }
    double number;
    try {
      number = Double.parseDouble(String.valueOf(value));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(where + " must be a number, was '" + value + "'", e);
    }
    if (!(number >= 0 && number <= 1e6)) {
      throw new IllegalArgumentException(where + " must be in [0, 1e6], was " + value);
    }
    return number;
  }

  private LengthRule checked() {
    if (formula == LengthFormula.BAND && values.get("a") >= values.get("b")) {
      throw new IllegalArgumentException(
          "length_penalty band: a must be below b, was " + values.get("a"));
    }
    for (String name : List.of("max_length", DECAY)) {
      if (values.containsKey(name) && values.get(name) == 0) {
        throw new IllegalArgumentException(
            "length_penalty " + formula.key() + ": " + name + " must be above 0");
      }
    }
    return this;
  }

  /** The same rule, so many times as strong. */
  LengthRule times(double strength) {
    Map<String, Double> scaled = new LinkedHashMap<>(values);
    scaled.computeIfPresent(LengthFormula.WEIGHT, (name, weight) -> strength * weight);
    return new LengthRule(formula, channel, scaled);
  }

  /**
   * The same rule at an update, counted from 0: one with {@code decay_steps} is max(0, 1 - update /
   * decay_steps) times as strong (PACE, arXiv 2602.11639).
   */
  LengthRule at(int update) {
    Double steps = values.get(DECAY);
    return steps == null ? this : times(Math.max(0, 1 - update / steps));
  }

  /**
   * The rewards of one prompt's completions after this rule; only right ones change.
   *
   * @param rewards before it, [G]
   * @param group [G]
   * @param budgets of the completions that were drawn together, in this rule's channel
   */
  double[] of(double[] rewards, List<Measured> group, Budgets budgets) {
    Peers peers = Peers.of(group, channel, budgets.of(group));
    double[] changed = rewards.clone();
    for (int i = 0; i < changed.length; i++) {
      if (group.get(i).isRight()) {
        changed[i] = formula.of(rewards[i], channel.of(group.get(i)), peers, values);
      }
    }
    return changed;
  }
}
