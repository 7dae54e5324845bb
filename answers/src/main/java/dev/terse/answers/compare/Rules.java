package dev.terse.answers.compare;

import dev.terse.answers.value.Answer;
import dev.terse.answers.value.Answer.Based;
import dev.terse.answers.value.Answer.Clock;
import dev.terse.answers.value.Answer.Collection;
import dev.terse.answers.value.Answer.Congruence;
import dev.terse.answers.value.Answer.Equation;
import dev.terse.answers.value.Answer.Inequality;
import dev.terse.answers.value.Answer.Matrix;
import dev.terse.answers.value.Answer.Ratio;
import dev.terse.answers.value.Answer.Region;
import dev.terse.answers.value.Answer.Sequence;
import dev.terse.answers.value.Answer.Text;
import dev.terse.answers.value.Answer.Value;
import java.util.HashMap;
import java.util.Map;

/**
 * One rule for every two kinds of answers; asked the other way round it is the same question. No
 * order of tests decides, and nothing is different for want of a rule: a new kind of answer that
 * has none for each of the others does not get past the loading of this class.
 */
final class Rules {

  /** Decides two answers whose forms differ. */
  @FunctionalInterface
  interface Rule<A extends Answer, B extends Answer> {
    Verdict decide(A a, B b, Comparison c);
  }

  private static final Map<Class<?>, Map<Class<?>, Rule<Answer, Answer>>> TABLE = new HashMap<>();

  static {
    rule(Value.class, Value.class, QuantityRules::values);
    rule(Value.class, Text.class, QuantityRules::letter);
    rule(Value.class, Collection.class, PartRules::single);
    rule(Value.class, Ratio.class, QuantityRules::quotient);
    rule(Value.class, Based.class, QuantityRules::integer);
    rule(Value.class, Clock.class, TimeRules::quotient);
    different(Value.class, Sequence.class, Region.class, Inequality.class, Matrix.class);

    rule(Text.class, Text.class, QuantityRules::words);
    rule(Text.class, Clock.class, (a, b, c) -> Verdict.UNKNOWN); // "half past three"
    different(Text.class, Sequence.class, Collection.class, Region.class, Inequality.class);
    different(Text.class, Matrix.class, Ratio.class, Based.class);

    rule(Sequence.class, Sequence.class, PartRules::sequences);
    rule(Sequence.class, Collection.class, PartRules::listed);
    rule(Sequence.class, Region.class, RegionRules::regions);
    rule(Sequence.class, Inequality.class, RegionRules::regions);
    rule(Sequence.class, Matrix.class, PartRules::vector);
    different(Sequence.class, Ratio.class, Based.class, Clock.class);

    rule(Collection.class, Collection.class, PartRules::collections);
    rule(Collection.class, Region.class, RegionRules::regions);
    rule(Collection.class, Inequality.class, RegionRules::regions);
    different(Collection.class, Matrix.class, Ratio.class, Based.class, Clock.class);

    rule(Region.class, Region.class, RegionRules::regions);
    rule(Region.class, Inequality.class, RegionRules::regions);
    different(Region.class, Matrix.class, Ratio.class, Based.class, Clock.class);

    rule(Inequality.class, Inequality.class, RegionRules::inequalities);
    different(Inequality.class, Matrix.class, Ratio.class, Based.class, Clock.class);

    rule(Matrix.class, Matrix.class, PartRules::matrices);
    different(Matrix.class, Ratio.class, Based.class, Clock.class);

    rule(Ratio.class, Ratio.class, QuantityRules::ratios);
    rule(Ratio.class, Clock.class, TimeRules::ratio);
    different(Ratio.class, Based.class);

    rule(Based.class, Based.class, QuantityRules::based);
    different(Based.class, Clock.class);

    rule(Clock.class, Clock.class, TimeRules::times);

    rule(Congruence.class, Congruence.class, QuantityRules::congruences);
    rule(Value.class, Congruence.class, QuantityRules::residue);
    rule(Equation.class, Congruence.class, (a, b, c) -> Verdict.UNKNOWN); // x = 9k + 5
    different(Congruence.class, Text.class, Sequence.class, Collection.class, Region.class);
    different(Congruence.class, Inequality.class, Matrix.class, Ratio.class, Based.class);
    different(Congruence.class, Clock.class);

    rule(Equation.class, Equation.class, EquationRules::equations);
    results(Value.class, Text.class, Sequence.class, Collection.class, Region.class);
    results(Inequality.class, Matrix.class, Ratio.class, Based.class, Clock.class);

    for (var a : Answer.class.getPermittedSubclasses()) {
      for (var b : Answer.class.getPermittedSubclasses()) {
        if (!TABLE.containsKey(a) || !TABLE.get(a).containsKey(b)) {
          throw new IllegalStateException("no rule for " + a + " and " + b);
        }
      }
    }
  }

  private Rules() {}

  /** The rule for the kinds of two answers. */
  static Rule<Answer, Answer> of(Answer a, Answer b) {
    return TABLE.get(a.getClass()).get(b.getClass());
  }

  private static <A extends Answer, B extends Answer> void rule(
      Class<A> first, Class<B> second, Rule<? super A, ? super B> rule) {
    put(first, second, (a, b, c) -> rule.decide(first.cast(a), second.cast(b), c));
    if (first != (Class<?>) second) { // the same question asked the other way round
      put(second, first, (a, b, c) -> c.of(b, a));
    }
  }

  /** Kinds of which one never means another. */
  @SafeVarargs
  private static void different(Class<? extends Answer> a, Class<? extends Answer>... others) {
    for (var b : others) {
      rule(a, b, (x, y, c) -> Verdict.DIFFERENT);
    }
  }

  /** Kinds that an equation may give as its result. */
  @SafeVarargs
  private static void results(Class<? extends Answer>... kinds) {
    for (var a : kinds) {
      rule(a, Equation.class, EquationRules::result);
    }
  }

  private static void put(Class<?> a, Class<?> b, Rule<Answer, Answer> rule) {
    if (TABLE.computeIfAbsent(a, kind -> new HashMap<>()).put(b, rule) != null) {
      throw new IllegalStateException("two rules for " + a + " and " + b);
    }
  }
}
