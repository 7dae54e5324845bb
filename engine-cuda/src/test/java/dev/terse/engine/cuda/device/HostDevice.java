package dev.terse.engine.cuda.device;

import dev.terse.engine.MeasuredEngine.DeviceCapacity;
import dev.terse.engine.cuda.device.Matmul.Operand;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A device without a GPU: the same kernels, compiled as C++ by the machine's g++ with blocks of one
 * thread, and plain loops for the matmuls. Fresh memory is full of NaN, and what is left when the
 * device is closed is counted.
 */
public final class HostDevice implements Device {
  private static final Pattern KERNEL = Pattern.compile("KERNEL void (\\w+)\\(");
  private static String failure;
  private static boolean loaded;

  private final Map<Long, BytePointer> held = new HashMap<>();
  private long peak;

  /** Why there is no such device here; null if there is. */
  public static synchronized String missing() {
    if (!loaded && failure == null) {
      try {
        System.load(compiled().toString());
        loaded = true;
      } catch (IOException e) {
        failure = "g++ cannot be run: " + e.getMessage();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failure = "interrupted";
      }
    }
    return failure;
  }

  private static Path compiled() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("terse-kernels");
    Path source = folder.resolve("kernels.cpp");
    String kernels = KernelSource.kernels();
    String table =
        KERNEL
            .matcher(kernels)
            .results()
            .map(found -> "ENTRY(" + found.group(1) + ")")
            .collect(Collectors.joining(" "));
    Files.writeString(
        source,
        text("host-threads.cpp")
            + kernels
            + "#define TABLE "
            + table
            + "\n"
            + text("host-device.cpp"));
    Path library = folder.resolve("libkernels.so");
    Path java = Path.of(System.getProperty("java.home"), "include");
    Process compiler =
        new ProcessBuilder(
                List.of(
                    "g++",
                    "-std=c++17",
                    "-O2",
                    "-ffp-contract=off",
                    "-shared",
                    "-fPIC",
                    "-I" + java,
                    "-I" + java.resolve("linux"),
                    "-o",
                    library.toString(),
                    source.toString()))
            .redirectErrorStream(true)
            .start();
    String log = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (compiler.waitFor() != 0) {
      throw new AssertionError("the kernels do not compile as C++:\n" + log);
    }
    return library;
  }

  private static String text(String name) throws IOException {
    try (InputStream file = HostDevice.class.getResourceAsStream(name)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Override
  public String name() {
    return "kernels on the CPU, one thread a block";
  }

  @Override
  public long allocate(long bytes) {
    BytePointer memory = new BytePointer(Math.max(bytes, 1));
    Pointer.memset(memory, 0xff, bytes);
    held.put(memory.address(), memory);
    peak = Math.max(peak, heldBytes());
    return memory.address();
  }

  @Override
  public void free(long address) {
    BytePointer memory = held.remove(address);
    if (memory == null) {
      throw new AssertionError("freed what is not held: " + address);
    }
    memory.close();
  }

  @Override
  public void upload(Pointer from, long to, long bytes) {
    Pointer.memcpy(new Address(to), from, bytes);
  }

  @Override
  public void download(long from, Pointer to, long bytes) {
    Pointer.memcpy(to, new Address(from), bytes);
  }

  @Override
  public void copy(long from, long to, long bytes) {
    Pointer.memcpy(new Address(to), new Address(from), bytes);
  }

  @Override
  public void fill(long at, int value, long bytes) {
    Pointer.memset(new Address(at), value, bytes);
  }

  @Override
  public void launch(String kernel, int blocksX, int blocksY, int threads, Arguments arguments) {
    launch(kernel, blocksX, blocksY, arguments.slots());
  }

  private static native void launch(String kernel, int blocksX, int blocksY, long[] slots);

  @Override
  public void multiply(Matmul matmul) {
    Operand a = matmul.a();
    Operand b = matmul.b();
    Operand c = matmul.c();
    multiply(
        matmul.count(),
        c.rows(),
        c.columns(),
        a.columns(),
        a.address(),
        a.transposed() ? 1 : a.stride(),
        a.transposed() ? a.stride() : 1,
        a.step(),
        b.address(),
        b.transposed() ? 1 : b.stride(),
        b.transposed() ? b.stride() : 1,
        b.step(),
        c.address(),
        c.stride(),
        c.step(),
        (float) matmul.alpha(),
        (float) matmul.beta(),
        a.type().ordinal());
  }

  private static native void multiply(
      int count,
      int rows,
      int columns,
      int depth,
      long a,
      long aRow,
      long aColumn,
      long aStep,
      long b,
      long bRow,
      long bColumn,
      long bStep,
      long c,
      long cRow,
      long cStep,
      float alpha,
      float beta,
      int numberType);

  @Override
  public long heldBytes() {
    return held.values().stream().mapToLong(Pointer::capacity).sum();
  }

  @Override
  public long peakBytes() {
    return peak;
  }

  @Override
  public DeviceCapacity capacity() {
    throw new UnsupportedOperationException("the CPU's memory is not a device's");
  }

  @Override
  public void close() {
    if (!held.isEmpty()) {
      throw new AssertionError(held.size() + " pieces of memory were never freed");
    }
  }
}
