package dev.terse.engine.nd4j.kernels;

/**
 * Turns the heads of one heap row. A head's halves change places in a second array first, so that
 * one long loop with all arrays indexed alike serves the row: the compiler makes vector code of it,
 * but not of a loop over one head.
 */
final class HeapRope {
  private HeapRope() {}

  /** The row with the halves of each head, {@code half} wide, in exchanged places. */
  static void swapHalves(float[] x, float[] swapped, int half, int width) {
    for (int low = 0; low < width; low += 2 * half) {
      System.arraycopy(x, low, swapped, low + half, half);
      System.arraycopy(x, low + half, swapped, low, half);
    }
  }

  /**
   * {@code x = x cos + swapped sin}, in place.
   *
   * @param sin minus the sines in the lower half of each head
   * @param sign 1 forward, -1 back
   */
  static void turn(float[] x, float[] swapped, float[] cos, float[] sin, float sign, int width) {
    for (int i = 0; i < width; i++) {
      x[i] = x[i] * cos[i] + sign * swapped[i] * sin[i];
    }
  }
}
