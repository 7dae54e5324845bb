package dev.terse.doctor;

import dev.terse.io.hub.InputKind;
import dev.terse.trainer.grpo.GrpoConfig;
import dev.terse.trainer.loop.RunConfig;
import dev.terse.trainer.loop.TrainingConfig;
import dev.terse.trainer.model.ModelArguments;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Something that a run reads and that is not there.
 *
 * @param key that names it
 * @param place as it is named
 * @param expected what should stand there
 * @param remedy how to get it
 */
public record MissingInput(String key, String place, String expected, String remedy) {
  private static final String MODEL = "model_name_or_path";
  private static final String A_MODEL = "a Hugging Face folder, a GGUF file or an adapter's folder";
  private static final String ROWS =
      "a file (JSONL, JSON, CSV, Parquet) or the folder of a data set";

  /** All that is missing. */
  public static List<MissingInput> of(RunConfig config) {
    TrainingConfig training = config.training();
    List<MissingInput> missing = new ArrayList<>(ofModel(config.model()));
    for (String place : training.datasetName()) {
      add("dataset_name", InputKind.DATA, place, ROWS, missing);
    }
    if (training.mixture().isGiven()) {
      training
          .mixture()
          .places()
          .forEach(place -> add("the data of the mixture", InputKind.DATA, place, ROWS, missing));
    }
    if (training.evaluation().evalDataset() != null) {
      add("eval_dataset", InputKind.DATA, training.evaluation().evalDataset(), ROWS, missing);
    }
    String resume = training.saving().resumeFromCheckpoint();
    if (training.saving().resumes() && !training.saving().resumesNewest()) {
      add("resume_from_checkpoint", InputKind.FILE, resume, "a checkpoint's folder", missing);
    }
    if (config instanceof GrpoConfig grpo) {
      for (String place : grpo.reward().rewardClasspath()) {
        add("reward_classpath", InputKind.FILE, place, "a jar, or a folder of classes", missing);
      }
    }
    return missing;
  }

  /** What is missing of the model alone. */
  static List<MissingInput> ofModel(ModelArguments model) {
    List<MissingInput> missing = new ArrayList<>();
    add(MODEL, InputKind.MODEL, model.modelNameOrPath(), A_MODEL, missing);
    if (missing.isEmpty() && model.modelPlace() != null && Files.isDirectory(model.modelPlace())) {
      parts(model.modelPlace(), missing);
    }
    add("model_init", InputKind.FILE, model.modelInit(), "a config.json", missing);
    add(
        "tokenizer_path",
        InputKind.TOKENIZER,
        model.tokenizerPath(),
        "a folder with tokenizer.json",
        missing);
    add(
        "chat_template_path",
        InputKind.TOKENIZER,
        model.chat().chatTemplatePath(),
        "a template's file or a tokenizer's folder",
        missing);
    return missing;
  }

  /** A folder that was fetched in part. */
  private static void parts(Path folder, List<MissingInput> missing) {
    if (Files.isDirectory(folder.resolve("snapshots"))
        || Files.exists(folder.resolve("adapter_config.json"))) {
      return; // a hub's cache, or an adapter: told when it is opened
    }
    String again = "fetch the folder again, all of its files";
    boolean weights =
        Stream.of("model.safetensors", "model.safetensors.index.json")
            .anyMatch(name -> Files.exists(folder.resolve(name)));
    if (!weights) {
      String place = folder.resolve("model.safetensors").toString();
      missing.add(new MissingInput(MODEL, place, "weights, single or in shards", again));
    }
    for (String name : List.of("config.json", "tokenizer.json")) {
      if (!Files.exists(folder.resolve(name))) {
        String place = folder.resolve(name).toString();
        missing.add(new MissingInput(MODEL, place, "that file of the model's folder", again));
      }
    }
  }

  private static void add(
      String key, InputKind kind, String name, String expected, List<MissingInput> missing) {
    if (name != null) {
      kind.missing(name)
          .ifPresent(remedy -> missing.add(new MissingInput(key, name, expected, remedy)));
    }
  }
}
