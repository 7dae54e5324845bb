package dev.terse.rollout;

import java.util.BitSet;

/**
 * Makes tokens less likely that the sequence, its prompt included, has already (CTRL, arXiv
 * 1909.05858; transformers' and TRL's {@code repetition_penalty}). With z a raw logit of such a
 * token, before the temperature:
 *
 * <pre>
 * z' = z / θ if z &gt; 0, else z · θ
 * </pre>
 *
 * @param theta above 1 for less likely; 1 changes nothing
 */
record RepetitionPenalty(double theta) {

  /**
   * Turns softmax(z / temperature) into softmax(z' / temperature), in place. A probability that has
   * underflowed to 0 stays 0.
   *
   * @param p [V]
   * @param known a token with p above 0
   * @param logit its raw logit, from which those of the others follow
   */
  void apply(float[] p, BitSet seen, int known, double logit, double temperature) {
    double logOfKnown = Math.log(p[known]);
    double total = 0;
    for (int id = seen.nextSetBit(0); id >= 0; id = seen.nextSetBit(id + 1)) {
      if (p[id] > 0) {
        double z = logit + temperature * (Math.log(p[id]) - logOfKnown);
        double moved = z > 0 ? z / theta : z * theta;
        p[id] = (float) (p[id] * Math.exp((moved - z) / temperature));
      }
    }
    for (float each : p) {
      total += each;
    }
    for (int i = 0; i < p.length; i++) {
      p[i] = (float) (p[i] / total);
    }
  }
}
