package dev.terse.engine.cuda;

import dev.terse.engine.cuda.device.Device;
import dev.terse.engine.cuda.device.DeviceMemory;
import dev.terse.engine.spi.StackedArena;
import java.util.ArrayList;
import java.util.List;

/**
 * A level of an arena's stack: frees what was taken from it when it is closed. The device keeps
 * freed memory at hand, so a warm step takes nothing new from the GPU.
 */
final class CudaArena extends StackedArena {
  private final Device device;
  private final List<DeviceMemory> lent = new ArrayList<>();

  /**
   * @param parent null for a root
   */
  CudaArena(Device device, CudaArena parent) {
    super(parent);
    this.device = device;
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
  protected CudaArena nest() {
    return new CudaArena(device, this);
  }

  @Override
  protected void release() {
    lent.forEach(DeviceMemory::close);
  }
}
