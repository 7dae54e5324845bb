package dev.terse.trainer.model;

import dev.terse.io.DataFingerprint;
import dev.terse.model.folder.AdapterFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The identity of a model by the bytes of its files and, where it is an adapter, of those of its
 * base model ({@link DataFingerprint}).
 */
public final class ModelFingerprint {
  private ModelFingerprint() {}

  /** Of what its weights follow from. */
  static String ofWeights(Path model) throws IOException {
    return DataFingerprint.ofAll(files(model, ModelFingerprint::decidesWeights));
  }

  /** Of what its completions follow from: weights, tokenizer, chat template, end tokens. */
  public static String of(Path model) throws IOException {
    return DataFingerprint.ofAll(
        files(model, file -> decidesWeights(file) || decidesTexts(file.getFileName().toString())));
  }

  private static List<Path> files(Path model, Predicate<Path> decides) throws IOException {
    if (!Files.isDirectory(model)) {
      return List.of(model);
    }
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(model)) {
      all.filter(decides).sorted().forEach(files::add);
    }
    if (AdapterFolder.is(model)) {
      files.addAll(files(AdapterFolder.base(model), decides));
    }
    return files;
  }

  private static boolean decidesWeights(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".safetensors")
        || name.equals("config.json")
        || name.equals("adapter_config.json");
  }

  private static boolean decidesTexts(String name) {
    return name.endsWith(".json") || name.endsWith(".jinja");
  }
}
