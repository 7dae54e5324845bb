package dev.terse.lab.curve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.lab.statistics.EqualTokens.Measured;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The answers at every point, chains in the same order at each. */
final class CurveAnswers {
  private final Map<String, List<CurveAnswer>> byPoint = new HashMap<>();

  /** Takes the rows of one chain, which has an answer at every point. */
  void add(List<JsonNode> rows) {
    for (JsonNode row : rows) {
      CurveAnswer answer = CurveAnswer.of(row);
      for (JsonNode point : row.path("points")) {
        byPoint.computeIfAbsent(point.asText(), key -> new ArrayList<>()).add(answer);
      }
    }
  }

  /** A number of each chain at a point, [N]. */
  double[] of(Point point, ToDoubleFunction<CurveAnswer> number) {
    return byPoint.get(point.key()).stream().mapToDouble(number).toArray();
  }

  /** The mean of a number over seeds, for each chain, [N]. */
  double[] of(List<Point> points, ToDoubleFunction<CurveAnswer> number) {
    double[] mean = new double[byPoint.get(points.get(0).key()).size()];
    for (Point point : points) {
      double[] one = of(point, number);
      for (int i = 0; i < mean.length; i++) {
        mean[i] += one[i] / points.size();
      }
    }
    return mean;
  }

  /** A way of pruning at all kappas, means over its seeds. */
  Measured measured(Series series, List<BigDecimal> kappas) {
    return new Measured(
        kappas.stream().mapToDouble(BigDecimal::doubleValue).toArray(),
        all(series, kappas, CurveAnswers::right),
        all(series, kappas, CurveAnswer::thinkTokens),
        all(series, kappas, CurveAnswer::answerTokens));
  }

  private double[][] all(
      Series series, List<BigDecimal> kappas, ToDoubleFunction<CurveAnswer> number) {
    return kappas.stream().map(kappa -> of(series.points(kappa), number)).toArray(double[][]::new);
  }

  /** 1 for a right answer, 0 for any other. */
  static double right(CurveAnswer answer) {
    return answer.correct() ? 1 : 0;
  }
}
