package dev.terse.engine.cuda.device;

import java.util.function.BinaryOperator;

/** A piece of a device's memory, until it is freed. */
public final class DeviceMemory implements AutoCloseable {
  private final Device device;
  private final long address;
  private final long bytes;
  private final boolean owned;
  private DeviceMemory companion;
  private boolean companionIsOld;
  private boolean closed;

  /**
   * @param owned whether it is the memory of a tensor of its own, such as a weight
   */
  public DeviceMemory(Device device, long bytes, boolean owned) {
    this.device = device;
    this.address = device.allocate(bytes);
    this.bytes = bytes;
    this.owned = owned;
  }

  public Device device() {
    return device;
  }

  public long address() {
    return address;
  }

  public long bytes() {
    return bytes;
  }

  public boolean isOwned() {
    return owned;
  }

  /** Said by whoever writes to this memory. */
  public void changed() {
    companionIsOld = true;
  }

  /**
   * The address of a copy of this memory in another form, which is freed with it.
   *
   * @param maker brings a copy up to date, given this memory and the old copy, or null for none
   */
  public long companion(BinaryOperator<DeviceMemory> maker) {
    if (companion == null || companionIsOld) {
      companion = maker.apply(this, companion);
      companionIsOld = false;
    }
    return companion.address;
  }

  /**
   * Checks that the memory may still be used.
   *
   * @param who uses it; begins the sentence
   * @throws IllegalStateException if it was freed
   */
  public void require(Object who) {
    if (closed) {
      throw new IllegalStateException(who + " was used after its memory had been freed");
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      device.free(address);
      if (companion != null) {
        companion.close();
      }
    }
  }
}
