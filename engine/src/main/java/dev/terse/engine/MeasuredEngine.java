package dev.terse.engine;

import java.util.Optional;

/** An engine that knows how much memory its tensors take. */
public interface MeasuredEngine extends Engine {

  /** Whether the bytes that are told below are those of the memory that its tensors lie in. */
  default boolean isMeasured() {
    return true;
  }

  /**
   * An engine that computes nothing, holds nothing and reads zeros, and counts what one of the same
   * kind as this would hold: what runs on it tells its memory ({@link #peakBytes}) in no time.
   */
  MeasuredEngine counting();

  /** Bytes that are held now: tensors, pools and scratch. */
  long heldBytes();

  /** Those of {@link #heldBytes} that short-lived tensors and scratch share. */
  long pooledBytes();

  /** The most that {@link #heldBytes} ever was. */
  long peakBytes();

  /** The memory of the device that the tensors lie in; empty if that is the machine's own. */
  default Optional<DeviceCapacity> deviceCapacity() {
    return Optional.empty();
  }

  /**
   * Memory of a device.
   *
   * @param total bytes
   * @param free bytes that can still be taken
   */
  record DeviceCapacity(long total, long free) {}
}
