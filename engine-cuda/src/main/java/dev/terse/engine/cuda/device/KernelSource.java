package dev.terse.engine.cuda.device;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** The kernels' source, CUDA C++ files beside this class. */
final class KernelSource {
  /** What the threads of a block do together. */
  static final String THREADS = "threads.cu";

  /** The kernels, in the order in which they need each other. */
  static final List<String> KERNELS = List.of("rows.cu", "attention.cu", "head.cu", "optimizer.cu");

  private KernelSource() {}

  /** Everything that a GPU compiles. */
  static String all() {
    return read(THREADS) + kernels();
  }

  /** The kernels alone. */
  static String kernels() {
    return KERNELS.stream().map(KernelSource::read).collect(Collectors.joining());
  }

  /** A file, headed by its name for the compiler's messages. */
  private static String read(String name) {
    try (InputStream file = KernelSource.class.getResourceAsStream(name)) {
      String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
      return "#line 1 \"" + name + "\"\n" + text + "\n";
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name + " of the cuda engine", e);
    }
  }
}
