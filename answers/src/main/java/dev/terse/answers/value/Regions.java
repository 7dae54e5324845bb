package dev.terse.answers.value;

import dev.terse.answers.value.Answer.Piece;
import dev.terse.answers.value.Answer.Region;
import dev.terse.answers.value.Expr.Const;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The algebra of unions of intervals. A region is always sorted and merged. */
public final class Regions {
  static final Expr MINUS_INFINITY = Expr.negate(Const.INFINITY);

  /** All real numbers. */
  public static final Region REALS =
      new Region(List.of(new Piece(MINUS_INFINITY, Const.INFINITY, true, true)));

  /** No real number. */
  static final Region NONE = new Region(List.of());

  private final Budget budget;

  public Regions(Budget budget) {
    this.budget = budget;
  }

  /** The real numbers outside. */
  public Region complement(Region region) {
    var pieces = new ArrayList<Piece>();
    Expr low = MINUS_INFINITY;
    boolean lowOpen = true;
    for (var piece : region.pieces()) {
      addUnlessEmpty(pieces, new Piece(low, piece.low(), lowOpen, !piece.lowOpen()));
      low = piece.high();
      lowOpen = !piece.highOpen();
    }
    addUnlessEmpty(pieces, new Piece(low, Const.INFINITY, lowOpen, true));
    return new Region(List.copyOf(pieces));
  }

  /** The numbers in both. */
  public Region intersection(Region a, Region b) {
    return complement(union(complement(a), complement(b)));
  }

  /** The numbers in either. */
  public Region union(Region a, Region b) {
    var all = new ArrayList<Piece>(a.pieces());
    all.addAll(b.pieces());
    if (all.size() > Limits.MAX_ITEMS) {
      throw new CannotTell("a union of more than " + Limits.MAX_ITEMS + " intervals");
    }
    all.sort(
        Comparator.comparing(Piece::low, this::compare)
            .thenComparing(Piece::lowOpen)
            .thenComparing(Piece::high, this::compare));
    var merged = new ArrayList<Piece>();
    for (var piece : all) {
      var last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
      int gap = last == null ? 1 : compare(piece.low(), last.high());
      boolean touches = gap < 0 || gap == 0 && !(piece.lowOpen() && last.highOpen());
      if (last == null || !touches) {
        merged.add(piece);
        continue;
      }
      int order = compare(piece.high(), last.high());
      boolean highOpen =
          order > 0
              ? piece.highOpen()
              : order < 0 ? last.highOpen() : piece.highOpen() && last.highOpen();
      merged.set(
          merged.size() - 1,
          new Piece(last.low(), order > 0 ? piece.high() : last.high(), last.lowOpen(), highOpen));
    }
    return new Region(List.copyOf(merged));
  }

  private void addUnlessEmpty(List<Piece> pieces, Piece piece) {
    int order = compare(piece.low(), piece.high());
    boolean infinite = Expr.infiniteSign(piece.low()) != 0;
    if (order < 0 || order == 0 && !piece.lowOpen() && !piece.highOpen() && !infinite) {
      pieces.add(piece);
    }
  }

  /** Order of two constant ends. */
  int compare(Expr a, Expr b) {
    if (a.equals(b)) {
      return 0;
    }
    int infiniteA = Expr.infiniteSign(a);
    int infiniteB = Expr.infiniteSign(b);
    if (infiniteA != 0 || infiniteB != 0) {
      return Integer.compare(infiniteA, infiniteB);
    }
    var values = new NumericValue(Map.of(), true, false, budget);
    var difference = values.of(a).minus(values.of(b));
    difference.requireReal("order");
    return difference.mayBeZero() ? 0 : difference.re().compareTo(BigDecimal.ZERO);
  }
}
