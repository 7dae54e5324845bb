package dev.terse.engine.cuda;

import dev.terse.engine.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * A level of an arena's stack: frees what was taken from it when it is closed. The device keeps
 * freed memory at hand, so a warm step takes nothing new from the GPU.
 */
final class CudaArena implements Arena {
  private final Device device;
  private final CudaArena parent;
  private final List<DeviceMemory> lent = new ArrayList<>();
  private CudaArena nested;
  private boolean closed;

  /**
   * @param parent null for a root
   */
  CudaArena(Device device, CudaArena parent) {
    this.device = device;
    this.parent = parent;
  }

  @Override
  public CudaTensor floats(int... shape) {
    requireTop("asked for a tensor");
    CudaTensor tensor = CudaTensor.lent(device, shape);
    lent.add(tensor.memory());
    return tensor;
  }

  @Override
  public CudaTensor zeros(int... shape) {
    CudaTensor tensor = floats(shape);
    device.clear(tensor.address(), tensor.byteSize());
    return tensor;
  }

  @Override
  public CudaArena open() {
    requireTop("opened");
    nested = new CudaArena(device, this);
    return nested;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    if (nested != null) {
      throw new IllegalStateException("an arena was closed before the arena nested in it");
    }
    closed = true;
    lent.forEach(DeviceMemory::close);
    if (parent != null) {
      parent.nested = null;
    }
  }

  private void requireTop(String what) {
    if (closed) {
      throw new IllegalStateException("an arena was " + what + " after it had been closed");
    }
    if (nested != null) {
      throw new IllegalStateException("an arena was " + what + " while a nested arena was open");
    }
  }
}
