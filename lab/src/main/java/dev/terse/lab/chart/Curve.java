package dev.terse.lab.chart;

/**
 * Values over steps, drawn faintly as they are, and boldly as their running mean.
 *
 * @param x rising, [N]; not copied
 * @param y what is not finite leaves a gap, [N]; not copied
 * @param smoothed false where the values are drawn boldly as they are, without a mean of them
 */
public record Curve(String name, Ink ink, double[] x, double[] y, boolean smoothed) {
  private static final double SMOOTHING = 0.8;

  /** A curve of values that scatter, with its running mean. */
  public Curve(String name, Ink ink, double[] x, double[] y) {
    this(name, ink, x, y, true);
  }

  /**
   * The exponential running mean without bias at the beginning, as TensorBoard draws it, [N].
   *
   * <pre>
   * m_t = s m_(t-1) + (1 - s) y_t,   shown: m_t / (1 - s^t)
   * </pre>
   */
  double[] smooth() {
    double[] smooth = new double[y.length];
    double mean = 0;
    double weight = 0;
    for (int i = 0; i < y.length; i++) {
      if (Double.isFinite(y[i])) {
        mean = SMOOTHING * mean + (1 - SMOOTHING) * y[i];
        weight = SMOOTHING * weight + (1 - SMOOTHING);
      }
      smooth[i] = Double.isFinite(y[i]) ? mean / weight : Double.NaN;
    }
    return smooth;
  }
}
