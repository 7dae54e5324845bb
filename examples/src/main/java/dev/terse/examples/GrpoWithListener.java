package dev.terse.examples;

import dev.terse.engine.Engine;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.grpo.GrpoConfig;
import dev.terse.trainer.grpo.GrpoRun;
import java.io.IOException;
import java.util.Map;

/** GRPO from Java. Arguments: more keys of TRL, such as {@code --max_steps 2}. */
public final class GrpoWithListener {
  private static final String CONFIG =
      """
      model_name_or_path: checkpoints/arithmetic-skip
      dataset_name: configs/arithmetic/problems-train.jsonl
      reward_funcs: [accuracy, "class:dev.terse.examples.FewSteps"]
      reward_weights: [1, 0.25]
      num_generations: 8
      per_device_train_batch_size: 32
      max_completion_length: 160
      learning_rate: 1.0e-4
      max_steps: 20
      output_dir: runs/from-java
      """;

  private GrpoWithListener() {}

  /** Trains, and hears every logged step. */
  public static void main(String[] args) throws IOException {
    Loaded<GrpoConfig> config = ConfigReader.parse(CONFIG, GrpoConfig.class, args);
    try (Engine engine = new Nd4jEngine()) {
      int updates = GrpoRun.train(config, engine, GrpoWithListener::listen);
      System.out.println(
          updates + " updates; the model is in " + config.config().training().outputDir());
    }
  }

  private static void listen(long step, Map<String, Double> metrics) {
    System.out.printf("%d: reward %.3f%n", step, metrics.getOrDefault("train/reward", Double.NaN));
  }
}
