package dev.terse.bench;

import dev.terse.engine.Engine;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs {@link OperationBenchmark} and shows each operation beside the machine's peak. */
@Command(
    name = "OperationTable",
    mixinStandardHelpOptions = true,
    description = "Every operation of the engine beside what the machine can do, by JMH.",
    footer = {
      "",
      "Example:",
      "  java -cp trainer.jar:bench/target/classes:$(cat bench/target/classpath.txt) \\",
      "      dev.terse.bench.OperationTable"
    })
public final class OperationTable implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      defaultValue = ".*",
      description = "Operations, a regular expression over their names. Default: all.")
  private String operations;

  @Option(
      names = "--model",
      description = "Only this shape: ${COMPLETION-CANDIDATES}. Default: all.")
  private OperationBenchmark.Model model;

  @Option(names = "--bf16", description = "Matmuls in bf16 instead of fp32.")
  private boolean bf16;

  private OperationTable() {}

  /** Runs the benchmarks, then prints the table. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new OperationTable()).execute(args));
  }

  @Override
  public Integer call() throws RunnerException, ReflectiveOperationException {
    ComputeType dtype = bf16 ? ComputeType.BF16 : ComputeType.FP32;
    MachinePeak peak;
    try (Engine engine = dtype.open()) {
      peak = MachinePeak.measure(engine);
      System.out.println(engine.description());
    }
    OptionsBuilder options = new OptionsBuilder();
    options.include(OperationBenchmark.class.getName() + "\\.(" + operations + ")$");
    options.param("dtype", dtype.name());
    if (model != null) {
      options.param("model", model.name());
    }
    Collection<RunResult> results = new Runner(options.build()).run();
    System.out.printf("%n%s, %s%n%n", peak, dtype.label());
    System.out.printf(
        "| %-26s | %-8s | %10s | %8s | %7s | %8s | %7s |%n",
        "operation", "model", "ms", "GFLOP/s", "of peak", "GB/s", "of copy");
    System.out.println("| --- | --- | ---: | ---: | ---: | ---: | ---: |");
    for (RunResult result : results) {
      String benchmark = result.getParams().getBenchmark();
      String operation = benchmark.substring(benchmark.lastIndexOf('.') + 1);
      var shape = OperationBenchmark.Model.valueOf(result.getParams().getParam("model"));
      double millis = result.getPrimaryResult().getScore();
      double[] cost = cost(operation, shape, dtype);
      System.out.printf(
          Locale.ROOT,
          "| %-26s | %-8s | %10.4f | %s |%n",
          operation,
          shape.name().toLowerCase(Locale.ROOT),
          millis,
          peak.rates(cost[0], cost[1], millis / 1e3));
    }
    return 0;
  }

  /** Floating-point operations and bytes of one call of a benchmark, by looking at it. */
  private static double[] cost(String operation, OperationBenchmark.Model model, ComputeType dtype)
      throws ReflectiveOperationException {
    Profile profile = new Profile();
    OperationBenchmark benchmark = new OperationBenchmark();
    benchmark.model = model;
    benchmark.dtype = dtype;
    benchmark.setUp(TimedEngine.around(dtype.open(), profile, dtype));
    try {
      profile.clear();
      var method = OperationBenchmark.class.getMethod(operation);
      profile.repeat(1, () -> invoke(method, benchmark));
      return profile.flopAndBytes();
    } finally {
      benchmark.tearDown();
    }
  }

  private static void invoke(Method method, OperationBenchmark benchmark) {
    try {
      method.invoke(benchmark);
    } catch (InvocationTargetException | IllegalAccessException e) {
      throw new IllegalStateException("cannot run " + method, e);
    }
  }
}
