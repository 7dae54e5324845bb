package dev.terse.engine.cuda;

import dev.terse.engine.Rotary;
import dev.terse.engine.cuda.device.Device;
import dev.terse.engine.cuda.device.Scratch;
import java.util.Arrays;

/**
 * Positions and frequencies on the device. A pass turns the queries and keys of every layer by the
 * same ones, so the last are retained and uploaded anew only when they differ.
 */
final class RotaryInputs implements AutoCloseable {
  private final Device device;
  private int[] positions = {};
  private double[] frequencies = {};
  private Scratch ofPositions;
  private Scratch ofFrequencies;
  private long positionsAt;
  private long frequenciesAt;

  RotaryInputs(Device device) {
    this.device = device;
    this.ofPositions = new Scratch(device);
    this.ofFrequencies = new Scratch(device);
  }

  /** Where these positions lie, [N]. */
  long positions(int[] wanted) {
    if (!Arrays.equals(positions, wanted)) {
      ofPositions.close();
      ofPositions = new Scratch(device);
      positionsAt = ofPositions.of(wanted);
      positions = wanted.clone();
    }
    return positionsAt;
  }

  /** Where the frequencies lie, [D/2]. */
  long frequencies(Rotary rotary) {
    double[] wanted = rotary.inverseFrequencies();
    if (!Arrays.equals(frequencies, wanted)) {
      ofFrequencies.close();
      ofFrequencies = new Scratch(device);
      frequenciesAt = ofFrequencies.of(wanted);
      frequencies = wanted.clone();
    }
    return frequenciesAt;
  }

  @Override
  public void close() {
    ofPositions.close();
    ofFrequencies.close();
  }
}
