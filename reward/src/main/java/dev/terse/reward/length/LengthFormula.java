package dev.terse.reward.length;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What length does to the reward R of a right completion of length L. With k right ones among the
 * prompt's n completions, ρ = k/n, w the weight:
 *
 * <pre>
 * pass_rate       R - w · ρ · L / max_k L                  NeMo RL's guide, 8 (MAI)
 * group_relative  R + w · (u - mean_k u)                   the same, 3; u = 1 - (L - min_k)/(max_k - min_k)
 * zmad            R - w  if 0.6745 · (L - med_k)/MAD > threshold   the same, 4; off below MAD/med 0.015
 * band            R · m  m = 1 up to a, linear to f at b, then f   the same, 6; w = 1 - f
 * kimi            R + w · (1/2 - (L - min_n)/(max_n - min_n))      Kimi k1.5, arXiv 2501.12599
 * sigmoid         R · (1 - w · σ((L - mean_k)/std_k))      Arora and Zanette, arXiv 2502.04463
 * cosine          R - w · (1 - cos(π · min(1, L/max_length)))/2    Yeo et al., arXiv 2502.03373
 * pace            R + w · (1/2 - (L - min_n)/(max_n - min_n)) · (1 - cos(ρπ/2))   PACE, arXiv 2602.11639
 * laser           R + w  if L ≤ target                     Laser, arXiv 2505.15612
 * laser_d         R + w  if L ≤ the budget of its class    Laser-D; {@link Budgets}
 * </pre>
 *
 * <p>The rules of Kimi and PACE have a part for wrong completions too, min(0, ·): they earn 0 here,
 * and no less. PACE's weight falls to 0 over its first {@code decay_steps} updates: {@link
 * LengthRule#at}.
 */
enum LengthFormula {
  PASS_RATE(values("weight", 0.2)) {
    @Override
    double of(double reward, double length, Peers peers, Map<String, Double> v) {
      double most = Arrays.stream(peers.right()).max().orElse(0);
      return most == 0 ? reward : reward - v.get(WEIGHT) * peers.passRate() * length / most;
    }
  },
  GROUP_RELATIVE(values("weight", 0.1)) {
    @Override
    double of(double reward, double length, Peers peers, Map<String, Double> v) {
      double mean =
          Arrays.stream(peers.right()).map(l -> Peers.lambda(l, peers.right())).average().orElse(0);
      return reward + v.get(WEIGHT) * (Peers.lambda(length, peers.right()) - mean);
    }
  },
  ZMAD(values("weight", 0.1, "threshold", 2.5)) {
    @Override
    double of(double reward, double length, Peers peers, Map<String, Double> v) {
      double median = Peers.median(peers.right());
      double mad =
          Peers.median(Arrays.stream(peers.right()).map(l -> Math.abs(l - median)).toArray());
      boolean off = mad == 0 || mad < LEAST_MAD * median;
      boolean isLong = !off && NORMAL * (length - median) / mad > v.get("threshold");
      return isLong ? reward - v.get(WEIGHT) : reward;
    }
  },
  BAND(values("weight", 0.5, "a", Double.NaN, "b", Double.NaN)) {
    @Override
    double of(double reward, double length, Peers peers, Map<String, Double> v) {
      double beyond = (length - v.get("a")) / (v.get("b") - v.get("a"));
      return reward * (1 - v.get(WEIGHT) * Math.max(0, Math.min(1, beyond)));
    }
  },
  KIMI(values("weight", 0.4)) {
    @Override
    double of(double reward, double length, Peers peers, Map<String, Double> v) {
      return reward + v.get(WEIGHT) * Peers.lambda(length, peers.all());
    }
  },
  SIGMOID(values("weight", 0.2)) {
    @Override
    double of(double reward, double length, Peers peers, Map<String, Double> v) {
      double deviation = Peers.deviation(peers.right());
      double z = deviation == 0 ? 0 : (length - Peers.mean(peers.right())) / deviation;
      return reward * (1 - v.get(WEIGHT) / (1 + Math.exp(-z)));
    }
  },
  COSINE(values("weight", 0.5, "max_length", Double.NaN)) {
    @Override
    double of(double reward, double length, Peers peers, Map<String, Double> v) {
      double progress = Math.min(1, length / v.get("max_length"));
      return reward - v.get(WEIGHT) * (1 - Math.cos(Math.PI * progress)) / 2;
    }
  },
  PACE(values("weight", 1.0, LengthRule.DECAY, 600.0)) {
    @Override
    double of(double reward, double length, Peers peers, Map<String, Double> v) {
      double easy = 1 - Math.cos(peers.passRate() * Math.PI / 2);
      return reward + v.get(WEIGHT) * easy * Peers.lambda(length, peers.all());
    }
  },
  LASER(values("weight", 0.5, "target", Double.NaN)) {
    @Override
    double of(double reward, double length, Peers peers, Map<String, Double> v) {
      return length <= v.get("target") ? reward + v.get(WEIGHT) : reward;
    }
  },
  LASER_D(values("weight", 0.5)) {
    @Override
    double of(double reward, double length, Peers peers, Map<String, Double> v) {
      return length <= peers.budget() ? reward + v.get(WEIGHT) : reward;
    }
  };

  /** How strong a rule is, the value that every formula has. */
  static final String WEIGHT = "weight";

  /** Makes the median deviation of a normal distribution its standard deviation. */
  private static final double NORMAL = 0.6745;

  /** A MAD below this share of the median tells no outliers (NeMo RL). */
  private static final double LEAST_MAD = 0.015;

  private final Map<String, Double> defaults;

  LengthFormula(Map<String, Double> defaults) {
    this.defaults = defaults;
  }

  private static Map<String, Double> values(Object... pairs) {
    Map<String, Double> values = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      values.put((String) pairs[i], (Double) pairs[i + 1]);
    }
    return values;
  }

  /** The values that it knows, with their defaults; NaN where one must be given. */
  Map<String, Double> defaults() {
    return defaults;
  }

  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  static List<String> keys() {
    return Arrays.stream(values()).map(LengthFormula::key).toList();
  }

  /**
   * The reward of a right completion under this formula.
   *
   * @param reward before it
   */
  abstract double of(double reward, double length, Peers peers, Map<String, Double> values);
}
