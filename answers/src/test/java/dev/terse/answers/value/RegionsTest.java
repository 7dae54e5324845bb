package dev.terse.answers.value;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.answers.value.Answer.Piece;
import dev.terse.answers.value.Answer.Region;
import dev.terse.answers.value.Expr.Const;
import dev.terse.testkit.TestSeed;
import dev.terse.testkit.conformance.Draws;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The laws of sets, and that a point is in a union, intersection or complement as it must be. */
class RegionsTest {
  private static final int CASES = 200;

  /** Ends are integers and their halves in [-5, 5], so that intervals touch often. */
  private static final int MAX_END = 10;

  private final Draws draws = new Draws(TestSeed.of("RegionsTest"));

  @Test
  void setLaws_anyThreeRegions_hold() {
    for (int i = 0; i < CASES; i++) {
      var r = new Regions(new Budget());
      var a = any();
      var b = any();
      var c = any();
      assertThat(r.union(a, b)).isEqualTo(r.union(b, a));
      assertThat(r.intersection(a, b)).isEqualTo(r.intersection(b, a));
      assertThat(r.union(r.union(a, b), c)).isEqualTo(r.union(a, r.union(b, c)));
      assertThat(r.intersection(r.intersection(a, b), c))
          .isEqualTo(r.intersection(a, r.intersection(b, c)));
      assertThat(r.complement(r.complement(a))).isEqualTo(a);
      assertThat(r.complement(r.union(a, b)))
          .isEqualTo(r.intersection(r.complement(a), r.complement(b)));
      assertThat(r.complement(r.intersection(a, b)))
          .isEqualTo(r.union(r.complement(a), r.complement(b)));
      assertThat(r.intersection(a, r.union(b, c)))
          .isEqualTo(r.union(r.intersection(a, b), r.intersection(a, c)));
      assertThat(r.union(a, r.intersection(a, b))).isEqualTo(a);
      assertThat(r.union(a, a)).isEqualTo(a);
      assertThat(r.union(a, r.complement(a))).isEqualTo(Regions.REALS);
      assertThat(r.intersection(a, r.complement(a)).pieces()).isEmpty();
    }
  }

  @Test
  void membership_pointsOnAndBetweenEnds_isThatOfTheParts() {
    for (int i = 0; i < CASES; i++) {
      var r = new Regions(new Budget());
      var a = any();
      var b = any();
      var union = r.union(a, b);
      var intersection = r.intersection(a, b);
      var complement = r.complement(a);
      for (int quarters = -2 * MAX_END - 1; quarters <= 2 * MAX_END + 1; quarters++) {
        var x = Rational.of(quarters, 4);
        assertThat(contains(union, x)).isEqualTo(contains(a, x) || contains(b, x));
        assertThat(contains(intersection, x)).isEqualTo(contains(a, x) && contains(b, x));
        assertThat(contains(complement, x)).isEqualTo(!contains(a, x));
      }
    }
  }

  @Test
  void inequality_squareBelowItsBound_isTheIntervalOfItsRoots() {
    for (int i = 0; i < CASES; i++) {
      int root = draws.between(1, 20);
      var x = new Expr.Sym("x");
      var square = new Expr.Power(x, Expr.num(2));
      for (String sign : List.of("<", "≤", ">", "≥")) {
        var bound = Expr.num((long) root * root);
        var region = of(new Answer.Inequality(List.of(square, bound), List.of(sign)));
        for (int quarters = -100; quarters <= 100; quarters++) {
          var at = Rational.of(quarters, 4);
          int order = at.times(at).compareTo(Rational.of((long) root * root));
          boolean holds =
              switch (sign) {
                case "<" -> order < 0;
                case "≤" -> order <= 0;
                case ">" -> order > 0;
                default -> order >= 0;
              };
          assertThat(contains(region, at)).as("%s %s %s", at, sign, root).isEqualTo(holds);
        }
      }
    }
  }

  private static Region of(Answer answer) {
    return new SolutionSets(new Budget()).of(answer);
  }

  private static boolean contains(Region region, Rational x) {
    return region.pieces().stream()
        .anyMatch(p -> above(x, p.low(), p.lowOpen()) && below(x, p.high(), p.highOpen()));
  }

  private static boolean above(Rational x, Expr low, boolean open) {
    int order = Expr.infiniteSign(low) < 0 ? 1 : x.compareTo(valueOf(low));
    return open ? order > 0 : order >= 0;
  }

  private static boolean below(Rational x, Expr high, boolean open) {
    int order = Expr.infiniteSign(high) > 0 ? -1 : x.compareTo(valueOf(high));
    return open ? order < 0 : order <= 0;
  }

  private static Rational valueOf(Expr end) {
    return new ExactValue(Map.of(), new Budget()).of(end);
  }

  /** A union of up to four intervals, rays and points. */
  private Region any() {
    var region = new Region(List.of());
    for (int i = draws.between(0, 4); i > 0; i--) {
      region = new Regions(new Budget()).union(region, new Region(List.of(piece())));
    }
    return region;
  }

  private Piece piece() {
    int low = draws.between(-MAX_END, MAX_END);
    int high = draws.between(low, MAX_END);
    boolean lowOpen = low < high && draws.between(0, 1) == 0;
    boolean highOpen = low < high && draws.between(0, 1) == 0;
    return switch (draws.between(0, 5)) {
      case 0 -> new Piece(Expr.negate(Const.INFINITY), end(high), true, highOpen);
      case 1 -> new Piece(end(low), Const.INFINITY, lowOpen, true);
      default -> new Piece(end(low), end(high), lowOpen, highOpen);
    };
  }

  private static Expr end(int halves) {
    return Expr.num(Rational.of(halves, 2));
  }
}
