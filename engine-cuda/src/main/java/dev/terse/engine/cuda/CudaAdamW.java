package dev.terse.engine.cuda;

import dev.terse.engine.AdamW;
import dev.terse.engine.Tensor;
import dev.terse.engine.cuda.device.Arguments;
import dev.terse.engine.cuda.device.Device;
import dev.terse.engine.cuda.device.Scratch;
import dev.terse.engine.numbers.DynamicMap;

/** {@link AdamW} on a device; keeps the maps of 8-bit moments there. */
final class CudaAdamW implements AutoCloseable {
  private final Device device;
  private final Scratch own;
  private final long maps;

  CudaAdamW(Device device) {
    this.device = device;
    this.own = new Scratch(device);
    this.maps = own.of(maps(DynamicMap.SIGNED, DynamicMap.UNSIGNED));
  }

  /** Of each map its values, then the bounds above them. */
  private static float[] maps(DynamicMap... maps) {
    float[] numbers = new float[maps.length * 2 * DynamicMap.BLOCK];
    int at = 0;
    for (DynamicMap map : maps) {
      for (int code = 0; code < DynamicMap.BLOCK; code++) {
        numbers[at + code] = map.value(code);
        numbers[at + DynamicMap.BLOCK + code] = map.bound(code);
      }
      at += 2 * DynamicMap.BLOCK;
    }
    return numbers;
  }

  void update(AdamW update, CudaTensor weight, CudaTensor gradient, Tensor m, Tensor v) {
    float[] factors = {
      (float) update.beta1(),
      (float) (1 - update.beta1()),
      (float) update.beta2(),
      (float) (1 - update.beta2()),
      (float) (1 - update.learningRate() * update.weightDecay()),
      (float) (update.learningRate() / update.correction1()),
      (float) (1 / update.correction2()),
      (float) update.epsilon(),
      (float) update.gradScale()
    };
    int blocks = Math.toIntExact(DynamicMap.blocks(weight.size()));
    try (Scratch scratch = new Scratch(device)) {
      device.launch(
          "adamW",
          blocks,
          1,
          DynamicMap.BLOCK,
          new Arguments()
              .address(weight.address())
              .address(gradient.address())
              .address(CudaCompactTensor.numbers(m))
              .address(CudaCompactTensor.scales(m))
              .integer(CudaCompactTensor.code(m))
              .address(CudaCompactTensor.numbers(v))
              .address(CudaCompactTensor.scales(v))
              .integer(CudaCompactTensor.code(v))
              .address(maps)
              .address(scratch.of(factors))
              .integer((int) update.seed())
              .integer((int) (update.seed() >>> 32))
              .count(weight.size()));
    }
  }

  @Override
  public void close() {
    own.close();
  }
}
