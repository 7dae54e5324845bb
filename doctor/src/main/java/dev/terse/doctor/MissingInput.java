package dev.terse.doctor;

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
      data("dataset_name", place, missing);
    }
    if (training.mixture().isGiven()) {
      training.mixture().places().forEach(place -> data("the data of the mixture", place, missing));
    }
    if (training.evaluation().evalDataset() != null) {
      data("eval_dataset", training.evaluation().evalDataset(), missing);
    }
    String resume = training.saving().resumeFromCheckpoint();
    if (training.saving().resumes() && !training.saving().resumesNewest()) {
      file("resume_from_checkpoint", resume, "a checkpoint's folder", missing);
    }
    if (config instanceof GrpoConfig grpo) {
      for (String place : grpo.reward().rewardClasspath()) {
        file("reward_classpath", place, "a jar, or a folder of classes", missing);
      }
    }
    return missing;
  }

  /** What is missing of the model alone. */
  static List<MissingInput> ofModel(ModelArguments model) {
    List<MissingInput> missing = new ArrayList<>();
    String name = model.modelNameOrPath();
    if (name != null && !Files.exists(Path.of(name))) {
      String fetch =
          HubName.of(name)
              .map(hub -> hub.fetchModel(MODEL))
              .orElse("check the path, or fetch one (hf download NAME --local-dir FOLDER)");
      missing.add(new MissingInput(MODEL, name, A_MODEL, fetch));
    } else if (name != null && Files.isDirectory(Path.of(name))) {
      parts(Path.of(name), missing);
    }
    file("model_init", model.modelInit(), "a config.json", missing);
    file("tokenizer_path", model.tokenizerPath(), "a folder with tokenizer.json", missing);
    file(
        "chat_template_path",
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

  private static void data(String key, String place, List<MissingInput> missing) {
    if (!Files.exists(Path.of(place))) {
      String fetch =
          HubName.of(place).map(hub -> hub.fetchData(key)).orElse("check the path of the file");
      missing.add(new MissingInput(key, place, ROWS, fetch));
    }
  }

  private static void file(String key, String place, String what, List<MissingInput> missing) {
    if (place != null && !Files.exists(Path.of(place))) {
      missing.add(new MissingInput(key, place, what, "check the path"));
    }
  }
}
