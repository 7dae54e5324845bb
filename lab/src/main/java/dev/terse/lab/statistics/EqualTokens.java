package dev.terse.lab.statistics;

import dev.terse.lab.statistics.PairedComparison.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Two ways of pruning the same chains, compared where both keep as many thinking tokens. At each
 * kappa of the method that lies between 0 and 1, the control is read between its two neighbouring
 * kappas whose mean tokens lie around the method's:
 *
 * <pre>
 * a(T) = (1 - w) a_j + w a_(j+1),   w = (T - t_j) / (t_(j+1) - t_j)     t: mean tokens, a: accuracy
 * </pre>
 *
 * That is the control which takes kappa j+1 with probability w: its expected tokens are T. The w is
 * found anew in each resample of problems, so that tokens are equal there too.
 *
 * @param at one a kappa that is compared, rising
 * @param accuracy mean over them of method minus control at equal thinking tokens
 * @param answerTokens the same of tokens after the thinking: what equal thinking costs later
 * @param beyond kappas at which the control never has as many tokens, which are left out
 */
public record EqualTokens(List<At> at, Spread accuracy, Spread answerTokens, List<Double> beyond) {
  private static final double EXACT = 1e-9; // of a token

  public EqualTokens {
    at = List.copyOf(at);
    beyond = List.copyOf(beyond);
  }

  /**
   * A way of pruning; samples are the same for all ways.
   *
   * @param kappas rising, [K]
   * @param right 1 or 0, or a mean over seeds, [K, N]
   * @param thinking tokens, [K, N]
   * @param answer tokens, [K, N]
   */
  public record Measured(
      double[] kappas, double[][] right, double[][] thinking, double[][] answer) {}

  /**
   * The comparison at a kappa of the method.
   *
   * @param tokens mean thinking tokens of the method there
   * @param accuracy of the method
   * @param control accuracy of the control at as many tokens
   * @param difference between the two
   * @param controlTokens mean thinking tokens of the control at the same kappa
   * @param atEqualKappa difference of accuracies at the same kappa, whatever the tokens
   */
  public record At(
      double kappa,
      double tokens,
      double accuracy,
      double control,
      Spread difference,
      double controlTokens,
      Spread atEqualKappa) {}

  /** Whether any kappa could be compared. */
  public boolean isAny() {
    return !at.isEmpty();
  }

  /**
   * Compares.
   *
   * @param method,control at the same kappas
   */
  public static EqualTokens of(Measured method, Measured control, ProblemBootstrap bootstrap) {
    int n = method.right()[0].length;
    double[] ones = IntStream.range(0, n).mapToDouble(i -> 1).toArray();
    double[] methodTokens = means(ones, method.thinking());
    double[] controlTokens = means(ones, control.thinking());
    List<Integer> compared = new ArrayList<>();
    List<Double> beyond = new ArrayList<>();
    for (int k = 0; k < method.kappas().length; k++) {
      double kappa = method.kappas()[k];
      if (kappa > 0 && kappa < 1) {
        if (place(controlTokens, methodTokens[k]).inside()) {
          compared.add(k);
        } else {
          beyond.add(kappa);
        }
      }
    }
    int count = compared.size();
    if (count == 0) {
      return new EqualTokens(List.of(), null, null, beyond);
    }
    Spread[] found =
        bootstrap.of(
            weights -> {
              double[] thinking = means(weights, method.thinking());
              double[] right = means(weights, method.right());
              double[] answer = means(weights, method.answer());
              double[] otherThinking = means(weights, control.thinking());
              double[] otherRight = means(weights, control.right());
              double[] otherAnswer = means(weights, control.answer());
              double[] out = new double[2 * count + 2];
              for (int c = 0; c < count; c++) {
                int k = compared.get(c);
                Place place = place(otherThinking, thinking[k]);
                out[c] = right[k] - place.in(otherRight);
                out[count + c] = right[k] - otherRight[k];
                out[2 * count] += out[c] / count;
                out[2 * count + 1] += (answer[k] - place.in(otherAnswer)) / count;
              }
              return out;
            });
    double[] right = means(ones, method.right());
    double[] otherRight = means(ones, control.right());
    List<At> at = new ArrayList<>();
    for (int c = 0; c < count; c++) {
      int k = compared.get(c);
      at.add(
          new At(
              method.kappas()[k],
              methodTokens[k],
              right[k],
              place(controlTokens, methodTokens[k]).in(otherRight),
              found[c],
              controlTokens[k],
              found[count + c]));
    }
    return new EqualTokens(at, found[2 * count], found[2 * count + 1], beyond);
  }

  private static double[] means(double[] weights, double[][] values) {
    double[] means = new double[values.length];
    for (int k = 0; k < values.length; k++) {
      means[k] = ProblemBootstrap.mean(weights, values[k]);
    }
    return means;
  }

  /**
   * Between which two points a number of tokens lies.
   *
   * @param after the later one
   * @param share of the later one, w
   * @param inside false where the nearest end stands for a number beyond it
   */
  private record Place(int before, int after, double share, boolean inside) {
    double in(double[] values) {
      return (1 - share) * values[before] + share * values[after];
    }
  }

  /** The first pair of neighbours around {@code wanted}, from the least pruned on. */
  private static Place place(double[] tokens, double wanted) {
    int nearest = 0;
    for (int j = 0; j < tokens.length; j++) {
      if (Math.abs(tokens[j] - wanted) < Math.abs(tokens[nearest] - wanted)) {
        nearest = j;
      }
    }
    if (Math.abs(tokens[nearest] - wanted) <= EXACT) {
      return new Place(nearest, nearest, 0, true);
    }
    for (int j = 0; j + 1 < tokens.length; j++) {
      double share = (wanted - tokens[j]) / (tokens[j + 1] - tokens[j]);
      if (share >= 0 && share <= 1) { // false for no number
        return new Place(j, j + 1, share, true);
      }
    }
    return new Place(nearest, nearest, 0, false);
  }
}
