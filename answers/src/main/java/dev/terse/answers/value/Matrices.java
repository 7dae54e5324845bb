package dev.terse.answers.value;

import dev.terse.answers.value.Answer.Matrix;
import dev.terse.answers.value.Answer.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;

/** Arithmetic of matrices [R, C] of expressions. */
public final class Matrices {
  /** An expansion by minors of n rows has n! terms. */
  private static final int MAX_DETERMINANT = 5;

  private Matrices() {}

  /** The sum; both [R, C]. */
  public static Matrix plus(Matrix a, Matrix b) {
    if (a.rows().size() != b.rows().size()) {
      throw new CannotTell("a sum of matrices of two shapes");
    }
    var rows = new ArrayList<List<Answer>>();
    for (int i = 0; i < a.rows().size(); i++) {
      rows.add(zip(a.rows().get(i), b.rows().get(i), (x, y) -> new Expr.Sum(List.of(x, y))));
    }
    return new Matrix(List.copyOf(rows));
  }

  /** A matrix with rows for columns. */
  public static Matrix transposed(Answer answer) {
    if (!(answer instanceof Matrix m)) {
      throw new CannotTell("the transpose of what is no matrix");
    }
    var columns = new ArrayList<List<Answer>>();
    for (int j = 0; j < m.rows().get(0).size(); j++) {
      var column = new ArrayList<Answer>();
      for (var row : m.rows()) {
        if (row.size() <= j) {
          throw new CannotTell("a matrix whose rows differ in length");
        }
        column.add(row.get(j));
      }
      columns.add(List.copyOf(column));
    }
    return new Matrix(List.copyOf(columns));
  }

  /** Every entry times a number. */
  public static Matrix times(Expr factor, Matrix m) {
    return new Matrix(
        m.rows().stream()
            .map(
                row ->
                    row.stream()
                        .<Answer>map(cell -> value(Expr.times(factor, expr(cell))))
                        .toList())
            .toList());
  }

  /** The matmul of [R, K] and [K, C]. */
  public static Matrix times(Matrix a, Matrix b) {
    var rows = new ArrayList<List<Answer>>();
    int columns = b.rows().get(0).size();
    if ((long) a.rows().size() * columns > Limits.MAX_ITEMS) {
      throw new CannotTell("a product of large matrices");
    }
    for (var row : a.rows()) {
      var cells = new ArrayList<Answer>();
      for (int j = 0; j < columns; j++) {
        int column = j;
        if (b.rows().stream().anyMatch(r -> r.size() <= column)) {
          throw new CannotTell("a product of matrices of other shapes");
        }
        var there = b.rows().stream().map(r -> r.get(column)).toList();
        var terms = zip(row, there, Expr::times).stream().map(Matrices::expr).toList();
        cells.add(value(new Expr.Sum(terms)));
      }
      rows.add(List.copyOf(cells));
    }
    return new Matrix(List.copyOf(rows));
  }

  /** The determinant of rows [N, N], by minors. */
  public static Expr determinant(List<List<Expr>> rows) {
    int n = rows.size();
    if (n == 0 || n > MAX_DETERMINANT || rows.stream().anyMatch(r -> r.size() != n)) {
      throw new CannotTell("a determinant that is not square, or too large");
    }
    if (n == 1) {
      return rows.get(0).get(0);
    }
    var terms = new ArrayList<Expr>();
    for (int j = 0; j < n; j++) {
      var minor = new ArrayList<List<Expr>>();
      for (var row : rows.subList(1, n)) {
        var rest = new ArrayList<>(row);
        rest.remove(j);
        minor.add(rest);
      }
      var term = Expr.times(rows.get(0).get(j), determinant(minor));
      terms.add(j % 2 == 0 ? term : Expr.negate(term));
    }
    return new Expr.Sum(List.copyOf(terms));
  }

  private static List<Answer> zip(List<Answer> a, List<Answer> b, BinaryOperator<Expr> each) {
    if (a.size() != b.size()) {
      throw new CannotTell("matrices of other shapes");
    }
    var cells = new ArrayList<Answer>();
    for (int i = 0; i < a.size(); i++) {
      cells.add(value(each.apply(expr(a.get(i)), expr(b.get(i)))));
    }
    return List.copyOf(cells);
  }

  private static Value value(Expr e) {
    return new Value(e, Unit.NONE);
  }

  private static Expr expr(Answer cell) {
    if (cell instanceof Value v && v.unit().isNone()) {
      return v.expr();
    }
    throw new CannotTell("an entry that is no number");
  }
}
